package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"duijie/api"
	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// A generation is an open index with the language it was made with, in a folder of its own below DATA/index. The files and
// settings name it, so that a start opens the one that served, or makes a new one where they have changed.
type generation struct {
	api.Generation
	language
	dir     string
	index   *indexer.Local
	far     *indexer.Far    // nil where the settings name no embedder
	life    context.Context // ends at halt; nil before run
	stop    context.CancelFunc
	working sync.WaitGroup // what run and fill began
}

// A makeup tells what a generation is made of.
type makeup struct {
	Dictionary indexer.LexiconPart `json:"dictionary"` // shipped, or that of dict_dir
	Words      indexer.LexiconPart `json:"words"`      // DATA/words.txt
	Synonyms   indexer.LexiconPart `json:"synonyms"`   // DATA/synonyms.txt
	Model      string              `json:"model"`      // built in
	Outside    string              `json:"outside_model,omitempty"`
}

// differs names what of b is not as in m.
func (m makeup) differs(b makeup) []string {
	var out []string
	for _, part := range []struct {
		name   string
		differ bool
	}{{"dictionary", m.Dictionary != b.Dictionary}, {"words", m.Words != b.Words}, {"synonyms", m.Synonyms != b.Synonyms}, {"outside_model", m.Outside != b.Outside}} {
		if part.differ {
			out = append(out, part.name)
		}
	}
	return out
}

func (g *generation) makeup() makeup {
	return makeup{g.lexicon.Dictionary, g.lexicon.Words, g.lexicon.Synonyms, g.static.Model(), g.Analyzer.FarModel()}
}

// pending tells what reload would change, or why it would fail.
func (f *folder) pending(g *generation) (differs []string, fault string) {
	c, err := loadConfig(f.app.flags)
	if err != nil {
		return nil, explain(err)
	}
	lexicon, err := indexer.ReadLexicon(c.lexicon())
	if err != nil {
		return nil, explain(err)
	}
	m := makeup{lexicon.Dictionary, lexicon.Words, lexicon.Synonyms, g.static.Model(), ""}
	if c.Embedder == "http" {
		e, err := c.httpEmbedder()
		if err != nil {
			return nil, explain(err)
		}
		m.Outside = e.Model()
	}
	return g.makeup().differs(m), ""
}

// openGeneration opens the generation that the files and settings ask for, or makes it anew and empty. from, which may be
// nil, is another one whose vectors by an outside model are of use.
func (a *app) openGeneration(store *corpus.Store, log *slog.Logger, from *generation) (*generation, error) {
	ranking, _, err := matcher.ReadRanking(a.rankingPath())
	if err != nil {
		return nil, err
	}
	g := &generation{}
	lexicon, err := indexer.ReadLexicon(a.lexicon())
	if err != nil {
		return nil, err
	}
	var outside *indexer.HTTP
	var model string
	if a.Embedder == "http" {
		if outside, err = a.httpEmbedder(); err != nil {
			return nil, err
		}
		model = outside.Model()
	}
	g.dir = filepath.Join(a.indexPath(), lexicon.IndexFolder(model))
	if from != nil && from.dir == g.dir {
		return nil, errSame
	}
	if err := os.MkdirAll(g.dir, 0o700); err != nil {
		return nil, err
	}
	if g.language, err = openLexicon(lexicon, g.dir, log); err != nil {
		return nil, err
	}
	if err := g.open(a, store, log, ranking, outside, from); err != nil {
		return nil, errors.Join(err, g.close())
	}
	return g, nil
}

// errSame says that the files and settings ask for what serves already.
var errSame = errors.New("nothing has changed")

func (g *generation) open(a *app, store *corpus.Store, log *slog.Logger, ranking matcher.Ranking, outside *indexer.HTTP, from *generation) error {
	var err error
	if outside != nil {
		o := indexer.FarOptions{Path: filepath.Join(g.dir, "far.db"), Identity: store.Identity(), Embedder: outside, Near: g.static,
			Typed: a.takesTyped(a.embedder()), Log: log}
		if from != nil {
			o.From = from.far
		} else if left := a.leftFar(o); left != nil {
			o.From = left
			defer left.Close()
		}
		if g.far, err = indexer.OpenFar(o); err != nil {
			return err
		}
	}
	g.Analyzer = g.analyzer.WithFar(g.far)
	if g.index, err = openEngine(g.dir, store.Identity(), g.segmenter, g.Analyzer, log); err != nil {
		return err
	}
	g.Engine = g.index
	g.Matcher = matcher.New(store, g.Analyzer, g.Engine, g.scorer.With(ranking))
	if g.Matcher.Reranker, err = a.httpReranker(log); err != nil {
		return err
	}
	g.Matcher.RerankTyped, g.TypedTo = a.takesTyped(a.reranker()), a.typedTo()
	if err := g.Matcher.Keep(filepath.Join(g.dir, "lists.db"), store.Identity(), log); err != nil {
		return err
	}
	g.Sync = indexer.NewSync(store, g.Analyzer, g.index, log)
	g.Sync.OnApply = g.Matcher.Applied
	return nil
}

// leftFar opens the vectors that a generation of before the start has left, nil where there are none or o has its own.
func (a *app) leftFar(o indexer.FarOptions) *indexer.Far {
	files, err := filepath.Glob(filepath.Join(a.indexPath(), "*", "far.db"))
	if err != nil || len(files) == 0 || slices.Contains(files, o.Path) {
		return nil
	}
	o.Path = files[0]
	far, err := indexer.OpenFar(o)
	if err != nil {
		o.Log.Warn("the vectors of the generation before can't be used", "error", err)
		return nil
	}
	return far
}

// run follows the store until halt.
func (g *generation) run() {
	g.life, g.stop = context.WithCancel(context.Background())
	g.working.Go(func() {
		indexer.Background()
		g.Sync.Run(g.life)
	})
}

// fill makes the match lists that are missing, on half the cores, until halt. Only the generation that serves does.
func (g *generation) fill() {
	g.working.Go(func() { g.Matcher.KeepFilled(g.life, max(1, (runtime.GOMAXPROCS(0)-readersTurns)/2)) })
}

func (g *generation) halt() {
	if g.stop != nil {
		g.stop()
	}
	g.working.Wait()
}

// close ends it. What gojieba holds is freed when no reference to the segmenter is left.
func (g *generation) close() error {
	g.halt()
	var err error
	if g.Matcher != nil {
		err = g.Matcher.Close()
	}
	if g.index != nil {
		err = errors.Join(err, g.index.Close())
	}
	return errors.Join(err, g.far.Close())
}

// sweep removes all generations but the one that serves, whole or not, and what else stands in the folder of indexes.
func (f *folder) sweep() error {
	files, err := os.ReadDir(f.app.indexPath())
	for _, e := range files {
		if e.Name() != filepath.Base(f.current().dir) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(f.app.indexPath(), e.Name())))
		}
	}
	return err
}

// makeupNames say in Chinese what a generation is made of.
var makeupNames = map[string]string{"dictionary": "词典", "words": "用户词", "synonyms": "同义词", "outside_model": "外部模型"}

func changedNames(changed []string) []string {
	out := slices.Clone(changed)
	for i, c := range out {
		out[i] = makeupNames[c]
	}
	return out
}

func partText(p indexer.LexiconPart, unit string) string {
	if p.Hash == "" {
		return "无"
	}
	return fmt.Sprintf("%s（%d %s）", p.Hash, p.Entries, unit)
}
