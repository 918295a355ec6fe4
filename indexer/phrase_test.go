package indexer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestSpreadPutsSubWordsInsideTheirWords(t *testing.T) {
	for text, want := range map[string]string{
		"中国农业发展银行":     "农业发展2-6 中国0-2 农业2-4 发展4-6 银行6-8 中国农业发展银行0-8",
		"玉米，淀粉 ABS 设备": "玉米0-2 淀粉2-4 abs4-7 设备7-9",
		"":             "",
	} {
		_, places := spread(testCut(text))
		got, rest := []string{}, strings.Fields(want)
		for _, p := range places {
			got = append(got, fmt.Sprintf("%s%d-%d", p.term, p.from, p.to))
		}
		slices.Sort(got)
		slices.Sort(rest)
		if !slices.Equal(got, rest) {
			t.Errorf("%q: %v, want %v", text, got, rest)
		}
	}
	// The same sub-word twice: its offset in the original says which. The full-width original has other sizes.
	_, places := spread([]Token{{"ab", 1, 0, 6, ""}, {"ab", 1, 9, 15, ""}, {"ab-ab", 1, 0, 15, ""}})
	if want := []place{{"ab", 0, 2}, {"ab", 3, 5}, {"ab-ab", 0, 5}}; !slices.Equal(places, want) {
		t.Errorf("%v, want %v", places, want)
	}
}

// TestPhrasesAreFoundExactly compares phrases with the places where they stand: in titles every one is found, in other
// fields none that is not there.
func TestPhrasesAreFoundExactly(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(5, 6))
	l := openLocal(t, t.TempDir(), localOptions())
	defer l.Close()
	random := func() string {
		var b strings.Builder
		for range 1 + r.IntN(6) {
			b.WriteString(testLexicon[r.IntN(len(testLexicon))])
			b.WriteString([]string{"", "", "", "，", " ", "粉"}[r.IntN(6)])
		}
		return b.String()
	}
	var entries []Entry
	titles, texts := map[uint32]string{}, map[uint32]string{}
	plain := func(s string) string { return strings.NewReplacer("，", "", " ", "").Replace(s) }
	for n := range uint32(60) {
		title, text := random(), random()+random()
		titles[n+1], texts[n+1] = plain(title), plain(text)
		entries = append(entries, makeEntry(corpus.Achievement, n+1, title, text))
	}
	for part := range slices.Chunk(entries, 25) { // several segments
		if err := l.Put(ctx, part); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(query string, in map[uint32]string, phrase string, complete bool) int {
		t.Helper()
		p, err := l.Search(ctx, Query{Text: query, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		got := map[uint32]bool{}
		for _, h := range p.Hits {
			got[h.Number] = true
		}
		for n, s := range in {
			if has := strings.Contains(s, phrase); got[n] && !has || complete && has && !got[n] {
				t.Errorf("%s: document %d found: %v, holds it: %v: %s", query, n, got[n], has, s)
			}
		}
		return len(got)
	}
	found, held := 0, 0
	for range 300 {
		from := []rune(titles[uint32(1+r.IntN(60))])
		if r.IntN(2) == 0 {
			from = []rune(texts[uint32(1+r.IntN(60))])
		}
		start := r.IntN(len(from))
		phrase := string(from[start:min(len(from), start+1+r.IntN(7))])
		expect(`title:"`+phrase+`"`, titles, phrase, true)
		found += expect(`text:"`+phrase+`"`, texts, phrase, false)
		for _, s := range texts {
			if strings.Contains(s, phrase) {
				held++
			}
		}
	}
	if found*10 < held*7 {
		t.Errorf("only %d of %d places in texts were found", found, held)
	}
	// Phrases that begin and end with words are found in texts, too.
	for _, phrase := range testLexicon {
		expect(`text:"`+phrase+`"`, texts, phrase, false)
	}
}
