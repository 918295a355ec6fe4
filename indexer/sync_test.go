package indexer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

// A syncHouse is a store with an index beside it.
type syncHouse struct {
	t        *testing.T
	store    *corpus.Store
	embedder *fakeEmbedder
	near     Embedder // what measures the outside model
	outside  Embedder // or nil
	far      *Far
	analyzer *Analyzer
	dir      string // of the index
	local    *Local
	sync     *Sync
}

func newSyncHouse(t *testing.T) *syncHouse {
	store, err := corpus.Open(t.TempDir(), corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	h := &syncHouse{t: t, store: store, embedder: &fakeEmbedder{}, dir: t.TempDir()}
	h.near = h.embedder
	h.analyzer = NewAnalyzer(segmenter(t), h.embedder, discard)
	return h
}

// open opens the index in dir, closing the one before.
func (h *syncHouse) open(dir string) {
	h.t.Helper()
	if h.local != nil {
		if err := h.local.Close(); err != nil {
			h.t.Fatal(err)
		}
	}
	if h.outside != nil {
		if err := h.far.Close(); err != nil {
			h.t.Fatal(err)
		}
		h.far = openFar(h.t, filepath.Join(dir, "far.db"), h.outside, func(o *FarOptions) { o.Identity, o.Near = h.store.Identity(), h.near })
		h.analyzer = h.analyzer.WithFar(h.far)
	}
	h.local = openLocal(h.t, dir, LocalOptions{Identity: h.store.Identity(), Analyzer: h.analyzer.Name(), Far: h.analyzer.FarModel(), IDF: IDF,
		Cut: segmenter(h.t).Cut, Log: discard})
	h.sync = NewSync(h.store, h.analyzer, h.local, discard)
}

func (h *syncHouse) start() {
	h.t.Helper()
	if err := h.sync.Start(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *syncHouse) catchUp() {
	h.t.Helper()
	if err := h.sync.CatchUp(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

// write puts documents given as "a1 title" or, with a status, "a1/draft title"; "-a1" deletes.
func (h *syncHouse) write(rows ...string) {
	h.t.Helper()
	var b corpus.Batch
	for _, row := range rows {
		name, title, _ := strings.Cut(row, " ")
		name, status, _ := strings.Cut(name, "/")
		id, deleted := strings.CutPrefix(name, "-")
		kind := map[byte]corpus.Kind{'a': corpus.Achievement, 'n': corpus.Need, 'e': corpus.Expert, 'p': corpus.Project}[id[0]]
		if deleted {
			b.Deletes = append(b.Deletes, corpus.Delete{Kind: kind, ID: id})
			continue
		}
		b.Puts = append(b.Puts, corpus.Put{Doc: corpus.Doc{Kind: kind, SourceID: id, Title: title, Status: corpus.Status(status)}})
	}
	if _, err := h.store.Write(context.Background(), b); err != nil {
		h.t.Fatal(err)
	}
}

// ids lists the ids that query finds, sorted.
func (h *syncHouse) ids(query string) string {
	h.t.Helper()
	p, err := h.local.Search(context.Background(), Query{Text: query, Limit: 100})
	if err != nil {
		h.t.Fatal(err)
	}
	var out []string
	for _, hit := range p.Hits {
		docs, err := h.store.ByNumber(hit.Kind, hit.Number)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(docs) == 0 {
			h.t.Fatalf("%q found %v, which the store does not have", query, hit.Ref)
		}
		out = append(out, docs[0].ID)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// expect checks that exactly these documents are found, through memory and through the folder.
func (h *syncHouse) expect(what, want string) {
	h.t.Helper()
	for _, query := range []string{"", "玉米", `"玉米"`} {
		if got := h.ids(query); got != want {
			h.t.Errorf("%s: %q finds %q, want %q", what, query, got, want)
		}
	}
	last, err := h.store.LastChange()
	if err != nil {
		h.t.Fatal(err)
	}
	if indexed, of, ready := h.sync.Status(); indexed != last || of != last || !ready {
		h.t.Errorf("%s: status %d of %d, ready %v, want %d", what, indexed, of, ready, last)
	}
}

func TestSyncFollowsTheStore(t *testing.T) {
	h := newSyncHouse(t)
	h.write("a1 玉米", "a2/draft 玉米", "n1 玉米", "e1 玉米", "p1/withdrawn 玉米")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	if _, _, ready := h.sync.Status(); ready {
		t.Error("ready before Start")
	}
	var progress []string
	h.sync.Progress = func(done, total int) { progress = append(progress, fmt.Sprintf("%d/%d", done, total)) }
	var applied []string
	h.sync.OnApply = func(a Applied) {
		if a.All {
			applied = append(applied, "all")
		}
		for _, e := range a.Puts {
			applied = append(applied, "+"+e.ID)
		}
		for _, r := range a.Deletes {
			applied = append(applied, fmt.Sprintf("-%c%d", r.Kind[0], r.Number))
		}
		slices.Sort(applied)
	}
	h.start()
	h.expect("at start", "a1 e1 n1")
	if !slices.Equal(applied, []string{"all"}) || progress[len(progress)-1] != "5/5" {
		t.Errorf("Start called OnApply with %v, and Progress %v", applied, progress)
	}
	for _, step := range []struct{ rows, found, applied string }{
		{"a3 玉米", "a1 a3 e1 n1", "+a3"},
		{"a2 玉米", "a1 a2 a3 e1 n1", "+a2"},
		{"a1/withdrawn 玉米", "a2 a3 e1 n1", "-a1"},
		{"-n1", "a2 a3 e1", "-n1"},
		{"n1 玉米", "a2 a3 e1 n1", "+n1"},
		{"a9/draft 玉米", "a2 a3 e1 n1", "-a4"},
	} {
		applied = nil
		h.write(step.rows)
		h.catchUp()
		h.expect("after "+step.rows, step.found)
		if got := strings.Join(applied, " "); got != step.applied {
			t.Errorf("after %s: applied %q, want %q", step.rows, got, step.applied)
		}
	}
	if _, err := h.store.Write(context.Background(), corpus.Batch{Records: []corpus.Record{{Table: "lead", ID: "1", Body: []byte(`{}`)}}}); err != nil {
		t.Fatal(err)
	}
	h.catchUp()
	h.expect("after a market record", "a2 a3 e1 n1")
}

func TestSyncRunFollowsByItself(t *testing.T) {
	h := newSyncHouse(t)
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	applied := make(chan string, 10)
	h.sync.OnApply = func(a Applied) { applied <- a.Puts[0].ID }
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { h.sync.Run(ctx); close(ended) }()
	h.write("a1 玉米")
	if got := <-applied; got != "a1" {
		t.Errorf("applied %s", got)
	}
	h.expect("while running", "a1")
	cancel()
	<-ended
}

// TestSyncLosesNothing opens the index after all that can happen to its folder, and finds what the store has.
func TestSyncLosesNothing(t *testing.T) {
	h := newSyncHouse(t)
	h.open(h.dir)
	h.start()
	copies := map[string]string{"an empty folder": t.TempDir()}
	keep := func(what string) {
		copies[what] = t.TempDir()
		copyFolder(t, h.dir, copies[what])
	}
	keep("a copy from the beginning")
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("a%02d 玉米", i))
	}
	h.write(many...)
	keep("a copy between write and index")
	h.catchUp()
	keep("a copy with 40")
	h.write("-a00", "a01/withdrawn 玉米", "a02 淀粉", "a40 玉米")
	keep("a copy between change and index")
	h.catchUp()
	h.write("a02 玉米")
	keep("a copy before the last change")
	h.catchUp()
	keep("a copy of the end")

	other := newSyncHouse(t)
	other.write("a1 玉米", "a2 玉米", "n3 玉米")
	other.open(t.TempDir())
	other.start()
	copies["another store's folder"] = t.TempDir()
	copyFolder(t, other.dir, copies["another store's folder"])
	if err := other.local.Close(); err != nil {
		t.Fatal(err)
	}
	defer func() { h.local.Close() }()

	var want []string
	for i := 2; i <= 40; i++ {
		want = append(want, fmt.Sprintf("a%02d", i))
	}
	for what, dir := range copies {
		h.open(dir)
		h.start()
		h.expect(what, strings.Join(want, " "))
		last, _ := h.store.LastChange()
		if h.local.Mark() != last {
			t.Errorf("%s: mark %d, want %d", what, h.local.Mark(), last)
		}
	}
}

func TestSyncGivesAnIndexAheadOfItsStoreUp(t *testing.T) {
	h := newSyncHouse(t)
	h.write("a1 玉米")
	h.open(h.dir)
	ahead := makeEntry(corpus.Need, 7, "玉米", "")
	if err := h.local.Apply(context.Background(), []Entry{ahead}, nil, corpus.Change{Seq: 99}); err != nil {
		t.Fatal(err)
	}
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	h.expect("after the restore", "a1")
}

// TestSyncNoticesAStoreThatWentBackAndOn restores an older copy of the store and writes it on to the number of changes
// that the index has seen.
func TestSyncNoticesAStoreThatWentBackAndOn(t *testing.T) {
	h := newSyncHouse(t)
	h.write("a1 玉米")
	var backup bytes.Buffer
	if err := h.store.Backup(&backup); err != nil {
		t.Fatal(err)
	}
	h.write("a2 玉米")
	h.open(h.dir)
	h.start()
	h.expect("before", "a1 a2")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, corpus.FileName), backup.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	restored, err := corpus.Open(dir, corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { restored.Close() })
	h.store = restored
	h.write("a2 淀粉") // the same kind, number and version
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	if yes, no := h.ids(`"淀粉"`), h.ids(`"玉米"`); yes != "a2" || no != "a1" {
		t.Errorf("found %q and %q, want a2 and a1", yes, no)
	}
}

func TestSyncStartMayBeEnded(t *testing.T) {
	h := newSyncHouse(t)
	var many []string
	for i := range syncBatch + 50 {
		many = append(many, fmt.Sprintf("a%04d 玉米", i))
	}
	h.write(many...)
	h.open(h.dir)
	ctx, cancel := context.WithCancel(context.Background())
	h.sync.Progress = func(int, int) { cancel() } // after the first step
	if err := h.sync.Start(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v", err)
	}
	if h.local.Mark() != syncBatch {
		t.Errorf("mark %d after a step of %d", h.local.Mark(), syncBatch)
	}
	h.open(h.dir)
	defer func() { h.local.Close() }()
	steps, left := 0, 0
	h.sync.Progress = func(_, total int) { steps, left = steps+1, total }
	h.start()
	if steps != 1 || left != 50 {
		t.Errorf("begun again it took %d steps for %d changes, want 1 for 50", steps, left)
	}
	p, err := h.local.Search(context.Background(), Query{Text: `"玉米"`})
	if err != nil || p.Total != len(many) {
		t.Errorf("%d found, want %d; error %v", p.Total, len(many), err)
	}
}

// TestConfidentialTextIsInNoIndexFile looks for a marker in all that the index writes and answers.
func TestConfidentialTextIsInNoIndexFile(t *testing.T) {
	const secret, open = "zqxjkvsecret", "wvyqzkpublic"
	h := newSyncHouse(t)
	doc := corpus.Doc{Kind: corpus.Achievement, SourceID: "a1", Title: "玉米 " + open, Text: secret, Contact: secret, Org: secret, Goal: secret,
		Keywords: []string{secret}, People: []string{secret}, Indicators: []string{secret}, Registration: secret, Region: "150500",
		Extra: map[string]string{"备注": secret}, Disclosure: map[string]corpus.Level{"text": corpus.Confidential, "org": corpus.SignedIn,
			"goal": corpus.Confidential, "keywords": corpus.Confidential, "people": corpus.Confidential, "indicators": corpus.SignedIn,
			"registration": corpus.Confidential, "region": corpus.Confidential}}
	if _, err := h.store.Write(context.Background(), corpus.Batch{Puts: []corpus.Put{{Doc: doc}}}); err != nil {
		t.Fatal(err)
	}
	h.write("n1/draft " + secret + " 玉米")
	h.open(h.dir)
	h.start()
	for _, query := range []string{secret, `"` + secret + `"`, secret[:4] + "*", "org:" + secret, "registration:" + secret, "text:z*"} {
		if got := h.ids(query); got != "" {
			t.Errorf("%s finds %s", query, got)
		}
	}
	p, err := h.local.Search(context.Background(), Query{Facets: true})
	if err != nil || p.Total != 1 || strings.Contains(printFacets(p.Facets), "15") {
		t.Errorf("%d documents, facets %s, error %v", p.Total, printFacets(p.Facets), err)
	}
	terms := shownTerms(t, h.local)
	if !strings.Contains(terms, open) {
		t.Error("the public word is no term of the folder: the test can't see")
	}
	if strings.Contains(terms, secret) {
		t.Error("the confidential word is a term of the folder")
	}
	if err := h.local.Close(); err != nil {
		t.Fatal(err)
	}
	// The dictionaries in the files are packed; this is for what may stand there in the clear.
	err = filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("the confidential word is in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestTextThatWasClosedLeavesTheIndexFiles indexes a marker, closes it in one of the ways there are, and waits until no
// segment of then is left and none of now has the marker among its terms, those of removed documents included.
func TestTextThatWasClosedLeavesTheIndexFiles(t *testing.T) {
	const secret = "zqxjkvsecret"
	doc := corpus.Doc{Kind: corpus.Achievement, SourceID: "a1", Title: "玉米", Text: secret}
	closed, withdrawn := doc, doc
	closed.Disclosure = map[string]corpus.Level{"text": corpus.Confidential}
	withdrawn.Status = corpus.Withdrawn
	for name, b := range map[string]corpus.Batch{
		"a field is closed":       {Puts: []corpus.Put{{Doc: closed}}},
		"a document is withdrawn": {Puts: []corpus.Put{{Doc: withdrawn}}},
		"a document is deleted":   {Deletes: []corpus.Delete{{Kind: corpus.Achievement, ID: "a1"}}},
	} {
		for i := range 4 {
			alone, stopped := i&1 != 0, i&2 != 0
			t.Run(fmt.Sprintf("%s, alone %v, stopped %v", name, alone, stopped), func(t *testing.T) {
				h := newSyncHouse(t)
				h.open(h.dir)
				defer func() { h.local.Close() }()
				h.start()
				write := func(b corpus.Batch) {
					if _, err := h.store.Write(t.Context(), b); err != nil {
						t.Fatal(err)
					}
				}
				puts := []corpus.Put{{Doc: doc}}
				if !alone {
					puts = append(puts, corpus.Put{Doc: corpus.Doc{Kind: corpus.Need, SourceID: "n1", Title: "玉米"}})
				}
				write(corpus.Batch{Puts: puts})
				h.catchUp()
				if !strings.Contains(shownTerms(t, h.local), secret) {
					t.Fatal("the marker is no term of the folder: the test can't see")
				}
				if err := h.local.keepRound(false); err != nil {
					t.Fatal(err)
				}
				if !inMatchFiles(t, h.dir, secret) {
					t.Fatal("the marker is in no file of the match index: the test can't see")
				}
				before := segmentFiles(t, h.dir)
				if len(before) == 0 {
					t.Fatal("no segment files: the test can't see")
				}
				write(b)
				h.catchUp()
				if stopped {
					h.open(h.dir)
					h.start()
				}
				left := func() bool {
					return strings.Contains(shownTerms(t, h.local), secret) || inMatchFiles(t, h.dir, secret) ||
						slices.ContainsFunc(segmentFiles(t, h.dir), func(f string) bool { return slices.Contains(before, f) })
				}
				for deadline := time.Now().Add(time.Minute); left(); time.Sleep(5 * time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatalf("the marker stays: files %v, before %v", segmentFiles(t, h.dir), before)
					}
				}
				if got := h.ids(`"玉米"`); !alone && !strings.Contains(got, "n1") {
					t.Errorf("found %q, want n1 among it", got)
				}
			})
		}
	}
}

// segmentFiles lists the names of the files that hold text.
func segmentFiles(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "text", "*.zap"))
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// inMatchFiles reports whether a file of the match index holds a word.
func inMatchFiles(t *testing.T, dir, word string) bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "match", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(word)) {
			return true
		}
	}
	return false
}

// shownTerms is indexedTerms while l is at work.
func shownTerms(t *testing.T, l *Local) string {
	t.Helper()
	now, err := l.read()
	if err != nil {
		t.Fatal(err)
	}
	defer l.done(now)
	return indexedTerms(t, now.text)
}

// indexedTerms lists all terms of all fields of the folder.
func indexedTerms(t *testing.T, v textView) string {
	t.Helper()
	fields, err := v.reader.Fields()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, field := range fields {
		terms, err := v.terms(field, "", "")
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, terms...)
	}
	return strings.Join(out, " ")
}

// copyFolder copies a folder in use as a stop of the machine would leave it: the copy is taken again while files
// come and go.
func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	var err error
	for range 1000 {
		if err = errors.Join(os.RemoveAll(to), os.CopyFS(to, os.DirFS(from))); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal(err)
}

// TestSyncMakesADamagedMatchIndexAnew spoils bytes of a segment that nobody reads at the start.
func TestSyncMakesADamagedMatchIndexAnew(t *testing.T) {
	h := newSyncHouse(t)
	h.write("a1 玉米", "n1 玉米")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	if err := h.local.Close(); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(h.dir, "match", "*"+segmentEnd))
	if err != nil || len(paths) == 0 {
		t.Fatalf("files %v, error %v", paths, err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(b, []byte("玉米"))
		copy(b[at:], "王米")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.local = nil
	h.open(h.dir)
	h.start()
	for deadline := time.Now().Add(time.Minute); !h.local.damaged.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody has noticed")
		}
	}
	told := h.listen()
	h.catchUp()
	h.expect("made anew", "a1 n1")
	if !slices.Contains(*told, "all") {
		t.Errorf("OnApply was told %v", *told)
	}
}

// TestAKeptIndexIsNotAnalysedAgain: a start reads no document that both indexes hold.
func TestAKeptIndexIsNotAnalysedAgain(t *testing.T) {
	h := newSyncHouse(t)
	h.write("a1 玉米", "a2 玉米", "n1 玉米")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	first := h.embedder.asked()
	h.open(h.dir)
	h.start()
	h.expect("opened again", "a1 a2 n1")
	if again := h.embedder.asked(); first == 0 || again > 0 {
		t.Errorf("%d texts were embedded at the first start, %d at the second", first, again)
	}
	h.write("-a2")
	h.open(h.dir)
	h.start()
	h.expect("after a change", "a1 n1")
}
