package market

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestFeedbackIsCheckedByItsAct(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	ids := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint("a", i))
		}
		return all
	}
	for _, c := range []struct {
		f     Feedback
		field string // that is wrong; "": none
	}{
		{Feedback{Need: "n", Act: ShownAct, Shown: ids(100)}, ""},
		{Feedback{Need: "n", Act: ShownAct, Shown: ids(20), Position: 81}, ""},
		{Feedback{Need: "n", Act: OpenedAct, Achievement: "a", Position: 100, Ranking: "2"}, ""},
		{Feedback{Need: "n", Act: DeclinedAct, Achievement: "a", Reason: PriceOrTerms}, ""},
		{Feedback{Need: "n", Act: SignedAct, Achievement: "a", At: now.Add(maxSkew)}, ""},
		{Feedback{Need: "n", Act: "liked", Achievement: "a"}, "act"},
		{Feedback{Act: OpenedAct, Achievement: "a"}, "need"},
		{Feedback{Need: "n", Act: OpenedAct}, "achievement"},
		{Feedback{Need: "n", Act: OpenedAct, Achievement: "a", Shown: ids(1)}, "shown"},
		{Feedback{Need: "n", Act: OpenedAct, Achievement: "a", Position: 101}, "position"},
		{Feedback{Need: "n", Act: OpenedAct, Achievement: "a", Position: -1}, "position"},
		{Feedback{Need: "n", Act: OpenedAct, Achievement: "a", Reason: TooEarly}, "reason"},
		{Feedback{Need: "n", Act: OpenedAct, Achievement: "a", At: now.Add(maxSkew + 1)}, "at"},
		{Feedback{Need: "n", Act: OpenedAct, Achievement: "a", Ranking: strings.Repeat("x", 65)}, "ranking"},
		{Feedback{Need: "n", Act: DeclinedAct, Achievement: "a"}, "reason"},
		{Feedback{Need: "n", Act: DeclinedAct, Achievement: "a", Reason: "ugly"}, "reason"},
		{Feedback{Need: "n", Act: ShownAct}, "shown"},
		{Feedback{Need: "n", Act: ShownAct, Shown: ids(101)}, "shown"},
		{Feedback{Need: "n", Act: ShownAct, Shown: ids(20), Position: 82}, "shown"},
		{Feedback{Need: "n", Act: ShownAct, Shown: []string{"a", "b", "a"}}, "shown"},
		{Feedback{Need: "n", Act: ShownAct, Shown: []string{""}}, "shown"},
		{Feedback{Need: "n", Act: ShownAct, Shown: ids(2), Achievement: "a"}, "achievement"},
	} {
		f, err := MakeFeedback(c.f, "key:1", now)
		e, _ := err.(*corpus.Error)
		switch {
		case c.field == "" && err != nil:
			t.Errorf("%+v: %v", c.f, err)
		case c.field == "" && (f.By != "key:1" || f.At.IsZero() || !strings.HasPrefix(f.ID, "n/")):
			t.Errorf("made %+v", f)
		case c.field != "" && (e == nil || e.Field != c.field || e.Code != corpus.Invalid || e.Fix == ""):
			t.Errorf("%+v: %v, want %s named", c.f, err, c.field)
		}
	}
}

func TestTheSameActToldTwiceHasOneID(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 123_456_789, time.UTC)
	id := func(f Feedback, by string, now time.Time) string {
		f, err := MakeFeedback(f, by, now)
		if err != nil {
			t.Fatal(err)
		}
		return f.ID
	}
	f := Feedback{Need: "n", Act: OpenedAct, Achievement: "a", At: at}
	first := id(f, "key:1", at)
	if again := id(f, "key:1", at.Add(time.Hour)); again != first {
		t.Errorf("%s and %s", first, again)
	}
	ids := []string{first}
	for _, other := range []Feedback{{Need: "n", Act: SignedAct, Achievement: "a", At: at}, {Need: "n", Act: OpenedAct, Achievement: "b", At: at},
		{Need: "n", Act: OpenedAct, Achievement: "a", At: at, Position: 2}, {Need: "m", Act: OpenedAct, Achievement: "a", At: at}} {
		ids = append(ids, id(other, "key:1", at))
	}
	ids = append(ids, id(f, "key:2", at))
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 6 {
		t.Errorf("different acts share an id: %v", ids)
	}
	f.At = at.Add(time.Second)
	if later := id(f, "key:1", at); later <= first {
		t.Errorf("%s, a second later %s", first, later)
	}
}

func TestALeadIsFeedback(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		state  State
		reason DeclineReason
		want   Act
	}{{New, "", ContactedAct}, {Talking, "", ContactedAct}, {Agreed, "", ContactedAct}, {Contracted, "", SignedAct}, {Declined, TooEarly, DeclinedAct}} {
		f := Lead{ID: "l", Need: "n", Achievement: "a", State: c.state, Reason: c.reason, By: "key:1", Updated: now}.Feedback()
		if f.Act != c.want || f.Reason != c.reason || f.Need != "n" || f.Achievement != "a" || f.By != "key:1" || !f.At.Equal(now) {
			t.Errorf("a %s lead is %+v", c.state, f)
		}
	}
}
