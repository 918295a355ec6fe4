package indexer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

var discard = slog.New(slog.DiscardHandler)

func entryOf(t *testing.T, a *Analyzer, title, text string) Entry {
	t.Helper()
	entries, err := a.Entries(t.Context(), []corpus.Doc{{Kind: corpus.Achievement, Title: title, Text: text}})
	if err != nil {
		t.Fatal(err)
	}
	return entries[0]
}

func TestEntryHoldsWhatIsFound(t *testing.T) {
	a := NewAnalyzer(segmenter(t), nil, discard)
	d := corpus.Doc{Kind: corpus.Achievement, ID: "A-7", Number: 7, Title: "玉米澱粉PLC", Text: "淀粉淀粉", Keywords: []string{"变性淀粉", "酶"},
		Org: "通辽淀粉厂", People: []string{"王晓明", "李华"}, Registration: "2026ABC00012", Field: []string{"C1391"}, Region: "150500",
		Stage: corpus.Pilot, Cooperation: []corpus.Mode{corpus.License}, Strategic: []string{"4.1"}, PublishedOn: "2026-05-01", ValidUntil: "2027"}
	entries, err := a.Entries(t.Context(), []corpus.Doc{d})
	if err != nil {
		t.Fatal(err)
	}
	e := entries[0]
	if e.Ref != (Ref{corpus.Achievement, 7}) || e.ID != "A-7" || e.Vector != nil {
		t.Errorf("%+v, id %s, vector %v", e.Ref, e.ID, e.Vector)
	}
	words := []Count{{"玉米", 1, 0}, {"淀粉", 1, 3}, {"plc", 1, 0}, {"变性", 0, 1}, {"酶", 0, 1}}
	if !slices.Equal(e.Words, words) {
		t.Errorf("words %v, want %v", e.Words, words)
	}
	if want := []Count{{"玉米", 1, 0}, {"米淀", 1, 0}, {"淀粉", 1, 0}}; !slices.Equal(e.Pairs, want) {
		t.Errorf("pairs %v, want %v", e.Pairs, want)
	}
	if got := terms(e.Keywords); !slices.Equal(got, []string{"plc", "淀粉", "玉米", "变性"}) {
		t.Errorf("key words %v", got)
	}
	want := Columns{Field: d.Field, Region: d.Region, Strategic: d.Strategic, Stage: d.Stage, Cooperation: d.Cooperation,
		Published: d.PublishedOn, ValidUntil: d.ValidUntil}
	if !reflect.DeepEqual(e.Columns, want) {
		t.Errorf("columns %+v", e.Columns)
	}
	var typed strings.Builder
	texts := map[string]string{"title": d.Title, "text": d.Body(), "org": d.Org, "people": "王晓明，李华", "keywords": "变性淀粉，酶",
		"id": d.ID, "registration": d.Registration}
	for _, f := range e.Typed {
		fmt.Fprintf(&typed, "%s: %s\n", f.Name, show(texts[f.Name], f.Tokens))
	}
	const wantTyped = `title: 玉米/1 淀粉/2=澱粉 plc/3=PLC
text: 淀粉/1 淀粉/2 变性/3 淀粉/4 酶/5
org: 通辽/1 淀粉/2 淀粉厂/2
people: 王晓明/1 李华/2
keywords: 变性/1 淀粉/2 酶/3
id: a-7/1=A-7
registration: 2026abc00012/1=2026ABC00012
`
	if typed.String() != wantTyped {
		t.Errorf("typed\n%swant\n%s", typed.String(), wantTyped)
	}
}

func TestOnlyPublicTextEnters(t *testing.T) {
	const marker = "绝密词语XSECRET"
	d := corpus.Doc{Kind: corpus.Need, ID: "N1", Title: marker, Text: marker, Keywords: []string{marker}, Org: marker, People: []string{marker},
		Contact: marker, Goal: "公开的目标", Tried: marker, Indicators: []string{marker}, Registration: marker, Region: "150500",
		Extra: map[string]string{"备注": marker}, Disclosure: map[string]corpus.Level{"region": corpus.Confidential}}
	for _, field := range []string{"title", "text", "keywords", "org", "people", "tried", "indicators", "registration"} {
		d.Disclosure[field] = corpus.SignedIn
	}
	fake := &fakeEmbedder{}
	entries, err := NewAnalyzer(segmenter(t), fake, discard).Entries(t.Context(), []corpus.Doc{d})
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%+v %v", entries, fake.texts)
	for _, part := range []string{"绝密", "词语", "xsecret", "XSECRET", "150500"} {
		if strings.Contains(all, part) {
			t.Errorf("%s is in %s", part, all)
		}
	}
	if !strings.Contains(all, "目标") {
		t.Errorf("the public goal is not in %s", all)
	}
}

func TestVectorIsTheMeanOfTitleAndKeywords(t *testing.T) {
	fake := &fakeEmbedder{}
	a := NewAnalyzer(segmenter(t), fake, discard)
	docs := []corpus.Doc{
		{Kind: corpus.Achievement, Title: "淀粉", Text: "废水"},
		{Kind: corpus.Need, Title: "玉米"},
		{Kind: corpus.Expert, Title: "ab"},
	}
	entries, err := a.Entries(t.Context(), docs)
	if err != nil {
		t.Fatal(err)
	}
	wantTexts := map[Role][]string{
		AsQuery:   {"玉米", "玉米\n玉米\n玉米 "},
		AsPassage: {"ab", "ab\nab\nab ", "淀粉", "淀粉\n淀粉\n淀粉 废水 "},
	}
	slices.Sort(fake.texts[AsPassage]) // documents are embedded as they come
	if !reflect.DeepEqual(fake.texts, wantTexts) {
		t.Errorf("asked %q", fake.texts)
	}
	for i, texts := range [][2]string{{"淀粉", "淀粉\n淀粉\n淀粉 废水 "}, {"玉米", "玉米\n玉米\n玉米 "}, {"ab", "ab\nab\nab "}} {
		mean := fakeVector(texts[0])
		for j, x := range fakeVector(texts[1]) {
			mean[j] = (mean[j] + x) / 2
		}
		if want := Quantize(mean); !slices.Equal(entries[i].Vector, want) {
			t.Errorf("%s: %v, want %v", docs[i].Title, entries[i].Vector, want)
		}
	}
}

func TestEntriesNeedTheBuiltInEmbedder(t *testing.T) {
	broken := errors.New("no table")
	for _, c := range []struct {
		name  string
		emb   Embedder
		model string
		want  string // the error, "" for none
	}{
		{"works", &fakeEmbedder{}, "+fake", ""},
		{"fails", &fakeEmbedder{err: broken}, "+fake", "no table"},
		{"gives too few", &fakeEmbedder{short: true}, "+fake", "1 vectors for 2 texts"},
		{"nil", nil, "", ""},
		{"typed nil", (*fakeEmbedder)(nil), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := NewAnalyzer(segmenter(t), c.emb, discard)
			if got, want := a.Name(), segmenter(t).Hash()+c.model; got != want {
				t.Errorf("name %s, want %s", got, want)
			}
			entries, err := a.Entries(t.Context(), []corpus.Doc{{Kind: corpus.Need, Title: "淀粉"}, {Kind: corpus.Need, Title: "玉米"}})
			if c.want != "" {
				if entries != nil || err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%v, %v, want %s", entries, err, c.want)
				}
				return
			}
			if err != nil || len(entries) != 2 || len(entries[1].Words) == 0 || (entries[0].Vector != nil) != (c.model != "") {
				t.Errorf("%+v, %v", entries, err)
			}
		})
	}
}

func TestEntriesEndWithTheirContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	entries, err := NewAnalyzer(segmenter(t), nil, discard).Entries(ctx, make([]corpus.Doc, 3))
	if entries != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestEntriesOfHardDocs(t *testing.T) {
	a := NewAnalyzer(segmenter(t), &fakeEmbedder{}, discard)
	for name, d := range map[string]corpus.Doc{
		"empty":                {},
		"100 kB":               {Title: "淀粉", Text: strings.Repeat("玉米淀粉加工，", 5000)},
		"one word 1,000 times": {Title: strings.Repeat("淀粉", 1000), Text: strings.Repeat("淀粉", 1000)},
		"emoji":                {Title: "😀👨‍🔬", Text: "👍🏽"},
		"control characters":   {Title: "\x00\x01淀\x02粉", Text: "\x00"},
		"not UTF-8":            {Title: "\xff\xfe", Text: "淀\xe7"},
	} {
		e := entryOf(t, a, d.Title, d.Text)
		for _, c := range e.Words {
			if c.Title == 0 && c.Body == 0 {
				t.Errorf("%s: %+v", name, c)
			}
		}
		if name == "one word 1,000 times" && !slices.Contains(e.Words, Count{"淀粉", 255, 255}) {
			t.Errorf("%s: %v", name, e.Words)
		}
	}
}

func TestEntriesKeepTheOrderOfDocs(t *testing.T) {
	docs := make([]corpus.Doc, 100)
	for i := range docs {
		docs[i] = corpus.Doc{Kind: corpus.Achievement, Number: uint32(i), Title: fmt.Sprint("淀粉", i)}
	}
	entries, err := NewAnalyzer(segmenter(t), nil, discard).Entries(t.Context(), docs)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if e.Number != uint32(i) || e.Words[1].Term != fmt.Sprint(i) {
			t.Fatalf("entry %d is %+v", i, e)
		}
	}
}

func TestTextEntryIsThatOfANeed(t *testing.T) {
	fake := &fakeEmbedder{}
	a := NewAnalyzer(segmenter(t), fake, discard)
	for _, c := range []struct{ name, text, title string }{
		{"first line", "\n 淀粉废水怎么处理\r\n现在用厌氧。", "淀粉废水怎么处理"},
		{"first sentence", "淀粉废水怎么处理？现在用厌氧。", "淀粉废水怎么处理"},
		{"a point in a number", "精度达到0.5 mm", "精度达到0.5 mm"},
		{"60 characters", strings.Repeat("淀粉", 100), strings.Repeat("淀粉", 30)},
		{"short", "淀粉", "淀粉"},
		{"a full stop before the first sentence", "。 \n淀粉废水怎么处理？现在用厌氧。", "淀粉废水怎么处理"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := a.TextEntry(t.Context(), c.text)
			if err != nil {
				t.Fatal(err)
			}
			docs := []corpus.Doc{{Kind: corpus.Need, Title: c.title, Text: strings.TrimSpace(c.text)}}
			want, err := a.Entries(t.Context(), docs)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want[0]) {
				t.Errorf("got %+v\nwant %+v", got, want[0])
			}
		})
	}
}

// benchmarkGlossary calls work with the glossary of each labelled posting, its title and its text.
func benchmarkGlossary(b *testing.B, work func(g *glossary, title, text string)) {
	s, texts := segmenter(b), postingTexts(b)
	var glossaries []*glossary
	for i := 0; i < len(texts); i += 2 {
		glossaries = append(glossaries, s.glossary(s.Cut(texts[i]), s.Cut(texts[i+1])))
	}
	b.ReportAllocs()
	for b.Loop() {
		for i, g := range glossaries {
			work(g, texts[2*i], texts[2*i+1])
		}
	}
}

func BenchmarkGlossary(b *testing.B) {
	benchmarkGlossary(b, func(g *glossary, _, _ string) { g.seg.glossary(g.title.tokens, g.body.tokens) })
}

func BenchmarkKeywords(b *testing.B) {
	benchmarkGlossary(b, func(g *glossary, _, _ string) { g.keywords(BodyKeywords) })
}

func BenchmarkElements(b *testing.B) {
	benchmarkGlossary(b, func(g *glossary, title, text string) { g.elements(title, text) })
}

func BenchmarkStatic(b *testing.B) {
	s := segmenter(b)
	static, err := NewStatic(s.Words, s.Freq)
	if err != nil {
		b.Fatal(err)
	}
	texts := postingTexts(b)
	b.ReportAllocs()
	for b.Loop() {
		for i := 0; i < len(texts); i += 2 {
			static.vector(texts[i])
		}
	}
}

func BenchmarkEntries(b *testing.B) {
	s, texts := segmenter(b), postingTexts(b)
	static, err := NewStatic(s.Words, s.Freq)
	if err != nil {
		b.Fatal(err)
	}
	a := NewAnalyzer(s, static, discard)
	var docs []corpus.Doc
	for i := 0; i < len(texts); i += 2 {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, Title: texts[i], Text: texts[i+1]})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Entries(b.Context(), docs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(docs))/b.Elapsed().Seconds(), "docs/s")
}
