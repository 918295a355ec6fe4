package matcher

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// A rerankServer likes the texts that have a word.
type rerankServer struct {
	likes string
	down  atomic.Bool
	calls atomic.Int32
	asked atomic.Pointer[rerankQuestion]
}

type rerankQuestion struct {
	Query     string
	Documents []string
}

// rerankBy gives the house a reranker that likes texts with a word.
func (h *house) rerankBy(t *testing.T, likes string) *rerankServer {
	t.Helper()
	s := &rerankServer{likes: likes}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		if s.down.Load() {
			http.Error(w, "out of memory", http.StatusBadRequest)
			return
		}
		q := new(rerankQuestion)
		if err := json.NewDecoder(r.Body).Decode(q); err != nil {
			t.Error(err)
		}
		s.asked.Store(q)
		var results []string
		for i, d := range q.Documents {
			score := .1
			if strings.Contains(d, s.likes) {
				score = .9
			}
			results = append(results, fmt.Sprintf(`{"index":%d,"relevance_score":%v}`, i, score))
		}
		fmt.Fprintf(w, `{"results":[%s]}`, strings.Join(results, ","))
	}))
	t.Cleanup(web.Close)
	var err error
	h.matcher.Reranker, err = indexer.NewReranker(indexer.EndpointOptions{URL: web.URL, Model: "m"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkSums checks that a list is in the order of its points, and that those are the sum of the reasons' points.
func checkSums(t *testing.T, what string, a Answer) {
	t.Helper()
	for i, m := range a.Matches {
		var sum float64
		for _, r := range m.Reasons {
			sum += r.Points
		}
		if math.Abs(sum-m.Points) > 1e-9 || i > 0 && m.Points > a.Matches[i-1].Points {
			t.Errorf("%s, place %d: points %v, reasons %v, the one before %v", what, i, m.Points, sum, a.Matches[max(0, i-1)].Points)
		}
	}
}

func idsOf(a Answer) []string {
	var out []string
	for _, m := range a.Matches {
		out = append(out, m.ID)
	}
	return out
}

// numbersOf lists the pairs that the reranker can see, and the others.
func numbersOf(rows []ranked) (seen, others []uint32) {
	for _, r := range rows {
		if r.evidence >= listedEvidence && len(seen) < reranked {
			seen = append(seen, r.number)
		} else {
			others = append(others, r.number)
		}
	}
	return seen, others
}

func TestRerankerOrdersTheBest(t *testing.T) {
	const likes = "乙型"
	h := newHouse(t)
	// More pairs with evidence than it sees.
	docs := sampleDocs(t)
	for i := range 2 * reranked {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: fmt.Sprint("Y", i), Title: "玉米浸泡装置",
			Text: fmt.Sprintf("第%d种玉米浸泡罐，%s，缩短浸泡周期，降低亚硫酸用量。", i, []string{"甲型", likes}[i%2])})
	}
	h.write(t, docs...)
	need, err := h.matcher.published(corpus.Need, "N001")
	if err != nil {
		t.Fatal(err)
	}
	rank := func(wantLost string) []ranked {
		t.Helper()
		entry, err := h.matcher.entry(t.Context(), need)
		if err != nil {
			t.Fatal(err)
		}
		rows, lost, err := h.matcher.best(t.Context(), need, entry, indexer.Filter{})
		if err != nil || lost != wantLost {
			t.Fatalf("left out %q, error %v, want %q", lost, err, wantLost)
		}
		if !slices.IsSortedFunc(rows, better) {
			t.Error("not in order")
		}
		return rows
	}
	plain := rank("")
	s := h.rerankBy(t, likes)
	judged := rank("")
	if q := s.asked.Load(); len(q.Documents) != reranked || !strings.HasPrefix(q.Query, need.Title) {
		t.Fatalf("asked for %d documents and %.30s", len(q.Documents), q.Query)
	}
	seen, others := numbersOf(plain)
	after, left := numbersOf(judged)
	if len(left) == 0 || !slices.Equal(left, others) {
		t.Errorf("those that it did not see have moved: %v, before %v", left, others)
	}
	if slices.Equal(seen, after) {
		t.Error("nothing moved")
	}
	points := map[uint32]Parts{}
	for _, r := range plain {
		points[r.number] = r.parts
	}
	for _, r := range judged {
		found, err := h.store.ByNumber(corpus.Achievement, r.number)
		if err != nil {
			t.Fatal(err)
		}
		public := found[0].Public()
		want := points[r.number]
		switch {
		case !slices.Contains(seen, r.number):
		case strings.Contains(rerankTextOf(&public), likes):
			want[RerankPart] = .9 * DefaultRanking().Weights[RerankPart]
		default:
			want[RerankPart] = .1 * DefaultRanking().Weights[RerankPart]
		}
		if r.parts != want {
			t.Errorf("%s has %v, want %v", public.ID, r.parts, want)
		}
	}
	s.down.Store(true)
	if dead := rank("rerank"); !slices.EqualFunc(dead, plain, func(a, b ranked) bool { return a.number == b.number && a.parts == b.parts }) {
		t.Error("a dead reranker changes something")
	}
}

func TestRerankedListsAreKept(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	s := h.rerankBy(t, "酶")
	whole, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: Kept})
	if err != nil || whole.Degraded != "" || len(whole.Matches) < 3 {
		t.Fatalf("degraded %q, %d matches, error %v", whole.Degraded, len(whole.Matches), err)
	}
	checkSums(t, "whole", whole)
	if !slices.ContainsFunc(whole.Matches[0].Reasons, func(r Reason) bool { return r.Kind == "rerank" && strings.Contains(r.Text, "0.90") }) {
		t.Errorf("the first has no reason for its place: %+v", whole.Matches[0].Reasons)
	}
	var paged []string
	for after := ""; ; {
		a, err := h.matcher.ForNeed(t.Context(), "N001", Options{Limit: 2, After: after})
		if err != nil {
			t.Fatal(err)
		}
		paged = append(paged, idsOf(a)...)
		if after = a.Next; after == "" {
			break
		}
	}
	if !slices.Equal(paged, idsOf(whole)) || s.calls.Load() != 1 {
		t.Errorf("asked %d times, pages hold %v, want once and %v", s.calls.Load(), paged, idsOf(whole))
	}
	h.write(t, corpus.Doc{Kind: corpus.Achievement, SourceID: "X1", Title: "玉米酶法浸泡", Text: "玉米淀粉的酶法浸泡，缩短浸泡周期，降低亚硫酸用量。"})
	if a, err := h.matcher.ForNeed(t.Context(), "N001", Options{}); err != nil || s.calls.Load() != 2 || !slices.Contains(idsOf(a), "X1") {
		t.Errorf("a new one: asked %d times, list %v, error %v", s.calls.Load(), idsOf(a), err)
	}
}

func TestRerankerDoesNotOutliveItsFailure(t *testing.T) {
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	s := h.rerankBy(t, "酶")
	s.down.Store(true)
	if a, err := h.matcher.ForNeed(t.Context(), "N001", Options{}); err != nil || a.Degraded != "rerank" {
		t.Fatalf("degraded %q, error %v", a.Degraded, err)
	}
	s.down.Store(false)
	h.rerankBy(t, "酶") // one that has not failed a moment ago
	if a, err := h.matcher.ForNeed(t.Context(), "N001", Options{}); err != nil || a.Degraded != "" {
		t.Errorf("the list of the failure was kept: degraded %q, error %v", a.Degraded, err)
	}
}

func TestRerankerSeesTypedTextIfAllowed(t *testing.T) {
	const text = "玉米浸泡时间长，想用酶缩短"
	h := newHouse(t)
	h.write(t, sampleDocs(t)...)
	s := h.rerankBy(t, "加压")
	plain, err := h.matcher.ForText(t.Context(), text, Options{})
	if err != nil || plain.Degraded != "" || s.calls.Load() != 0 {
		t.Errorf("not allowed: asked %d times, degraded %q, error %v", s.calls.Load(), plain.Degraded, err)
	}
	h.matcher.RerankTyped = true
	judged, err := h.matcher.ForText(t.Context(), text, Options{})
	if err != nil || s.calls.Load() != 1 || !strings.Contains(s.asked.Load().Query, text) {
		t.Fatalf("allowed: asked %d times, error %v", s.calls.Load(), err)
	}
	checkSums(t, "typed", judged)
	if slices.Equal(idsOf(plain), idsOf(judged)) {
		t.Error("nothing moved")
	}
}

// TestRerankerReadsPublicTextOnly looks for a marker in what is sent.
func TestRerankerReadsPublicTextOnly(t *testing.T) {
	const secret = "绝密词语"
	h := newHouse(t)
	closed := map[string]corpus.Level{"text": corpus.Confidential}
	h.write(t, corpus.Doc{Kind: corpus.Need, SourceID: "N1", Title: "玉米浸泡", Text: secret, Disclosure: closed},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "A1", Title: "玉米浸泡罐", Text: secret, Disclosure: closed})
	s := h.rerankBy(t, "酶")
	if _, err := h.matcher.ForNeed(t.Context(), "N1", Options{}); err != nil {
		t.Fatal(err)
	}
	if q := s.asked.Load(); q == nil || !strings.Contains(q.Query, "玉米") || len(q.Documents) != 1 || strings.Contains(fmt.Sprint(q), secret) {
		t.Errorf("sent %+v", q)
	}
}
