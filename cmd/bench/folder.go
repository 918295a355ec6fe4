package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// A folder is the data folder that the program has made, open in this process as cmd/duijie opens it.
type folder struct {
	store    *corpus.Store
	exact    *exactEmbedder
	analyzer *indexer.Analyzer
	local    *indexer.Local
	scorer   *matcher.Scorer
}

func openFolder(ctx context.Context, data string) (f *folder, err error) {
	f = &folder{}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.close())
		}
	}()
	log := slog.New(slog.DiscardHandler)
	if f.store, err = corpus.Open(data, corpus.Options{}); err != nil {
		return f, err
	}
	index, lexicon, err := indexFolder(data)
	if err != nil {
		return f, err
	}
	segmenter, err := lexicon.Open(index)
	if err != nil {
		return f, err
	}
	static, err := indexer.NewStatic(segmenter.Words, segmenter.Freq)
	if err != nil {
		return f, err
	}
	f.exact = &exactEmbedder{Embedder: static}
	f.analyzer = indexer.NewAnalyzer(segmenter, f.exact, log)
	f.local, err = indexer.OpenLocal(index, indexer.LocalOptions{
		Identity: f.store.Identity(), Analyzer: f.analyzer.Name(), Far: f.analyzer.FarModel(), IDF: segmenter.IDF, Cut: segmenter.Cut, Log: log})
	if err != nil {
		return f, err
	}
	f.scorer = matcher.NewScorer(static, segmenter, matcher.DefaultRanking())
	return f, indexer.NewSync(f.store, f.analyzer, f.local, log).Start(ctx)
}

// indexFolder returns the folder of the index that the program makes of data without settings, and its dictionary.
func indexFolder(data string) (string, *indexer.Lexicon, error) {
	lexicon, err := indexer.ReadLexicon(indexer.LexiconOptions{})
	if err != nil {
		return "", nil, err
	}
	index := filepath.Join(data, "index", lexicon.IndexFolder(""))
	if _, err := os.Stat(index); err != nil {
		return "", nil, fmt.Errorf("the program has made its index elsewhere: %w", err)
	}
	return index, lexicon, nil
}

func (f *folder) close() (err error) {
	if f.local != nil {
		err = f.local.Close()
	}
	if f.store != nil {
		err = errors.Join(err, f.store.Close())
	}
	return err
}

// An exactEmbedder keeps the vectors before they are quantised, while it is told to.
type exactEmbedder struct {
	indexer.Embedder
	keeps bool
	mu    sync.Mutex
	kept  map[string][]float32 // by what they are when quantised
}

// Embed implements indexer.Embedder. Texts come in pairs, whose mean is the document's vector; entries checks that.
func (e *exactEmbedder) Embed(ctx context.Context, role indexer.Role, texts []string) ([][]float32, error) {
	out, err := e.Embedder.Embed(ctx, role, texts)
	if e.keeps && err == nil {
		for pair := range slices.Chunk(out, 2) {
			mean := slices.Clone(pair[0])
			for i, x := range pair[len(pair)-1] {
				mean[i] = (mean[i] + x) / 2
			}
			e.mu.Lock()
			e.kept[fmt.Sprint(indexer.Quantize(mean))] = mean
			e.mu.Unlock()
		}
	}
	return out, err
}

// entries analyses documents and returns also their vectors before they were quantised.
func (f *folder) entries(ctx context.Context, docs []corpus.Doc) ([]indexer.Entry, [][]float32, error) {
	f.exact.keeps, f.exact.kept = true, map[string][]float32{}
	defer func() { f.exact.keeps = false }()
	entries, err := f.analyzer.Entries(ctx, docs)
	if err != nil {
		return nil, nil, err
	}
	vectors := make([][]float32, len(entries))
	for i, e := range entries {
		if vectors[i] = f.exact.kept[fmt.Sprint(e.Vector)]; vectors[i] == nil {
			return nil, nil, fmt.Errorf("%s %s: its vector is made in a way that the benchmark does not know", e.Kind, e.ID)
		}
	}
	return entries, vectors, nil
}
