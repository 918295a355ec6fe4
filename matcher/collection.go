package matcher

import (
	"context"
	"errors"
	"slices"

	"duijie/corpus"
	"duijie/indexer"
)

// A Workbench is what a folder of judged pairs is ranked with; it needs no data folder.
type Workbench struct {
	Analyzer *indexer.Analyzer
	Scorer   *Scorer
	// Open makes an empty engine for the analyzer's entries. It is closed again.
	Open func(*indexer.Analyzer) (indexer.Engine, error)
}

// A collection is the achievements of a judged set in an engine.
type collection struct {
	Workbench
	entries []indexer.Entry // by number - 1
	at      map[string]int  // index of an id
	engine  indexer.Engine
	matcher *Matcher
}

// collectedTexts is how many documents are analysed at a time, so that an endpoint on one processor is in time too.
const collectedTexts = 64

// collect fills an engine with achievements. Close it.
func (w Workbench) collect(ctx context.Context, achievements []corpus.Doc) (*collection, error) {
	engine, err := w.Open(w.Analyzer)
	if err != nil {
		return nil, err
	}
	c := &collection{Workbench: w, at: map[string]int{}, engine: engine, matcher: New(nil, w.Analyzer, engine, w.Scorer)}
	for part := range slices.Chunk(achievements, collectedTexts) {
		made, err := w.Analyzer.Entries(ctx, part)
		if err == nil {
			err = engine.Put(ctx, made)
		}
		if err != nil {
			return nil, errors.Join(err, engine.Close())
		}
		for _, e := range made {
			e.Typed = nil
			c.at[e.ID] = len(c.entries)
			c.entries = append(c.entries, e)
		}
	}
	return c, nil
}

func (c *collection) Close() error { return c.engine.Close() }

// asking makes the entry of what a case asks: a typed text or need.
func (w Workbench) asking(ctx context.Context, c Case, need corpus.Doc) (*indexer.Entry, error) {
	if c.Text != "" {
		e, err := w.Analyzer.TextEntry(ctx, c.Text)
		return &e, err
	}
	made, err := w.Analyzer.Entries(ctx, []corpus.Doc{need})
	if err != nil {
		return nil, err
	}
	return &made[0], nil
}

// words returns what the postings say of each achievement: BM25.
func (c *collection) words(ctx context.Context, need *indexer.Entry) ([]float64, error) {
	found, err := c.engine.Candidates(ctx, indexer.Probe{Target: corpus.Achievement, Entry: *need, Limit: len(c.entries)})
	if err != nil {
		return nil, err
	}
	scores := make([]float64, len(c.entries))
	for _, f := range found {
		scores[f.Number-1] = f.Words
	}
	return scores, nil
}
