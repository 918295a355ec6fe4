package matcher

import (
	"path/filepath"
	"slices"
	"testing"

	"duijie/corpus"
)

func TestPoolHoldsTheBestOfEachRankingForEveryJudgeInAnotherOrder(t *testing.T) {
	h := newHouse(t)
	achievements, err := readDocs(filepath.Join(sampleDir, "achievements.jsonl"), corpus.Achievement)
	if err != nil {
		t.Fatal(err)
	}
	needs, err := readDocs(filepath.Join(sampleDir, "needs.jsonl"), corpus.Need)
	if err != nil {
		t.Fatal(err)
	}
	pool := func(o PoolOptions) (ids []string) {
		pairs, err := h.workbench(t).Pool(t.Context(), achievements, needs[:1], o)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pairs {
			if p.Need.ID != needs[0].ID {
				t.Errorf("a pair of %s", p.Need.ID)
			}
			ids = append(ids, p.Achievement.ID)
		}
		return ids
	}
	first := pool(PoolOptions{Best: 6, Seed: 1, Judge: "甲"})
	if !slices.Contains(first, "A001") || !slices.Contains(first, "A002") {
		t.Errorf("%v lacks the achievements that fit", first)
	}
	if n := len(first); n < 6+2 || n > 3*6+2 {
		t.Errorf("%d achievements from the best 6 of three rankings and 2 at random", n)
	}
	if again := pool(PoolOptions{Best: 6, Seed: 1, Judge: "甲"}); !slices.Equal(first, again) {
		t.Errorf("asked again: %v, before %v", again, first)
	}
	second := pool(PoolOptions{Best: 6, Seed: 1, Judge: "乙"})
	if slices.Equal(first, second) {
		t.Error("two judges have one order")
	}
	if slices.Sort(first); !slices.Equal(first, slices.Sorted(slices.Values(second))) {
		t.Errorf("two judges have different pools: %v, %v", first, second)
	}
	if slices.Equal(first, slices.Sorted(slices.Values(pool(PoolOptions{Best: 6, Seed: 2, Judge: "甲"})))) {
		t.Error("another seed takes the same achievements at random")
	}
}

func TestPoolOfASmallCollectionIsAllOfIt(t *testing.T) {
	set := smallSet(t)
	pairs, err := newHouse(t).workbench(t).Pool(t.Context(), set.Achievements, set.Needs, PoolOptions{Best: 10})
	if err != nil {
		t.Fatal(err)
	}
	if want := len(set.Achievements) * len(set.Needs); len(pairs) != want {
		t.Errorf("%d pairs, want %d", len(pairs), want)
	}
}
