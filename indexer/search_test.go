package indexer

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestNewestFirstKnowsDatesWithoutADay(t *testing.T) {
	l := openLocal(t, t.TempDir(), localOptions())
	defer l.Close()
	var entries []Entry
	for i, d := range []corpus.Date{"2025-03-01", "", "2026", "2025-12", "2026-01-31"} {
		e := makeEntry(corpus.Achievement, uint32(i+1), "玉米", "")
		e.Columns.Published = d
		entries = append(entries, e)
	}
	if err := l.Put(context.Background(), entries); err != nil {
		t.Fatal(err)
	}
	p, err := l.Search(context.Background(), Query{Sort: ByDate})
	if got := found(p.Hits); got != "a5 a3 a4 a1 a2" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
}

// One request must not keep all others waiting: single characters are looked up in every word of the index.
func TestAQueryOfManyCharactersIsBounded(t *testing.T) {
	seg := segmenter(t)
	l := openLocal(t, t.TempDir(), LocalOptions{Identity: "store", Analyzer: "test", IDF: IDF, Cut: seg.Cut, Log: discard})
	defer l.Close()
	var words []string
	for line := range strings.Lines(wordDict) {
		if words = append(words, strings.Fields(line)[0]); len(words) == 30_000 {
			break
		}
	}
	docs := make([]corpus.Doc, 200)
	for i := range docs {
		docs[i] = corpus.Doc{Kind: corpus.Achievement, Number: uint32(i + 1), Title: "标题", Text: strings.Join(words[150*i:150*i+150], "，")}
	}
	entries, err := NewAnalyzer(seg, nil, discard).Entries(context.Background(), docs)
	if err == nil {
		err = l.Put(context.Background(), entries)
	}
	if err != nil {
		t.Fatal(err)
	}
	var chars []string
	for i := range 250 {
		chars = append(chars, string([]rune(words[100*i])[0]))
	}
	for q, want := range map[string]corpus.Code{
		strings.Join(chars, " "):                  "", // not looked up in the full text at all
		`"` + strings.Join(chars, `" "`) + `"`:    corpus.TooLarge,
		strings.Join(chars, "* "):                 corpus.TooLarge,
		"title:" + strings.Join(chars, " title:"): corpus.TooLarge,
	} {
		_, err := l.Search(context.Background(), Query{Text: q})
		if got := corpus.CodeOf(err); err != nil && got != want || err == nil && want != "" {
			t.Errorf("%.40s...: %v, want code %q", q, err, want)
		}
	}
}

// TestTypedSearchCutsAsPeopleRead is search with the real segmenter over what users of other systems complained of:
// words lost inside of longer ones, phrases over words that were cut otherwise, single characters, other scripts.
func TestTypedSearchCutsAsPeopleRead(t *testing.T) {
	h := newSyncHouse(t)
	h.write(
		"a1 中国农业发展银行支持的玉米淀粉深加工设备",
		"a2 安装简单的多晶硅切割线",
		"a3 待处理废水的在建工程",
		"a4 農業物聯網軟體 Fe3O4 納米顆粒",
		"a5 产业发展与银行业务",
		"n1 不锈钢管道 PM2.5 检测",
		"n2 Deep Learning for 风电功率预测")
	h.open(h.dir)
	defer func() { h.local.Close() }()
	h.start()
	for query, want := range map[string]string{
		"农业":              "a1 a4",
		"简单":              "a2",
		"处理":              "a3",
		"工程":              "a3",
		`"中国农业发展银行"`:      "a1",
		`"农业发展银行"`:        "a1",
		`"发展银行"`:          "a1",
		"农业发展银行":          "a1",
		`"淀粉深加工设备"`:       "a1",
		`"玉米淀粉 深加工"`:      "a1",
		`"玉米深加工"`:         "",
		"中国农业发展银行":        "a1", // not a5, which has parts of it
		"硅":               "a2",
		"钢":               "n1",
		"晶*":              "",
		"多*":              "a2",
		"不锈*":             "n1",
		"农业物联网":           "a4",
		"軟件":              "a4",
		`"农业物联网软件"`:       "a4",
		"ｆｅ３ｏ４":           "a4",
		"纳米":              "a4",
		"pm2.5":           "n1",
		"pm*":             "n1",
		`"deep learning"`: "n2",
		`"learning deep"`: "",
		"learn":           "",
		"learn*":          "n2",
		"发展 -农业":          "a5",
	} {
		if got := h.ids(query); got != want {
			t.Errorf("%s finds %q, want %q", query, got, want)
		}
	}
}

// TestFacetsAreThoseOfANaiveCount compares random collections in several segments, with random filters, with a count that
// looks at every document once for every facet.
func TestFacetsAreThoseOfANaiveCount(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	some := func(values ...string) []string {
		return slices.DeleteFunc(values, func(string) bool { return r.IntN(3) > 0 })
	}
	pick := func(values ...string) string { return values[r.IntN(len(values))] }
	l := openLocal(t, t.TempDir(), localOptions())
	defer l.Close()
	have := map[Ref]Entry{}
	for round := range 30 {
		var puts []Entry
		var deletes []Ref
		for range 25 {
			ref := Ref{corpus.Kinds[r.IntN(4)], uint32(1 + r.IntN(50))}
			if r.IntN(5) == 0 {
				deletes = append(deletes, ref)
				delete(have, ref)
				continue
			}
			e := makeEntry(ref.Kind, ref.Number, pick("玉米", "肉牛", "玉米淀粉"), "")
			e.Columns = Columns{Field: some("2614", "A", "0111"), Region: pick("150502", "110105", "150000", ""), Strategic: some("1.2", "7"),
				Stage: corpus.Stage(pick("lab", "pilot", "")), Published: corpus.Date(pick("2025", "2026-05", ""))}
			for _, m := range some("license", "equity") {
				e.Columns.Cooperation = append(e.Columns.Cooperation, corpus.Mode(m))
			}
			puts = append(puts, e)
		}
		if err := l.Apply(t.Context(), puts, slices.DeleteFunc(deletes, func(r Ref) bool {
			return slices.ContainsFunc(puts, func(e Entry) bool { return e.Ref == r })
		}), corpus.Change{}); err != nil {
			t.Fatal(err)
		}
		for _, e := range puts {
			have[e.Ref] = e
		}
		if r.IntN(3) == 0 {
			if err := l.keepRound(r.IntN(2) == 0); err != nil {
				t.Fatal(err)
			}
		}
		q := Query{Text: pick("", "玉米"), Facets: true, Filter: Filter{Field: some("26", "C"), Region: some("15", "110000"), Strategic: some("1"),
			From: corpus.Date(pick("", "2026"))}}
		for _, s := range some("lab", "pilot") {
			q.Filter.Stage = append(q.Filter.Stage, corpus.Stage(s))
		}
		for _, k := range corpus.Kinds {
			if r.IntN(4) == 0 {
				q.Filter.Kinds = append(q.Filter.Kinds, k)
			}
		}
		got, err := l.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		total, facets := naiveFacets(have, q)
		if got.Total != total || !reflect.DeepEqual(got.Facets, facets) {
			t.Fatalf("round %d, %+v:\ngot  %d %v\nwant %d %v", round, q, got.Total, got.Facets, total, facets)
		}
	}
}

// naiveFacets counts, for each facet, the documents that a query without that facet's filter finds.
func naiveFacets(have map[Ref]Entry, q Query) (total int, facetsOf []Facet) {
	finds := func(e Entry, f Filter) bool {
		if len(f.Kinds) > 0 && !slices.Contains(f.Kinds, e.Kind) {
			return false
		}
		if q.Text != "" && !slices.ContainsFunc(e.Words, func(c Count) bool { return c.Term == q.Text }) {
			return false
		}
		b := newSegmentBuilder(e.Kind)
		b.add(&e)
		s := b.columns.sieve(&f)
		return s.keeps(0)
	}
	var t tally
	for _, e := range have {
		if finds(e, q.Filter) {
			total++
		}
		sets := e.Columns.sets()
		for _, facet := range facets {
			f := q.Filter
			values := []string{string(e.Kind)}
			switch facet.dim {
			case dimKind:
				f.Kinds = nil
			case dimField:
				f.Field = nil
			case dimRegion:
				f.Region = nil
			case dimStrategic:
				f.Strategic = nil
			case dimStage:
				f.Stage = nil
			case dimCooperation:
				f.Cooperation = nil
			}
			if facet.dim != dimKind {
				values = facetValues(facet.dim, sets[facet.dim])
			}
			if finds(e, f) {
				for _, v := range values {
					t.add(facet.dim, v, 1)
				}
			}
		}
	}
	return total, t.list()
}

// Lists and searches order by one rank, in which what is not stated is the lowest.
func TestRanksOfDaysAndAmounts(t *testing.T) {
	for _, test := range []struct {
		columns Columns
		by      Sort
		want    int64
	}{
		{Columns{Published: "2026-05-31"}, ByDate, 20260531},
		{Columns{Published: "2026-05"}, ByDate, 20260500},
		{Columns{Published: "2026"}, ByDate, 20260000},
		{Columns{}, ByDate, math.MinInt64},
		{Columns{Money: corpus.Money{Min: 500, Max: 900}}, ByHighest, 500},
		{Columns{Money: corpus.Money{Max: 900}}, ByLowest, -900},
		{Columns{Published: "2026"}, ByLowest, math.MinInt64},
		{Columns{}, ByHighest, math.MinInt64},
	} {
		if got := RankOf(&test.columns, test.by); got != test.want {
			t.Errorf("%+v by %q: %d, want %d", test.columns, test.by, got, test.want)
		}
	}
}
