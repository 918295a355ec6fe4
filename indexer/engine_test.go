package indexer

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"duijie/corpus"
)

// testLexicon is all the Chinese that testCut knows, longer words before the shorter ones in them.
var testLexicon = []string{"中国农业发展银行", "农业发展", "玉米淀粉", "深加工", "多晶硅", "中国", "农业", "发展", "银行", "玉米", "淀粉",
	"加工", "设备", "工艺", "节能", "技术", "肉牛", "养殖", "大学", "蒙古", "风电", "储能", "晶硅"}

// testCut cuts by the longest word of testLexicon, single characters elsewhere, with every other word inside as a
// sub-word; runs of letters and digits are words.
func testCut(text string) []Token {
	text = Fold(text).Text
	var out []Token
	position := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case alphabetic(r):
			size = runEnd(text[i:])
		case !isHan(r):
			i += size
			continue
		default:
			for _, w := range testLexicon {
				if strings.HasPrefix(text[i:], w) {
					size = len(w)
					break
				}
			}
		}
		position++
		word := text[i : i+size]
		for at := range word {
			for _, w := range testLexicon {
				if w != word && strings.HasPrefix(word[at:], w) {
					out = append(out, Token{Term: w, Position: position, Start: i + at, End: i + at + len(w)})
				}
			}
		}
		out = append(out, Token{Term: word, Position: position, Start: i, End: i + size})
		i += size
	}
	return out
}

// testIDF tells words apart without a table.
func testIDF(word string) float64 { return 1 + float64(len(word)%5) }

// makeEntry makes the entry of a document by hand. Of its fields only title and text need a name.
func makeEntry(k corpus.Kind, number uint32, title, text string, fields ...TypedField) Entry {
	id := fmt.Sprintf("%c-%d", k[0], number)
	words, _, _ := counts(testCut(title), testCut(text))
	e := Entry{Ref: Ref{k, number}, ID: id, Words: words, Pairs: pairs(title),
		Vector:  Quantize(fakeVector(title)),
		Columns: Columns{Published: corpus.Date(fmt.Sprintf("2026-01-%02d", number%28+1)), Money: corpus.Money{Min: int64(number%4) * 100}},
		Typed:   append([]TypedField{{"title", testCut(title)}, {"text", testCut(text)}, {"id", code(id)}}, fields...)}
	return e
}

func field(name, text string) TypedField { return TypedField{name, testCut(text)} }

// found lists the ids of hits as "a1 n2".
func found(hits []Hit) string {
	var out []string
	for _, h := range hits {
		out = append(out, fmt.Sprintf("%c%d", h.Kind[0], h.Number))
	}
	return strings.Join(out, " ")
}

// testEngine is what every Engine must do. The engines that open returns weigh words by testIDF, cut typed text by
// testCut, and are empty.
func testEngine(t *testing.T, open func() Engine) {
	ctx := context.Background()
	start := func(t *testing.T, entries ...Entry) Engine {
		e := open()
		t.Cleanup(func() {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		})
		if err := e.Put(ctx, entries); err != nil {
			t.Fatal(err)
		}
		return e
	}
	search := func(t *testing.T, e Engine, q Query) Page {
		t.Helper()
		p, err := e.Search(ctx, q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		return p
	}
	const a, n = corpus.Achievement, corpus.Need

	t.Run("put replaces, delete removes, unknown ones are ignored", func(t *testing.T) {
		e := start(t, makeEntry(a, 1, "玉米淀粉", ""), makeEntry(a, 2, "肉牛养殖", ""))
		expect := func(query, want string) {
			t.Helper()
			if got := found(search(t, e, Query{Text: query}).Hits); got != want {
				t.Errorf("%q found %q, want %q", query, got, want)
			}
			probe := Probe{Target: a, Entry: makeEntry(n, 1, query, "")}
			probe.Entry.Vector = nil
			candidates, err := e.Candidates(ctx, probe)
			if err != nil {
				t.Fatal(err)
			}
			var numbers []string
			for _, c := range candidates {
				numbers = append(numbers, fmt.Sprintf("a%d", c.Number))
			}
			if got := strings.Join(numbers, " "); got != want {
				t.Errorf("%q has the candidates %q, want %q", query, got, want)
			}
		}
		expect("玉米淀粉", "a1")
		if err := e.Put(ctx, []Entry{makeEntry(a, 1, "风电储能", "")}); err != nil {
			t.Fatal(err)
		}
		expect("玉米淀粉", "")
		expect("储能", "a1")
		if err := e.Delete(ctx, []Ref{{a, 1}, {a, 77}, {n, 2}}); err != nil {
			t.Fatal(err)
		}
		expect("储能", "")
		expect("肉牛", "a2")
		if p := search(t, e, Query{}); p.Total != 1 {
			t.Errorf("%d documents are left, want 1", p.Total)
		}
		if err := e.Put(ctx, []Entry{makeEntry(a, 1, "风电储能", "")}); err != nil {
			t.Fatal(err)
		}
		expect("储能", "a1")
	})

	t.Run("the words score of a pair is that of PairWords, whichever side asks", func(t *testing.T) {
		need, achievement := makeEntry(n, 1, "玉米淀粉深加工", "农业 工艺 节能 技术"), makeEntry(a, 1, "淀粉加工工艺", "玉米 技术 设备")
		e := start(t, need, achievement, makeEntry(a, 2, "肉牛", "技术"))
		want := PairWords(&need, &achievement, testIDF)
		if want <= 0 {
			t.Fatal("the pair shares nothing")
		}
		for _, probe := range []Probe{{Target: a, Entry: need}, {Target: n, Entry: achievement}} {
			got, err := e.Candidates(ctx, probe)
			if err != nil || len(got) == 0 {
				t.Fatalf("%d candidates, error %v", len(got), err)
			}
			if got[0].Number != 1 || got[0].Words != want {
				t.Errorf("for %s: number %d scores %v, want 1 with %v", probe.Target, got[0].Number, got[0].Words, want)
			}
		}
	})

	t.Run("meaning is the product of the vectors, and finds without common words", func(t *testing.T) {
		without := makeEntry(a, 2, "玉米", "")
		without.Vector = nil
		e := start(t, makeEntry(a, 1, "肉牛养殖", ""), without)
		probe := makeEntry(n, 9, "肉牛", "")
		probe.Words, probe.Pairs = nil, nil
		got, err := e.Candidates(ctx, Probe{Target: a, Entry: probe})
		if err != nil || len(got) != 1 {
			t.Fatalf("%d candidates, want 1; error %v", len(got), err)
		}
		if want := Dot(probe.Vector, Quantize(fakeVector("肉牛养殖"))); got[0].Number != 1 || got[0].Meaning != want || got[0].Words != 0 {
			t.Errorf("got %+v, want number 1, meaning %v, words 0", got[0], want)
		}
	})

	t.Run("entries are as they were put, without what nobody asked for", func(t *testing.T) {
		one, two := makeEntry(a, 1, "玉米淀粉深加工", "节能 设备", field("org", "中国农业发展银行")), makeEntry(a, 2, "肉牛养殖", "")
		one.Version, one.Team, one.Norm, one.Repetition, one.Closed = 7, "中国农业发展银行", 12.5, .25, true
		one.Keywords = []Keyword{{"玉米", 10.5}, {"淀粉", 3}}
		one.Elements = []Element{{Material, "玉米淀粉", []string{"玉米", "淀粉"}}, {Effect, "节能", nil}}
		one.Figures = []corpus.Indicator{{Text: "纯度不低于 99%", Name: "纯度", Value: "99%", Words: []string{"纯度"},
			Quantity: corpus.Quantity{Min: 99, Max: math.Inf(1), Unit: "%", Relative: true}}}
		one.Columns = Columns{Field: []string{"2614", "C"}, Region: "150502", Strategic: []string{"1.2"}, Stage: corpus.Pilot,
			Cooperation: []corpus.Mode{corpus.License, corpus.Equity}, Published: "2026-05-31", ValidUntil: "2026-12", Confirmed: "2026",
			Money: corpus.Money{Min: -1, Max: 1 << 40, Text: "面议"}, Evaluated: true}
		one.Far = Quantize(fakeVector("x"))
		e := start(t, one, two, makeEntry(n, 1, "玉米", ""))
		one.Typed, two.Typed = nil, nil
		for _, full := range []bool{true, false} {
			got, err := e.Entries(ctx, Lookup{Kind: a, Numbers: []uint32{2, 9, 1}, Words: full, Keywords: []Keyword{{"肉牛", 1}, {"玉米", 1}, {"多晶硅", 1}, {"设备", 1}}})
			if err != nil || len(got) != 2 {
				t.Fatalf("%d entries, want 2; error %v", len(got), err)
			}
			if !full {
				one.Words, one.Pairs, two.Words, two.Pairs = nil, nil, nil, nil
			}
			for i, want := range []Entry{two, one} {
				if !reflect.DeepEqual(*got[i].Entry, want) {
					t.Errorf("words %v: got  %+v,\nwant %+v", full, *got[i].Entry, want)
				}
			}
			if got[0].Has != 1 || got[1].Has != 1<<1|1<<3 {
				t.Errorf("they have %b and %b of the key words", got[0].Has, got[1].Has)
			}
		}
		if _, err := e.Entries(ctx, Lookup{Kind: "other"}); err == nil {
			t.Error("entries of an unknown kind gave no error")
		}
	})

	t.Run("meaning is by the outside model's vectors when all entries and the probe have one", func(t *testing.T) {
		far := func(e Entry, text string) Entry { e.Far = Quantize(fakeVector(text)); return e }
		e := start(t, far(makeEntry(a, 1, "玉米淀粉", ""), "x"), far(makeEntry(a, 2, "肉牛养殖", ""), "y"), far(makeEntry(n, 1, "玉米", ""), "z"))
		expect := func(what string, probe Entry, wantFar bool) {
			t.Helper()
			got, err := e.Candidates(ctx, Probe{Target: a, Entry: probe})
			if err != nil || len(got) == 0 {
				t.Fatalf("%s: %d candidates, error %v", what, len(got), err)
			}
			for _, c := range got {
				kept, err := e.Entries(ctx, Lookup{Kind: a, Numbers: []uint32{c.Number}})
				if err != nil || len(kept) != 1 {
					t.Fatalf("%s: %d entries of a candidate, error %v", what, len(kept), err)
				}
				want := Dot(probe.Vector, kept[0].Vector)
				if wantFar {
					want = Dot(probe.Far, kept[0].Far)
				}
				if c.Far != wantFar || c.Meaning != want {
					t.Errorf("%s: candidate %d is by the outside model: %v, meaning %v, want %v and %v", what, c.Number, c.Far, c.Meaning, wantFar, want)
				}
			}
		}
		probe := far(makeEntry(n, 9, "玉米", ""), "y")
		expect("all have one", probe, true)
		expect("the probe has none", makeEntry(n, 9, "玉米", ""), false)
		if err := e.Put(ctx, []Entry{makeEntry(n, 2, "玉米", "")}); err != nil {
			t.Fatal(err)
		}
		expect("a need has none", probe, false)
		if err := e.Put(ctx, []Entry{far(makeEntry(n, 2, "玉米", ""), "z")}); err != nil {
			t.Fatal(err)
		}
		expect("it has got one", probe, true)
		if err := e.Put(ctx, []Entry{makeEntry(a, 2, "肉牛养殖", "")}); err != nil {
			t.Fatal(err)
		}
		expect("an achievement has none", probe, false)
		if err := e.Delete(ctx, []Ref{{a, 2}}); err != nil {
			t.Fatal(err)
		}
		expect("it is gone", probe, true)
	})
	t.Run("candidates are the best that the filter keeps", func(t *testing.T) {
		var entries []Entry
		for i := range uint32(20) {
			entry := makeEntry(a, i+1, "玉米淀粉", strings.Repeat("设备 ", int(i)))
			entry.Columns.Region = fmt.Sprintf("1505%02d", i%2)
			entries = append(entries, entry)
		}
		e := start(t, entries...)
		got, err := e.Candidates(ctx, Probe{Target: a, Entry: Entry{Words: entries[0].Words}, Limit: 3, Filter: Filter{Region: []string{"150501"}}})
		if err != nil {
			t.Fatal(err)
		}
		var numbers []uint32
		for _, c := range got {
			numbers = append(numbers, c.Number)
		}
		if want := []uint32{2, 4, 6}; !slices.Equal(numbers, want) { // the longer the body, the less the title's words say
			t.Logf("%+v", got)
			t.Errorf("candidates %v, want %v", numbers, want)
		}
	})

	t.Run("typed text finds", func(t *testing.T) {
		e := start(t,
			makeEntry(a, 1, "玉米淀粉深加工设备", "节能 工艺", field("org", "蒙古农业大学"), TypedField{"registration", code("15052026y0001")}),
			makeEntry(a, 2, "玉米加工", "淀粉 设备；深加工", field("people", "张三，李四")),
			makeEntry(a, 3, "多晶硅工艺", "ABS resin deep learning 设备", field("keywords", "储能")),
			makeEntry(n, 1, "中国农业发展银行节能", "smart"),
			makeEntry(n, 2, "肉牛养殖技术", "风电 art"))
		for query, want := range map[string]string{
			"玉米淀粉":              "a1 a2", // as one word, or all of its sub-words
			"玉米 设备":             "a1 a2",
			"玉米 养殖":             "",
			"玉米 设备 养殖":          "a1 a2", // of three words two
			"深加工":               "a1 a2", // not what only has 加工
			`"淀粉深加工"`:           "a1",
			`“淀粉设备”`:            "a2",
			`"玉米深加工"`:           "",
			`"米淀"`:              "a1", // across words in a title
			`"农业发展"`:            "n1", // sub-words of one word
			`"业发展银"`:            "n1",
			`"deep learning"`:   "a3",
			`"deep resin"`:      "",
			`"DEEP　ＬＥＡＲＮＩＮＧ"`:   "a3",
			"title:节能":          "n1",
			"标题：节能":             "n1",
			"text:节能":           "a1",
			"org:大学":            "a1",
			"大学":                "a1",
			"people:李四":         "a2",
			"关键词:储能":            "a3",
			"硅":                 "a3", // inside of a word
			`"硅"`:               "a3",
			"title:硅":           "a3",
			"玉*":                "a1 a2",
			"title:淀*":          "a1",
			"玉米淀*":              "a1",
			"玉米淀粉深*":            "a1",
			"art":               "n2", // not smart
			"sma*":              "n1",
			"art*":              "n2",
			"玉米 -节能":            "a2",
			"玉米 -title:设备":      "a2",
			`-玉米 -"肉牛"`:         "a3 n1",
			"a-3":               "a3",
			"A-3":               "a3",
			"id:n-2":            "n2",
			"登记号:15052026Y0001": "a1",
			"15052026Y0001":     "a1",
			"id:n-*":            "n1 n2",
			"，。！":               "",
			"没有":                "",
		} {
			p := search(t, e, Query{Text: query})
			got := strings.Fields(found(p.Hits))
			slices.Sort(got)
			if got := strings.Join(got, " "); got != want || p.Total != len(p.Hits) {
				t.Errorf("%s found %q of %d, want %q", query, got, p.Total, want)
			}
		}
	})

	t.Run("hits are best first, ties by number, newest first without text", func(t *testing.T) {
		e := start(t, makeEntry(a, 1, "设备", "玉米"), makeEntry(a, 2, "玉米", ""), makeEntry(a, 3, "玉米", ""), makeEntry(a, 4, "设备", ""))
		for _, row := range []struct {
			query Query
			want  string
		}{
			{Query{Text: "玉米"}, "a2 a3 a1"},
			{Query{Text: "玉米", Sort: ByDate}, "a3 a2 a1"},
			{Query{}, "a4 a3 a2 a1"},
			{Query{Text: "a-1"}, "a1"},
		} {
			query := row.query
			p := search(t, e, query)
			if got := found(p.Hits); got != row.want {
				t.Errorf("%+v: %s, want %s", query, got, row.want)
			}
			for i, h := range p.Hits {
				if (query.Text == "") != (h.Score == 0) || i > 0 && query.Sort == ByRelevance && h.Score > p.Hits[i-1].Score {
					t.Errorf("%+v: hit %d has score %v", query, i, h.Score)
				}
			}
		}
	})

	t.Run("hits are by price or budget, the unknown last", func(t *testing.T) {
		priced := func(kind corpus.Kind, number uint32, m corpus.Money) Entry {
			e := makeEntry(kind, number, "玉米", "")
			e.Columns.Money = m
			return e
		}
		e := start(t, priced(a, 1, corpus.Money{Min: 500, Max: 900}), priced(a, 2, corpus.Money{Text: "面议"}), priced(a, 3, corpus.Money{Max: 700}), priced(a, 4, corpus.Money{Min: 9, Max: 9}),
			priced(n, 5, corpus.Money{Min: 500}), priced(a, 6, corpus.Money{}))
		for _, row := range []struct {
			query Query
			want  string
		}{
			{Query{Text: "玉米", Sort: ByLowest}, "a4 a1 n5 a3 a2 a6"},
			{Query{Text: "玉米", Sort: ByHighest}, "a3 a1 n5 a4 a2 a6"},
			{Query{Sort: ByLowest, Filter: Filter{Kinds: []corpus.Kind{a}}}, "a4 a1 a3 a2 a6"},
		} {
			if got := found(search(t, e, row.query).Hits); got != row.want {
				t.Errorf("%+v: %s, want %s", row.query, got, row.want)
			}
		}
	})

	t.Run("pages are one list without gaps or repetitions, also while documents are added", func(t *testing.T) {
		for _, q := range []Query{{Text: "玉米", Limit: 3}, {Limit: 3}, {Text: "玉米", Sort: ByDate, Limit: 3}, {Text: "玉米", Sort: ByLowest, Limit: 3}, {Sort: ByHighest, Limit: 3}} {
			e := start(t)
			var want []string
			for i := range uint32(10) {
				if err := e.Put(ctx, []Entry{makeEntry(a, 2*i+1, "玉米"+strings.Repeat("设备", int(i%4)), "")}); err != nil {
					t.Fatal(err)
				}
			}
			all := q
			all.Limit = 100
			want = strings.Fields(found(search(t, e, all).Hits))
			var got []string
			for page := uint32(0); ; page++ {
				p := search(t, e, q)
				for _, h := range strings.Fields(found(p.Hits)) {
					if slices.Contains(want, h) {
						got = append(got, h)
					}
				}
				if q.After = p.Next; q.After == "" {
					break
				}
				if page < 5 { // from behind and from before the cursor
					if err := e.Put(ctx, []Entry{makeEntry(a, 2*page+2, "玉米"+strings.Repeat("设备", int(page%4)), "")}); err != nil {
						t.Fatal(err)
					}
				}
			}
			if len(want) != 10 || !slices.Equal(got, want) {
				t.Errorf("%+v: pages gave %v, want %v", q, got, want)
			}
		}
	})

	t.Run("a foreign cursor is refused", func(t *testing.T) {
		e := start(t, makeEntry(a, 1, "玉米", ""), makeEntry(a, 2, "玉米", ""))
		next := search(t, e, Query{Limit: 1}).Next
		for _, q := range []Query{{After: "x"}, {After: "eyJ"}, {After: next, Sort: ByDate}, {After: next, Sort: ByLowest}} {
			if _, err := e.Search(ctx, q); corpus.CodeOf(err) != corpus.Invalid {
				t.Errorf("%+v: error %v, want an invalid request", q, err)
			}
		}
	})

	t.Run("filters keep exactly, facets count as if their own dimension were not filtered", func(t *testing.T) {
		one := makeEntry(a, 1, "玉米", "")
		one.Columns = Columns{Field: []string{"2614", "1391"}, Region: "150502", Stage: corpus.Pilot, Strategic: []string{"3.1"},
			Cooperation: []corpus.Mode{corpus.License}, Published: "2026-05-31", ValidUntil: "2026-12-31"}
		two := makeEntry(a, 2, "玉米", "")
		two.Columns = Columns{Field: []string{"26"}, Region: "150600", Stage: corpus.Lab, Published: "2025"}
		three := makeEntry(n, 3, "玉米", "")
		three.Columns = Columns{Region: "110105", Stage: corpus.Lab}
		e := start(t, one, two, three, makeEntry(n, 4, "肉牛", ""))
		p := search(t, e, Query{Text: "玉米", Facets: true, Filter: Filter{Region: []string{"15"}, Stage: []corpus.Stage{corpus.Lab}}})
		if got := found(p.Hits); got != "a2" || p.Total != 1 {
			t.Errorf("found %q of %d, want a2", got, p.Total)
		}
		want := "kind[achievement:1] field[26:1 C:1] region[150000:1 150600:1 110000:1 110100:1] stage[lab:1 pilot:1] cooperation[] strategic[]"
		want = strings.Replace(want, "150000:1 150600:1 110000:1 110100:1", "110000:1 110100:1 150000:1 150600:1", 1)
		if got := printFacets(p.Facets); got != want {
			t.Errorf("facets\n%s, want\n%s", got, want)
		}
		p = search(t, e, Query{Text: "玉米", Facets: true, Filter: Filter{Kinds: []corpus.Kind{a}}})
		want = "kind[achievement:2 need:1] field[26:2 C:2 13:1] region[150000:2 150500:1 150600:1] stage[lab:1 pilot:1] cooperation[license:1] strategic[3:1]"
		if got := printFacets(p.Facets); got != want {
			t.Errorf("facets\n%s, want\n%s", got, want)
		}
	})

	t.Run("whom a search finds is asked of, and may be left out", func(t *testing.T) {
		one := makeEntry(a, 1, "玉米", "")
		one.Columns = Columns{Region: "150502"}
		e := start(t, one, makeEntry(a, 2, "玉米", ""), makeEntry(a, 3, "肉牛", ""), makeEntry(n, 2, "玉米", ""))
		for _, c := range []struct {
			q           Query
			asked, want string
		}{
			{Query{Text: "玉米"}, "a1 a2 n2", "a2"},
			{Query{Filter: Filter{Kinds: []corpus.Kind{a}}}, "a1 a2 a3", "a2"},
			{Query{Text: "玉米", Filter: Filter{Region: []string{"15"}}}, "a1", ""},
			{Query{Text: "小麦"}, "", ""},
		} {
			var asked []Hit
			c.q.Keep = func(r Ref) bool {
				asked = append(asked, Hit{Ref: r})
				return r == Ref{a, 2}
			}
			p := search(t, e, c.q)
			slices.SortFunc(asked, func(x, y Hit) int { return strings.Compare(found([]Hit{x}), found([]Hit{y})) })
			if found(asked) != c.asked || found(p.Hits) != c.want || p.Total != len(p.Hits) {
				t.Errorf("%q %v: asked of %q, found %q of %d; want %q and %q", c.q.Text, c.q.Filter, found(asked), found(p.Hits), p.Total, c.asked, c.want)
			}
		}
	})

	t.Run("a cancelled context is an error", func(t *testing.T) {
		e := start(t)
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if err := e.Put(gone, []Entry{makeEntry(a, 1, "玉米", "")}); err == nil {
			t.Error("Put gave no error")
		}
		if _, err := e.Search(gone, Query{Text: "玉米"}); err == nil {
			t.Error("Search gave no error")
		}
		if _, err := e.Candidates(gone, Probe{Target: a}); err == nil {
			t.Error("Candidates gave no error")
		}
	})

	t.Run("readers see each put whole", func(t *testing.T) {
		words := []string{"玉米 肉牛", "风电 储能"}
		e := start(t, makeEntry(a, 1, words[0], ""), makeEntry(a, 2, words[0], ""))
		done := make(chan error)
		go func() {
			defer close(done)
			for i := range 30 {
				title := words[(i+1)%2]
				if err := e.Put(ctx, []Entry{makeEntry(a, 1, title, ""), makeEntry(a, 2, title, "")}); err != nil {
					done <- err
					return
				}
			}
		}()
		for reading := true; reading; {
			select {
			case err, open := <-done:
				if open {
					t.Fatal(err)
				}
				reading = false
			default:
			}
			for _, q := range []string{"玉米", `"肉牛"`, "title:储能"} {
				if p := search(t, e, Query{Text: q}); p.Total == 1 {
					t.Fatalf("%s found one of two documents that always change together", q)
				}
			}
		}
	})
}

func printFacets(facets []Facet) string {
	var out []string
	for _, f := range facets {
		var values []string
		for _, v := range f.Values {
			values = append(values, fmt.Sprintf("%s:%d", v.Value, v.Count))
		}
		out = append(out, f.Name+"["+strings.Join(values, " ")+"]")
	}
	return strings.Join(out, " ")
}
