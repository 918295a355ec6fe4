package indexer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func twinStore(t testing.TB, docs ...corpus.Doc) *corpus.Store {
	t.Helper()
	store, err := corpus.Open(t.TempDir(), corpus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	puts := make([]corpus.Put, len(docs))
	for i, d := range docs {
		puts[i].Doc = d
	}
	if _, err := store.Write(context.Background(), corpus.Batch{Puts: puts}); err != nil {
		t.Fatal(err)
	}
	return store
}

// randomText is made of letters that nothing else has.
func randomText(rng *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteRune(rune(0x4e00 + rng.IntN(5000)))
	}
	return b.String()
}

// changed is a text of which some letters are others.
func changed(rng *rand.Rand, text string, n int) string {
	runes := []rune(text)
	for range n {
		runes[rng.IntN(len(runes))] = rune(0x4e00 + rng.IntN(5000))
	}
	return string(runes)
}

func TestTwinsAreFoundAndJoined(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var docs []corpus.Doc
	add := func(id, text, org string) {
		docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: id, Title: "题" + id[:1], Text: text, Org: org})
	}
	for i := range 200 {
		add(fmt.Sprint("z", i), randomText(rng, 200), "")
	}
	for _, group := range []string{"a", "b", "c"} { // numbers 201 to 209
		text := randomText(rng, 300)
		add(group+"0", text, "")
		add(group+"1", changed(rng, text, 3), "")
		add(group+"2", changed(rng, text, 3), "")
	}
	add("o0", randomText(rng, 100), "甲（通辽）有限公司") // 210
	add("o1", randomText(rng, 100), "甲通辽有限责任公司")
	for i := range 80 { // 212 to 291: more than are compared each with each
		add(fmt.Sprint("s", i), "同一段文字，许多人都发布过，一个字也没有改动。", "")
	}
	docs = append(docs, corpus.Doc{Kind: corpus.Achievement, SourceID: "w", Title: "题a", Text: docs[200].Text, Status: corpus.Withdrawn},
		corpus.Doc{Kind: corpus.Need, SourceID: "n", Title: "题a", Text: docs[200].Text})
	pairs, err := FindTwins(t.Context(), twinStore(t, docs...), corpus.Achievement)
	if err != nil {
		t.Fatal(err)
	}
	groups := Groups{}
	for i, p := range pairs {
		if !groups.Join(p.A, p.B) {
			t.Errorf("%+v joins nothing", p)
		}
		if p.Likeness < LeastLikeness || i > 0 && p.Likeness > pairs[i-1].Likeness {
			t.Errorf("%+v behind %+v", p, pairs[max(0, i-1)])
		}
	}
	sets := map[uint32][]uint32{}
	for n := range uint32(len(docs) + 1) {
		if root := groups.Of(n); root != n {
			sets[root] = append(sets[root], n)
		}
	}
	if got := fmt.Sprint(sets[201], sets[204], sets[207], sets[210], len(sets[212]), len(sets)); got != "[202 203] [205 206] [208 209] [211] 79 5" {
		t.Error(got)
	}
}

// What FindTwins does not look at is far apart: all pairs of a small library, compared one by one, give the same groups.
func TestTwinsAreThoseOfAllPairs(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var docs []corpus.Doc
	for i := range 60 {
		text := randomText(rng, 50+rng.IntN(200))
		for j := range 1 + rng.IntN(4) {
			docs = append(docs, corpus.Doc{Kind: corpus.Need, SourceID: fmt.Sprint(i, ".", j), Title: "题目", Text: changed(rng, text, j*rng.IntN(8))})
		}
	}
	store := twinStore(t, docs...)
	pairs, err := FindTwins(t.Context(), store, corpus.Need)
	if err != nil {
		t.Fatal(err)
	}
	var all []corpus.Doc
	for d, err := range store.Each(corpus.Need, 0) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	const least = .8
	got, want := Groups{}, Groups{}
	for _, p := range pairs {
		if p.Likeness >= least {
			got.Join(p.A, p.B)
		}
	}
	for i := range all {
		for j := range i {
			if likeness, _ := Likeness(&all[i], &all[j]); likeness >= least {
				want.Join(all[i].Number, all[j].Number)
			}
		}
	}
	for i := range all {
		for j := range i {
			a, b := all[i].Number, all[j].Number
			if (got.Of(a) == got.Of(b)) != (want.Of(a) == want.Of(b)) {
				t.Errorf("%s and %s are joined: %v", all[i].ID, all[j].ID, got.Of(a) == got.Of(b))
			}
		}
	}
	if len(want) < 20 {
		t.Errorf("only %d documents are joined", len(want))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := FindTwins(ctx, store, corpus.Need); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// Texts of one form agree in a band all together; each is compared with few, and the chain joins them.
func TestManyOfOneFormAreJoined(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	form := randomText(rng, 400)
	var docs []corpus.Doc
	for i := range 3 * allPairs {
		docs = append(docs, corpus.Doc{Kind: corpus.Need, SourceID: fmt.Sprint(i), Title: "题目", Text: fmt.Sprint(form, "编号", i)})
	}
	pairs, err := FindTwins(t.Context(), twinStore(t, docs...), corpus.Need)
	if err != nil || len(pairs) != len(docs)-1 {
		t.Errorf("%d pairs of %d documents, %v", len(pairs), len(docs), err)
	}
	if slices.ContainsFunc(pairs, func(p TwinPair) bool { return p.Likeness < .9 }) {
		t.Errorf("the last is %+v", pairs[len(pairs)-1])
	}
}
