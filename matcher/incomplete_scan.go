package matcher

import (
	"cmp"
	"context"
	"sync"
	"time"

	"duijie/corpus"
	"duijie/indexer"
)

const (
	// A look at all postings that took longer than quickScan serves for scanPatience times as long.
	quickScan    = 500 * time.Millisecond
	scanPatience = 10
)

// A gapScan is what a look at all published postings of a kind found. It takes 16 bytes a posting that lacks anything.
type gapScan struct {
	begun  time.Time
	took   time.Duration
	all    int
	rows   []gapRow // by number
	counts []int    // of the topics of the kind
}

// A gapRow is a posting that lacks something; bit i of gaps stands for topic i of its kind.
type gapRow struct {
	completeness float64
	number       uint32
	gaps         uint16
}

// gapScans keeps the last look at each kind. The zero value is ready.
type gapScans struct {
	mu sync.Mutex
	of map[corpus.Kind]*gapScan
}

// scanGaps returns the last look at a kind; it takes another one where that is too old.
func (m *Matcher) scanGaps(ctx context.Context, k corpus.Kind) (*gapScan, error) {
	m.gaps.mu.Lock()
	defer m.gaps.mu.Unlock()
	if last := m.gaps.of[k]; last != nil && last.took > quickScan && time.Since(last.begun) < scanPatience*last.took {
		return last, nil
	}
	topics := topicsOf(k)
	scan := &gapScan{begun: time.Now(), counts: make([]int, len(topics))}
	err := m.eachPublished(ctx, k, func(d *corpus.Doc, e *indexer.Entry) {
		scan.all++
		row := gapRow{number: d.Number}
		for i, t := range topics {
			if !t.told(d, e) {
				row.gaps |= 1 << i
				scan.counts[i]++
			}
		}
		if row.gaps != 0 {
			_, row.completeness = openOf(d, e, "")
			scan.rows = append(scan.rows, row)
		}
	})
	if err != nil {
		return nil, err
	}
	scan.took = time.Since(scan.begun)
	if m.gaps.of == nil {
		m.gaps.of = map[corpus.Kind]*gapScan{}
	}
	m.gaps.of[k] = scan
	return scan, nil
}

// eachPublished visits the published documents of a kind with their entries, empty ones where the index has none yet.
func (m *Matcher) eachPublished(ctx context.Context, k corpus.Kind, visit func(*corpus.Doc, *indexer.Entry)) error {
	const atOnce = 500
	var docs []corpus.Doc
	flush := func() error {
		look := indexer.Lookup{Kind: k}
		for _, d := range docs {
			look.Numbers = append(look.Numbers, d.Number)
		}
		entries, err := m.entries(ctx, look)
		for i := range docs {
			visit(&docs[i], cmp.Or(entries[docs[i].Number], &indexer.Entry{}))
		}
		docs = docs[:0]
		return err
	}
	for d, err := range m.store.Each(k, 0) {
		if err != nil {
			return err
		}
		if d.Status == corpus.Published {
			docs = append(docs, d)
		}
		if len(docs) == atOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}
