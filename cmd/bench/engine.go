package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

const (
	// depth is how many documents every engine finds by words and by meaning, each.
	depth = 50
	// passes is how often an engine is asked the same; each question's shortest time counts, for every engine, so that
	// what else the machine does weighs little.
	passes = 4
)

// measureEngines asks the index in this process and then the peers, with one thread each.
func measureEngines(ctx context.Context, o options, data, tokens string, r *report) (err error) {
	tell("opening the folder in this process")
	f, err := openFolder(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	needs, err := f.sample(o.measured)
	if err != nil {
		return err
	}
	asking, vectors, err := f.entries(ctx, needs)
	if err != nil {
		return err
	}
	tell("match lists of %d needs", len(needs))
	live, err := f.liveMatch(ctx, needs)
	if err != nil {
		return err
	}
	r.LiveP50, r.LiveP95 = live.P50, live.P95

	if o.recall {
		tell("writing words and vectors")
		exact, err := f.export(ctx, tokens, asking, vectors)
		if err != nil {
			return err
		}
		if r.Recall, err = f.recall(ctx, asking, exact); err != nil {
			return err
		}
	}
	tell("candidates of %d needs", len(needs))
	var found shortest
	if err := f.candidates(ctx, asking, &found, passes-1); err != nil {
		return err
	}
	var peers []engineFigures
	for _, name := range o.peers {
		tell("%s", name)
		peers = append(peers, askPeer(ctx, o.peerCommand, name, tokens, r.Recall))
	}
	// The last pass comes after the peers, so that what else the machine does meets both.
	if err := f.candidates(ctx, asking, &found, 1); err != nil {
		return err
	}
	ours := engineFigures{Name: "duijie", Version: r.Go, Recall: r.Recall,
		Words: summary(found.words), Meaning: summary(found.meaning), Both: summary(found.both)}
	r.Engines = append([]engineFigures{ours}, peers...)
	r.compare()
	return nil
}

// sample returns n published needs, evenly spread over all.
func (f *folder) sample(n int) ([]corpus.Doc, error) {
	counts, err := f.store.Count(corpus.Need)
	if err != nil {
		return nil, err
	}
	step := max(1, counts[corpus.Published]/n)
	var out []corpus.Doc
	i := 0
	for d, err := range f.store.Each(corpus.Need, 0) {
		if err != nil {
			return nil, err
		}
		if d.Status != corpus.Published {
			continue
		}
		if i++; i%step == 0 && len(out) < n {
			out = append(out, d)
		}
	}
	return out, nil
}

// onOneCore runs do with the garbage of before collected and one core for all of this process.
func onOneCore(do func() error) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	debug.FreeOSMemory()
	return do()
}

// liveMatch matches each need afresh: candidates are found, pairs are scored, and the best 20 get their reasons. The
// better of two passes counts.
func (f *folder) liveMatch(ctx context.Context, needs []corpus.Doc) (best times, err error) {
	err = onOneCore(func() error {
		for range 2 {
			m := matcher.New(f.store, f.analyzer, f.local, f.scorer) // keeps no lists and has given no answer
			all, err := timed(len(needs), func(i int) error {
				_, err := m.ForNeed(ctx, needs[i].ID, matcher.Options{Limit: 20})
				return err
			})
			if err != nil {
				return err
			}
			if t := summary(all); best.P50 == 0 || t.P50 < best.P50 {
				best = t
			}
		}
		return nil
	})
	return best, err
}

// ask is the one place that asks the engine for candidates.
func (f *folder) ask(ctx context.Context, e indexer.Entry) ([]indexer.Candidate, error) {
	return f.local.Candidates(ctx, indexer.Probe{Target: corpus.Achievement, Entry: e, Limit: depth})
}

// byWords and byMeaning are an entry that is found by one of them alone.
func byWords(e indexer.Entry) indexer.Entry {
	e.Vector, e.Far = nil, nil
	return e
}

func byMeaning(e indexer.Entry) indexer.Entry {
	e.Words, e.Pairs = nil, nil
	return e
}

// shortest is each question's shortest time so far, in milliseconds.
type shortest struct{ words, meaning, both []float64 }

// candidates finds documents for each need: by words, by meaning, by both.
func (f *folder) candidates(ctx context.Context, asking []indexer.Entry, out *shortest, passes int) error {
	return onOneCore(func() error {
		for _, m := range []struct {
			of   func(indexer.Entry) indexer.Entry
			into *[]float64
		}{{byWords, &out.words}, {byMeaning, &out.meaning}, {func(e indexer.Entry) indexer.Entry { return e }, &out.both}} {
			for range passes {
				t, err := timed(len(asking), func(i int) error {
					_, err := f.ask(ctx, m.of(asking[i]))
					return err
				})
				if err != nil {
					return err
				}
				*m.into = fastest(*m.into, t)
			}
		}
		return nil
	})
}

// recall returns the share of the exactly nearest documents that the engine finds by meaning.
func (f *folder) recall(ctx context.Context, asking []indexer.Entry, exact [][]uint32) (float64, error) {
	found, all := 0, 0
	for i, e := range asking {
		got, err := f.ask(ctx, byMeaning(e))
		if err != nil {
			return 0, err
		}
		all += len(exact[i])
		for _, c := range got {
			if slices.Contains(exact[i], c.Number) {
				found++
			}
		}
	}
	if all == 0 {
		return 0, fmt.Errorf("no need has a vector")
	}
	return float64(found) / float64(all), nil
}

// A nearest is the documents nearest to one vector, best first, by exact scalar products.
type nearest struct {
	numbers []uint32
	dots    []float64
}

// see takes a document, if it is among the best.
func (n *nearest) see(number uint32, dot float64) {
	if len(n.dots) == depth && dot <= n.dots[depth-1] {
		return
	}
	at, _ := slices.BinarySearchFunc(n.dots, dot, func(a, b float64) int { return cmp.Compare(b, a) })
	n.dots = slices.Insert(n.dots, at, dot)
	n.numbers = slices.Insert(n.numbers, at, number)
	if len(n.dots) > depth {
		n.dots, n.numbers = n.dots[:depth], n.numbers[:depth]
	}
}

func dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return float64(s0+s1) + float64(s2+s3)
}

// isZero reports whether a text had no known word; such a vector is near to nothing.
func isZero(v []float32) bool {
	return !slices.ContainsFunc(v, func(x float32) bool { return math.Abs(float64(x)) > 0 })
}
