package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

const indexDir = "index"

// A folder is an open data folder: DATA/duijie.db is the truth, DATA/index is derived and may be deleted, DATA/duijie.sock
// is there while a server runs, DATA/uploads holds files that were given to the pages, DATA/attachments those beside remarks,
// DATA/ranking.json is there where weights were learned, DATA/words.txt, DATA/synonyms.txt and DATA/templates where an operator
// wrote them.
type folder struct {
	app        *app
	service    *api.Service
	generation atomic.Pointer[generation] // nil where only the truth is open
	life       context.Context            // of the server, nil of a command
	building   chan struct{}              // one slot: held while a generation catches up or is replaced
}

// current returns the generation that serves.
func (f *folder) current() *generation { return f.generation.Load() }

func (c *config) indexPath() string       { return filepath.Join(c.Data, indexDir) }
func (c *config) rankingPath() string     { return filepath.Join(c.Data, "ranking.json") }
func (c *config) attachmentsPath() string { return filepath.Join(c.Data, "attachments") }
func (c *config) socketPath() string      { return filepath.Join(c.Data, "duijie.sock") }

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
	private, err := api.ParsePrivateHosts(a.PrivateFeeds)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	proxies, err := api.ParseProxies(a.Proxies)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	limits, err := a.limits()
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	webhooks, err := api.ParsePrivateHosts(a.PrivateWebhooks)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if err := store.UnpackFiles(a.attachmentsPath()); err != nil { // of a backup
		return nil, errors.Join(err, store.Close())
	}
	f := &folder{app: a, service: &api.Service{Store: store, Log: log, Version: version(),
		Uploads: filepath.Join(a.Data, "uploads"), Attachments: a.attachmentsPath(), Templates: filepath.Join(a.Data, "templates"), PrivateFeeds: private,
		Proxies: proxies, Limits: limits, Rules: market.Rules{Months: a.ConfirmMonths}, ReviewLevels: a.ReviewLevels, BaseURL: a.BaseURL,
		PrivateWebhooks: webhooks, Mail: a.mailServer("")}, building: make(chan struct{}, 1)}
	if f.service.Reward, err = a.readRewardRule(); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if !index {
		return f, nil
	}
	g, err := a.openGeneration(store, log, nil)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	f.service.Serve(&g.Generation)
	f.generation.Store(g)
	return f, nil
}

// start brings the index level with what is stored, where a server keeps it; then what other generations left is of no use.
func (f *folder) start(ctx context.Context) error {
	f.building <- struct{}{}
	defer func() { <-f.building }()
	if err := f.current().Sync.Start(ctx); err != nil {
		return err
	}
	if f.life != nil {
		f.current().run()
		f.current().fill()
	}
	return f.sweep()
}

func (f *folder) close() error {
	var err error
	if g := f.current(); g != nil {
		err = g.close()
	}
	f.service.SaveUses()
	return errors.Join(err, f.service.Store.Close())
}

// A language is what the program knows of words: the dictionary, the meaning of texts, and scores made of both.
type language struct {
	lexicon   *indexer.Lexicon
	segmenter *indexer.Segmenter
	static    *indexer.Static
	analyzer  *indexer.Analyzer
	scorer    *matcher.Scorer
}

// openLanguage reads the files and opens what they say; the dictionary is unpacked into dir.
func (a *app) openLanguage(dir string, log *slog.Logger) (language, error) {
	lexicon, err := indexer.ReadLexicon(a.lexicon())
	if err != nil {
		return language{}, err
	}
	return openLexicon(lexicon, dir, log)
}

func openLexicon(lexicon *indexer.Lexicon, dir string, log *slog.Logger) (language, error) {
	l := language{lexicon: lexicon}
	var err error
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
func openEngine(dir, identity string, s *indexer.Segmenter, a *indexer.Analyzer, log *slog.Logger) (*indexer.Local, error) {
	return indexer.OpenLocal(dir, indexer.LocalOptions{
		Identity: identity, Analyzer: a.Name(), Far: a.FarModel(), IDF: s.IDF, Cut: s.Cut, Log: log})
}

// logger returns the log of a server; commands tell of warnings only.
func (a *app) logger(least slog.Level) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.LogLevel)); err != nil {
		level = slog.LevelInfo // config.check admits the four names only
	}
	o := slog.HandlerOptions{Level: max(level, least)}
	if a.LogFormat == "json" {
		return slog.New(api.LogHandler(slog.NewJSONHandler(a.stderr, &o)))
	}
	return slog.New(api.LogHandler(slog.NewTextHandler(a.stderr, &o)))
}

// adminHandler is the API as admin, and what only the socket has.
func (f *folder) adminHandler(listen string) http.Handler {
	mux, p := http.NewServeMux(), process{os.Getpid(), listen, f.app.BasePath}
	mux.Handle("/", api.AdminHandler(f.service))
	mux.HandleFunc("GET /backup", f.serveBackup)
	mux.HandleFunc("GET /process", func(w http.ResponseWriter, _ *http.Request) { serveJSON(w, p) })
	mux.HandleFunc("GET /publish", f.servePublish)
	mux.HandleFunc("POST /reload", f.serveReload)
	mux.HandleFunc("POST /segment", f.serveSegment)
	mux.HandleFunc("POST /lists", f.serveLists)
	mux.HandleFunc("GET /doctor", func(w http.ResponseWriter, r *http.Request) { f.serveDoctor(w, r, p) })
	return mux
}
