package main

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"

	"duijie/api"
	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

const indexDir = "index"

// A folder is an open data folder: DATA/duijie.db is the truth, DATA/index is derived and may be deleted,
// DATA/duijie.sock is there while a server runs, DATA/ranking.json where weights were learned.
type folder struct {
	dir     string
	service *api.Service
	index   *indexer.Local // nil where only the truth is open
	far     *indexer.Far   // nil where the settings name no embedder, or only the truth is open
}

func (c *config) indexPath() string   { return filepath.Join(c.Data, indexDir) }
func (c *config) rankingPath() string { return filepath.Join(c.Data, "ranking.json") }
func (c *config) socketPath() string  { return filepath.Join(c.Data, "duijie.sock") }

// lexicon names the files that say which words there are.
func (c *config) lexicon() indexer.LexiconOptions {
	return indexer.LexiconOptions{Dir: c.DictDir, Words: filepath.Join(c.Data, "words.txt"), Synonyms: filepath.Join(c.Data, "synonyms.txt")}
}

// openFolder opens the truth, making it where there is none, and with index also what is derived from it; it does not
// wait until that has caught up.
func (a *app) openFolder(log *slog.Logger, index bool) (*folder, error) {
	if err := os.MkdirAll(a.Data, 0o700); err != nil {
		return nil, err
	}
	store, err := corpus.Open(a.Data, corpus.Options{})
	if err != nil {
		return nil, err
	}
	f := &folder{dir: a.Data, service: &api.Service{Store: store, Log: log, Version: version()}}
	if !index {
		return f, nil
	}
	if err := a.openIndex(f); err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

func (a *app) openIndex(f *folder) error {
	s := f.service
	ranking, _, err := matcher.ReadRanking(a.rankingPath())
	if err != nil {
		return err
	}
	l, err := a.openLanguage(a.indexPath(), s.Log)
	if err != nil {
		return err
	}
	if f.far, err = a.openFar(l, s.Store.Identity(), s.Log); err != nil {
		return err
	}
	s.Analyzer = l.analyzer.WithFar(f.far)
	if f.index, err = l.openEngine(a.indexPath(), s.Store.Identity(), s.Log); err != nil {
		return err
	}
	s.Engine = f.index
	s.Matcher = matcher.New(s.Store, s.Analyzer, s.Engine, l.scorer.With(ranking))
	if s.Matcher.Reranker, err = a.httpReranker(s.Log); err != nil {
		return err
	}
	s.Matcher.RerankTyped, s.TypedTo = a.takesTyped(a.reranker()), a.typedTo()
	s.Sync = indexer.NewSync(s.Store, s.Analyzer, f.index, s.Log)
	s.Sync.OnApply = s.Matcher.Applied
	return nil
}

func (f *folder) close() error {
	var err error
	if f.index != nil {
		err = f.index.Close()
	}
	return errors.Join(err, f.far.Close(), f.service.Store.Close())
}

// openFar opens the vectors of the embedder that the settings name, nil where they name none.
func (a *app) openFar(l language, identity string, log *slog.Logger) (*indexer.Far, error) {
	if a.Embedder != "http" {
		return nil, nil
	}
	embedder, err := a.httpEmbedder()
	if err != nil {
		return nil, err
	}
	return indexer.OpenFar(indexer.FarOptions{Path: filepath.Join(a.indexPath(), "far.db"), Identity: identity, Embedder: embedder,
		Near: l.static, Typed: a.takesTyped(a.embedder()), Log: log})
}

// A language is what the program knows of words: the dictionary, the meaning of texts, and scores made of both.
type language struct {
	segmenter *indexer.Segmenter
	static    *indexer.Static
	analyzer  *indexer.Analyzer
	scorer    *matcher.Scorer
}

// openLanguage unpacks the dictionary into dir and reads it.
func (a *app) openLanguage(dir string, log *slog.Logger) (language, error) {
	var l language
	lexicon, err := indexer.ReadLexicon(a.lexicon())
	if err != nil {
		return l, err
	}
	if l.segmenter, err = lexicon.Open(dir); err != nil {
		return l, err
	}
	static, err := indexer.NewStatic(l.segmenter.Words, l.segmenter.Freq)
	if err != nil {
		return l, err
	}
	l.scorer = matcher.NewScorer(static, l.segmenter, matcher.DefaultRanking())
	l.static = static
	l.analyzer = indexer.NewAnalyzer(l.segmenter, static, log)
	return l, nil
}

// openEngine opens the built-in engine for the documents of the store with this identity.
func (l language) openEngine(dir, identity string, log *slog.Logger) (*indexer.Local, error) {
	return indexer.OpenLocal(dir, indexer.LocalOptions{
		Identity: identity, Analyzer: l.analyzer.Name(), IDF: l.segmenter.IDF, Cut: l.segmenter.Cut, Log: log})
}

// logger returns the log of a server; commands tell of warnings only.
func (a *app) logger(least slog.Level) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.LogLevel)); err != nil {
		level = slog.LevelInfo // config.check admits the four names only
	}
	o := slog.HandlerOptions{Level: max(level, least)}
	if a.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, &o))
	}
	return slog.New(slog.NewTextHandler(a.stderr, &o))
}

// adminHandler is the API as admin, and what only the socket has.
func (f *folder) adminHandler(listen string) http.Handler {
	mux, p := http.NewServeMux(), process{os.Getpid(), listen}
	mux.Handle("/", api.AdminHandler(f.service))
	mux.HandleFunc("GET /backup", f.serveBackup)
	mux.HandleFunc("GET /process", func(w http.ResponseWriter, _ *http.Request) { serveJSON(w, p) })
	mux.HandleFunc("GET /doctor", func(w http.ResponseWriter, _ *http.Request) { f.serveDoctor(w, p) })
	return mux
}
