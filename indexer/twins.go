package indexer

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"duijie/corpus"
)

// A TwinPair is two documents of a kind that may be one, by number.
type TwinPair struct {
	A, B     uint32
	Likeness float32
}

// LeastLikeness is how alike the pairs are that FindTwins looks for; it finds four fifths of texts that are just so alike,
// and nearly all at .7.
const LeastLikeness = .6

const (
	// twinsAtOnce bounds the documents in memory.
	twinsAtOnce = 1_000
	// Of documents that agree in a band, up to allPairs are compared each with each; of more, which are texts of one form,
	// each with the next few.
	allPairs, nextFew = 64, 8
	// estimated is in how many places of a signature a pair must agree: four standard deviations below LeastLikeness.
	estimated = bands * rows * 2 / 5
	// pairsKept bounds the pairs in memory before those are dropped that join nothing new.
	pairsKept = 1 << 20
)

// FindTwins compares all documents of a kind that are not withdrawn and returns pairs that may be one, most alike first.
// At each likeness from LeastLikeness on, the pairs above join all that belong together, each by one way. It takes some 300
// bytes a document.
func FindTwins(ctx context.Context, store *corpus.Store, kind corpus.Kind) ([]TwinPair, error) {
	f := &twinFinder{store: store, kind: kind, seed: maphash.MakeSeed()}
	for _, step := range []func(context.Context) error{f.read, f.byKeys, f.byText, f.compare} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	f.thin()
	return f.pairs, nil
}

// A twinFinder is one FindTwins at work. Documents are named by their index in numbers.
type twinFinder struct {
	store *corpus.Store
	kind  corpus.Kind
	seed  maphash.Seed

	numbers []uint32
	keys    []twinRow   // of texts and TwinKeys
	signed  []uint32    // one document for each text
	signs   []signature // theirs
	waiting [][2]uint32 // to be compared
	pairs   []TwinPair
}

// A twinRow is a document, or a signature, with what it may share with others.
type twinRow struct {
	hash uint64
	of   uint32
}

// read makes keys and signatures.
func (f *twinFinder) read(ctx context.Context) error {
	texts := map[uint64]bool{}
	docs := make([]corpus.Doc, 0, twinsAtOnce)
	for d, err := range f.store.Each(f.kind, 0) {
		if err = cmp.Or(err, ctx.Err()); err != nil {
			return err
		}
		if d.Status == corpus.Withdrawn {
			continue
		}
		if docs = append(docs, d); len(docs) == twinsAtOnce {
			f.sign(docs, texts)
			docs = docs[:0]
		}
	}
	f.sign(docs, texts)
	return nil
}

func (f *twinFinder) sign(docs []corpus.Doc, texts map[uint64]bool) {
	type made struct {
		keys []uint64 // that of the text first
		sign signature
		ok   bool
	}
	out := make([]made, len(docs))
	inStripes(len(docs), func(i int) {
		m := &out[i]
		m.keys = append(m.keys, maphash.String(f.seed, corpus.TextHash(&docs[i])))
		for _, k := range corpus.TwinKeys(&docs[i]) {
			m.keys = append(m.keys, maphash.String(f.seed, string(k)))
		}
		m.sign, m.ok = sign(shingles(&docs[i]))
	})
	for i, m := range out {
		doc := uint32(len(f.numbers))
		f.numbers = append(f.numbers, docs[i].Number)
		for _, k := range m.keys {
			f.keys = append(f.keys, twinRow{k, doc})
		}
		if m.ok && !texts[m.keys[0]] {
			f.signed, f.signs = append(f.signed, doc), append(f.signs, m.sign)
		}
		texts[m.keys[0]] = true
	}
}

// inStripes calls f for 0 to n-1 on all processors. A panic of f is the caller's.
func inStripes(n int, f func(i int)) {
	var wg sync.WaitGroup
	var cause atomic.Value
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					cause.CompareAndSwap(nil, fmt.Sprintf("%v\n%s", p, debug.Stack()))
				}
			}()
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
	if p := cause.Load(); p != nil {
		panic(p)
	}
}

// byKeys compares what shares a text or a TwinKey with the first that has it.
func (f *twinFinder) byKeys(ctx context.Context) error {
	for run := range runsOf(f.keys) {
		for _, r := range run[1:] {
			if err := f.offer(ctx, run[0].of, r.of); err != nil {
				return err
			}
		}
	}
	return nil
}

// byText compares texts whose signatures agree in a band.
func (f *twinFinder) byText(ctx context.Context) error {
	found := make([]twinRow, len(f.signs))
	for band := range bands {
		for i := range f.signs {
			found[i] = twinRow{f.signs[i].band(band), uint32(i)}
		}
		for run := range runsOf(found) {
			for i, a := range run {
				others := run[i+1:]
				if len(run) > allPairs {
					others = others[:min(nextFew, len(others))]
				}
				for _, b := range others {
					if !f.near(a.of, b.of, band) {
						continue
					}
					if err := f.offer(ctx, f.signed[a.of], f.signed[b.of]); err != nil {
						return err
					}
				}
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// runsOf sorts rows and yields those of one hash together, where there are two or more.
func runsOf(rows []twinRow) func(yield func([]twinRow) bool) {
	slices.SortFunc(rows, func(a, b twinRow) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.of, b.of)) })
	return func(yield func([]twinRow) bool) {
		for start := 0; start < len(rows); {
			end := start + 1
			for end < len(rows) && rows[end].hash == rows[start].hash {
				end++
			}
			if end-start > 1 && !yield(rows[start:end]) {
				return
			}
			start = end
		}
	}
}

// near reports whether two signatures that agree in a band are worth a look at the texts: no earlier band has shown the
// pair, and they may be alike enough.
func (f *twinFinder) near(a, b uint32, band int) bool {
	x, y := &f.signs[a], &f.signs[b]
	for i := range band {
		if x.band(i) == y.band(i) {
			return false
		}
	}
	return x.agreeing(y) >= estimated
}

// offer lets a pair be compared, soon.
func (f *twinFinder) offer(ctx context.Context, a, b uint32) error {
	if f.waiting = append(f.waiting, [2]uint32{a, b}); len(f.waiting) < twinsAtOnce/2 {
		return nil
	}
	return f.compare(ctx)
}

// compare reads the documents of the pairs that wait and keeps the pairs that are alike.
func (f *twinFinder) compare(ctx context.Context) error {
	var numbers []uint32
	for _, p := range f.waiting {
		numbers = append(numbers, f.numbers[p[0]], f.numbers[p[1]])
	}
	slices.Sort(numbers)
	docs, err := f.store.ByNumber(f.kind, slices.Compact(numbers)...)
	if err = cmp.Or(err, ctx.Err()); err != nil {
		return err
	}
	read := make([]comparison, len(docs))
	inStripes(len(docs), func(i int) { read[i] = compared(&docs[i]) })
	at := make(map[uint32]*comparison, len(docs))
	for i := range docs {
		at[docs[i].Number] = &read[i]
	}
	found := make([]TwinPair, len(f.waiting))
	inStripes(len(f.waiting), func(i int) {
		p := TwinPair{A: f.numbers[f.waiting[i][0]], B: f.numbers[f.waiting[i][1]]}
		if a, b := at[p.A], at[p.B]; a != nil && b != nil { // they may be deleted meanwhile
			likeness, _ := a.likeness(b)
			p.Likeness = float32(likeness)
		}
		found[i] = p
	})
	for _, p := range found {
		if p.Likeness >= LeastLikeness {
			f.pairs = append(f.pairs, p)
		}
	}
	f.waiting = f.waiting[:0]
	if len(f.pairs) > pairsKept {
		f.thin()
	}
	return nil
}

// thin keeps the pairs that join what nothing more alike joins, in that order.
func (f *twinFinder) thin() {
	slices.SortFunc(f.pairs, func(a, b TwinPair) int {
		return cmp.Or(cmp.Compare(b.Likeness, a.Likeness), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	groups := Groups{}
	f.pairs = slices.DeleteFunc(f.pairs, func(p TwinPair) bool { return !groups.Join(p.A, p.B) })
}

// Groups are disjoint sets of numbers; the zero value is not ready, an empty map is.
type Groups map[uint32]uint32

// Of returns the number that stands for the set of n.
func (g Groups) Of(n uint32) uint32 {
	for {
		up, ok := g[n]
		if !ok {
			return n
		}
		if higher, ok := g[up]; ok {
			g[n] = higher
		}
		n = up
	}
}

// Join makes one set of two and reports whether they were two.
func (g Groups) Join(a, b uint32) bool {
	if a, b = g.Of(a), g.Of(b); a == b {
		return false
	}
	g[max(a, b)] = min(a, b)
	return true
}
