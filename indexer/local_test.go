package indexer

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duijie/corpus"
)

func localOptions() LocalOptions {
	return LocalOptions{Identity: "store", Analyzer: "test", IDF: testIDF, Cut: testCut, Log: discard}
}

func openLocal(t *testing.T, dir string, o LocalOptions) *Local {
	t.Helper()
	l, err := OpenLocal(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLocal(t *testing.T) {
	testEngine(t, func() Engine { return openLocal(t, t.TempDir(), localOptions()) })
}

// total returns how many documents query finds.
func total(t *testing.T, l *Local, query string) int {
	t.Helper()
	p, err := l.Search(context.Background(), Query{Text: query})
	if err != nil {
		t.Fatal(err)
	}
	return p.Total
}

func TestLocalKeepsItsFolder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	l := openLocal(t, dir, localOptions())
	entries := []Entry{makeEntry(corpus.Achievement, 1, "玉米淀粉", ""), makeEntry(corpus.Need, 1, "玉米", "")}
	if err := l.Apply(ctx, entries, []Ref{{corpus.Need, 2}}, corpus.Change{Seq: 7}); err != nil {
		t.Fatal(err)
	}
	if err := l.Put(ctx, []Entry{makeEntry(corpus.Need, 3, "玉米", "")}); err != nil {
		t.Fatal(err)
	}
	if l.Mark() != 7 {
		t.Errorf("mark %d, want 7: Put does not move it", l.Mark())
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLocal(t, dir, localOptions())
	defer l.Close()
	if l.Mark() != 7 {
		t.Errorf("mark %d after opening again, want 7", l.Mark())
	}
	if n := total(t, l, `"玉米"`); n != 3 {
		t.Errorf("%d documents are found, want 3", n)
	}
}

func TestLocalMakesAFolderAnewThatItCannotTrust(t *testing.T) {
	for name, spoil := range map[string]func(dir string, o *LocalOptions) error{
		"of another store":    func(_ string, o *LocalOptions) error { o.Identity = "other"; return nil },
		"of another analyzer": func(_ string, o *LocalOptions) error { o.Analyzer = "other"; return nil },
		"without files":       func(dir string, _ *LocalOptions) error { return os.RemoveAll(dir) },
		"with a spoilt root":  func(dir string, _ *LocalOptions) error { return spoilFiles(dir, "root.bolt", 0) },
		"with a cut root": func(dir string, _ *LocalOptions) error {
			return os.Truncate(filepath.Join(dir, "text", "root.bolt"), 5000)
		},
		"with spoilt segments":     func(dir string, _ *LocalOptions) error { return spoilFiles(dir, "*.zap", 0) },
		"with spoilt endings":      func(dir string, _ *LocalOptions) error { return spoilFiles(dir, "*.zap", 100) },
		"that is a plain file":     func(dir string, _ *LocalOptions) error { return replaceByFile(filepath.Join(dir, "text")) },
		"with segments missing":    func(dir string, _ *LocalOptions) error { return removeFiles(dir, "*.zap") },
		"of another outside model": func(_ string, o *LocalOptions) error { o.Far = "other"; return nil },
		"without its match index":  func(dir string, _ *LocalOptions) error { return os.RemoveAll(filepath.Join(dir, "match")) },
		"with a spoilt manifest": func(dir string, _ *LocalOptions) error {
			return os.WriteFile(filepath.Join(dir, "match", manifestName), []byte("{"), 0o600)
		},
		"with a cut segment": func(dir string, _ *LocalOptions) error {
			return os.Truncate(filepath.Join(dir, "match", "00000000"+segmentEnd), 5000)
		},
		"with an empty segment": func(dir string, _ *LocalOptions) error {
			return os.Truncate(filepath.Join(dir, "match", "00000000"+segmentEnd), 0)
		},
		"with a segment missing": func(dir string, _ *LocalOptions) error {
			return os.Remove(filepath.Join(dir, "match", "00000000"+segmentEnd))
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, dir, o := context.Background(), t.TempDir(), localOptions()
			l := openLocal(t, dir, o)
			entries := []Entry{makeEntry(corpus.Achievement, 1, "玉米淀粉", "肉牛")}
			if err := l.Apply(ctx, entries, nil, corpus.Change{Seq: 7}); err != nil {
				t.Fatal(err)
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if err := spoil(dir, &o); err != nil {
				t.Fatal(err)
			}
			l = openLocal(t, dir, o)
			defer l.Close()
			if l.Mark() != 0 {
				t.Errorf("mark %d, want 0", l.Mark())
			}
			if err := l.Apply(ctx, entries, nil, corpus.Change{Seq: 8}); err != nil {
				t.Fatal(err)
			}
			if n := total(t, l, `"玉米淀粉"`); n != 1 || l.Mark() != 8 {
				t.Errorf("%d documents found at mark %d, want 1 at 8", n, l.Mark())
			}
		})
	}
}

// spoilFiles overwrites the last bytes of files of the text index, all of them where last is 0.
func spoilFiles(dir, pattern string, last int) error {
	paths, err := filepath.Glob(filepath.Join(dir, "text", pattern))
	if err != nil {
		return err
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		part := b
		if last > 0 {
			part = b[max(0, len(b)-last):]
		}
		for i := range part {
			part[i] = 0xa5
		}
		if err := os.WriteFile(p, b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func removeFiles(dir, pattern string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "text", pattern))
	for _, p := range paths {
		if err == nil {
			err = os.Remove(p)
		}
	}
	return err
}

func replaceByFile(path string) error {
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	return os.WriteFile(path, []byte("no folder"), 0o600)
}

func TestLocalDiscard(t *testing.T) {
	ctx := context.Background()
	l := openLocal(t, t.TempDir(), localOptions())
	defer l.Close()
	if err := l.Apply(ctx, []Entry{makeEntry(corpus.Achievement, 1, "玉米", "")}, nil, corpus.Change{Seq: 7}); err != nil {
		t.Fatal(err)
	}
	if err := l.Discard(); err != nil {
		t.Fatal(err)
	}
	if total(t, l, "") != 0 || total(t, l, `"玉米"`) != 0 || l.Mark() != 0 {
		t.Error("something is left")
	}
	if err := l.Put(ctx, []Entry{makeEntry(corpus.Achievement, 2, "玉米", "")}); err != nil {
		t.Fatal(err)
	}
	if total(t, l, `"玉米"`) != 1 {
		t.Error("nothing is found after a discard")
	}
}

func TestLocalRefusesWhatItCannotKeep(t *testing.T) {
	l := openLocal(t, t.TempDir(), localOptions())
	defer l.Close()
	for _, e := range []Entry{makeEntry(corpus.Achievement, 0, "玉米", ""), makeEntry("other", 1, "玉米", "")} {
		if err := l.Put(context.Background(), []Entry{makeEntry(corpus.Need, 1, "玉米", ""), e}); err == nil {
			t.Errorf("%v was taken", e.Ref)
		}
	}
	if n := total(t, l, ""); n != 0 {
		t.Errorf("%d documents of refused batches were taken", n)
	}
	if _, err := l.Candidates(context.Background(), Probe{Target: "other"}); err == nil {
		t.Error("candidates of an unknown kind gave no error")
	}
	if _, err := l.Search(context.Background(), Query{Text: strings.Repeat("玉", MaxTyped)}); corpus.CodeOf(err) != corpus.TooLarge {
		t.Errorf("a query over the limit gave %v", err)
	}
}

func TestLocalIsOfNoUseAfterClose(t *testing.T) {
	ctx := context.Background()
	l := openLocal(t, t.TempDir(), localOptions())
	for range 2 {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := l.Put(ctx, nil); corpus.CodeOf(err) != corpus.Unavailable {
		t.Errorf("Put: %v", err)
	}
	if _, err := l.Search(ctx, Query{Text: `"玉米"`}); corpus.CodeOf(err) != corpus.Unavailable {
		t.Errorf("Search: %v", err)
	}
}

func TestLocalLeavesAFolderInUseAlone(t *testing.T) {
	dir := t.TempDir()
	l := openLocal(t, dir, localOptions())
	defer l.Close()
	if err := l.Apply(context.Background(), []Entry{makeEntry(corpus.Need, 1, "玉米", "")}, nil, corpus.Change{Seq: 7}); err != nil {
		t.Fatal(err)
	}
	o := localOptions()
	o.Identity = "other"
	if _, err := OpenLocal(dir, o); corpus.CodeOf(err) != corpus.Unavailable {
		t.Errorf("opening twice: %v", err)
	}
	if n := total(t, l, `"玉米"`); n != 1 {
		t.Errorf("%d documents found in the first one, want 1", n)
	}
}

func TestLocalRefusesWritersWhileItCloses(t *testing.T) {
	for range 20 {
		l := openLocal(t, t.TempDir(), localOptions())
		ended := make(chan error)
		go func() {
			var err error
			for err == nil {
				err = l.Delete(context.Background(), []Ref{{corpus.Need, 1}})
			}
			ended <- err
		}()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; corpus.CodeOf(err) != corpus.Unavailable {
			t.Errorf("the writer got %v", err)
		}
	}
}

func TestSmallSegmentsArePutTogether(t *testing.T) {
	l := openLocal(t, t.TempDir(), localOptions())
	defer l.Close()
	const applies, each = 100, 3
	for i := range uint32(applies) {
		var entries []Entry
		for j := range uint32(each) {
			entries = append(entries, makeEntry(corpus.Need, 1+i*each+j, "玉米", ""))
		}
		if err := l.Put(t.Context(), entries); err != nil {
			t.Fatal(err)
		}
	}
	now, err := l.read()
	if err != nil {
		t.Fatal(err)
	}
	defer l.done(now)
	if s := now.shelves[corpus.Need]; len(s.parts) > 8 || s.live != applies*each {
		t.Errorf("%d documents stand in %d segments", s.live, len(s.parts))
	}
}
