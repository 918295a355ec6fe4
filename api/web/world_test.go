package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/html"

	"duijie/api"
	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

// secret stands in every field of the fixtures that is not public.
const secret = "SECRETMARKER"

// day is when tests happen.
var day = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

func money(wan int64) *corpus.Money {
	return &corpus.Money{Min: wan * 1_000_000, Max: wan * 1_000_000, Text: fmt.Sprint(wan, "万元")}
}

// fixtures are a small exchange: pairs that fit by words and by meaning, unknown facts, an
// expired need, a withdrawn document, and enough rows for a second page.
func fixtures() []corpus.Doc {
	docs := []corpus.Doc{
		{Kind: corpus.Achievement, SourceID: "A1", Title: "玉米湿磨酶法辅助短时浸泡工艺", Org: "蒙东淀粉工程中心", Region: "150502",
			Text:     "面向玉米淀粉湿磨企业。将玉米先在50 ℃水中预浸4 h，粗破碎后加入酸性蛋白酶，破坏包裹淀粉的蛋白网络。浸泡与酶解合计10～12 h，亚硫酸用量降至0.6 kg/t以下。",
			Keywords: []string{"玉米淀粉", "浸泡", "亚硫酸"}, Field: []string{"1391"}, Strategic: []string{"4.5"}, Stage: corpus.Pilot, StageProof: "中试线30 t/d，连续92天",
			Cooperation: []corpus.Mode{corpus.Transfer, corpus.License}, Price: money(1180), People: []string{"罗清源"}, Indicators: []string{"浸泡时间 ≤ 12 h"},
			Rights: []corpus.Right{{Kind: "发明专利", Number: "ZL202319406924.3", State: "有效"}}, Registration: "1502026Y9048", Evaluation: secret,
			PublishedOn: "2026-01-15", ConfirmedOn: "2025-03-12", Contact: secret, Extra: map[string]string{"内部": secret},
			Disclosure: map[string]corpus.Level{"evaluation": corpus.SignedIn}, Links: []corpus.Link{{Kind: corpus.Expert, ID: "E1"}, {Kind: corpus.Project, ID: "P1"}}},
		{Kind: corpus.Achievement, SourceID: "A2", Title: "玉米浆蒸发器阻垢剂", Text: "用于玉米浆蒸发器加热管的防垢，延长清洗周期。",
			Stage: corpus.Lab, PublishedOn: "2026-02"},
		{Kind: corpus.Achievement, SourceID: "A3", Title: "茎秆揉丝打捆一体机", Text: "将玉米秸秆揉丝后打捆青贮。", Region: "220100", Field: []string{"3572"}, Price: &corpus.Money{Text: "面议"}},
		{Kind: corpus.Achievement, SourceID: "A4", Title: "已撤回的玉米浸泡成果" + secret, Status: corpus.Withdrawn},
		{Kind: corpus.Need, SourceID: "N1", Title: "缩短玉米浸泡周期并降低亚硫酸用量", Org: "科尔沁淀粉公司", Region: "150502", Field: []string{"1391"},
			Text: "我公司年加工玉米60万吨，采用48 h逆流浸泡，罐容已是瓶颈。亚硫酸用量约2 kg/t，车间气味大。希望在现有磨机不动的情况下把浸泡时间压下来，同时减少硫的投入，淀粉收率不能掉。",
			Goal: "浸泡总时间 ≤ 24 h；亚硫酸用量 ≤ 1 kg/t", Indicators: []string{"浸泡时间 ≤ 24 h"}, Budget: money(600),
			Cooperation: []corpus.Mode{corpus.Development}, PublishedOn: "2026-06-10", ValidUntil: "2027-06-30", Contact: secret},
		{Kind: corpus.Need, SourceID: "N2", Title: "蒸发器结垢", Text: "求解决办法。", ValidUntil: "2026-05"},
		{Kind: corpus.Expert, SourceID: "E1", Title: "罗清源 玉米湿磨", Position: "研究员", Org: "蒙东淀粉工程中心", Text: "从事玉米湿磨工艺二十余年。", Field: []string{"1391"}},
		{Kind: corpus.Project, SourceID: "P1", Title: "玉米湿磨关键技术", Programme: "自治区科技计划", ProjectNumber: "KJ2023-01", From: "2023-06", Until: "2025-12", Org: "蒙东淀粉工程中心"},
	}
	for i := range 24 {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: fmt.Sprint("W", i), Title: fmt.Sprint("风电叶片除冰装置第", i+1, "型"),
			Text: "风电机组叶片前缘敷设电热膜除冰。", Region: "150526", Field: []string{"4415"}, Stage: corpus.Applied, PublishedOn: "2025-05-01"})
	}
	return docs
}

// The dictionary and the table of word vectors take most of a second to load: once for all tests.
var language = sync.OnceValues(func() (l struct {
	seg    *indexer.Segmenter
	static *indexer.Static
}, err error) {
	dir, err := os.MkdirTemp("", "duijie-dict")
	if err != nil {
		return l, err
	}
	defer os.RemoveAll(dir)
	if l.seg, err = indexer.OpenSegmenter(dir); err != nil {
		return l, err
	}
	l.static, err = indexer.NewStatic(l.seg.Words, l.seg.Freq)
	return l, err
})

// A world is the pages of a service with its own store.
type world struct {
	t       *testing.T
	svc     *api.Service
	handler http.Handler
	log     *safeLog
	dir     string       // of the data
	passed  atomic.Int64 // nanoseconds since day
}

func (w *world) now() time.Time { return day.Add(time.Duration(w.passed.Load())) }

// later lets time pass.
func (w *world) later(d time.Duration) { w.passed.Add(int64(d)) }

// A safeLog is what was logged, also beside requests.
type safeLog struct {
	sync.Mutex
	b bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.Lock()
	defer l.Unlock()
	return l.b.Write(p)
}

func (l *safeLog) String() string {
	l.Lock()
	defer l.Unlock()
	return l.b.String()
}

func newWorld(t *testing.T, o Options, docs []corpus.Doc) *world {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w := &world{t: t, log: &safeLog{}, dir: t.TempDir()}
	log := slog.New(api.LogHandler(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	dir := w.dir
	store, err := corpus.Open(dir, corpus.Options{Now: w.now})
	must(err)
	t.Cleanup(func() { store.Close() })
	l, err := language()
	must(err)
	analyzer := indexer.NewAnalyzer(l.seg, l.static, log)
	engine, err := indexer.OpenLocal(dir, indexer.LocalOptions{Identity: store.Identity(), Analyzer: analyzer.Name(), Far: analyzer.FarModel(), IDF: l.seg.IDF, Cut: l.seg.Cut, Log: log})
	must(err)
	t.Cleanup(func() { engine.Close() })
	m := matcher.New(store, analyzer, engine, matcher.NewScorer(l.static, l.seg, matcher.DefaultRanking()))
	must(m.Keep(filepath.Join(dir, "lists.db"), store.Identity(), log))
	t.Cleanup(func() { m.Close() })
	batch := corpus.Batch{Actor: "test", Action: "fixtures"}
	for _, d := range docs {
		batch.Puts = append(batch.Puts, corpus.Put{Doc: d})
	}
	_, err = store.Write(t.Context(), batch)
	must(err)
	follow := indexer.NewSync(store, analyzer, engine, log)
	follow.OnApply = m.Applied
	must(follow.Start(t.Context()))
	svc := &api.Service{Store: store, Log: log, Now: w.now, Version: "test", Uploads: filepath.Join(dir, "uploads"), Mail: &api.MailServer{}}
	svc.Serve(&api.Generation{Analyzer: analyzer, Engine: engine, Sync: follow, Matcher: m})
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		svc.RunUploads(ctx) // nil always
	}()
	t.Cleanup(func() { stop(); <-stopped })
	w.svc = svc
	must(svc.FollowSuggestions(t.Context()))
	pages, err := Handler(svc, o)
	must(err)
	w.handler = api.Handler(svc, pages)
	return w
}

// ask sends a request; each cookie is "name=value".
func (w *world) ask(method, address string, form url.Values, cookies ...string) *http.Response {
	w.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, address, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if len(cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

// page asks for a page that must answer with this status, and parses it.
func (w *world) page(status int, method, address string, form url.Values, cookies ...string) (*html.Node, string) {
	w.t.Helper()
	res := w.ask(method, address, form, cookies...)
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if res.StatusCode != status {
		w.t.Fatalf("%s %s: status %d, want %d", method, address, res.StatusCode, status)
	}
	doc, err := html.Parse(bytes.NewReader(b))
	if err != nil {
		w.t.Fatal(err)
	}
	return doc, string(b)
}

func (w *world) get(address string, cookies ...string) (*html.Node, string) {
	w.t.Helper()
	return w.page(http.StatusOK, http.MethodGet, address, nil, cookies...)
}

// all returns the elements for which keep holds, in document order.
func all(n *html.Node, keep func(*html.Node) bool) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && keep(d) {
			out = append(out, d)
		}
	}
	return out
}

func tags(n *html.Node, names ...string) []*html.Node {
	return all(n, func(e *html.Node) bool {
		for _, name := range names {
			if e.Data == name {
				return true
			}
		}
		return false
	})
}

func classes(n *html.Node, class string) []*html.Node {
	return all(n, func(e *html.Node) bool {
		for _, c := range strings.Fields(attr(e, "class")) {
			if c == class {
				return true
			}
		}
		return false
	})
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// text is what a reader sees of an element, its space folded.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
