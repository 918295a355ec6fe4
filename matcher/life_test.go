package matcher

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestTheSilentSinkWithinEqualFit(t *testing.T) {
	byPoints := func(r ranked) int { return int(math.Round(r.parts.Points())) }
	for _, test := range []struct {
		list   string // number:points, folded ones behind +
		silent []uint32
		want   string
	}{
		{"1:9.4 2:9.3 3:9.1", []uint32{1}, "2 3 1"},
		{"1:9.4 2:9.3 3:9.1", []uint32{1, 2}, "3 1 2"},
		{"1:9.4 2:9.3 3:9.1", []uint32{1, 2, 3}, "1 2 3"},
		{"1:9.4 2:8.3 3:8.1 4:7", []uint32{1, 2}, "1 3 2 4"},
		{"1:9 2:8 3:7", []uint32{1}, "1 2 3"},
		{"1:9.4+5:9.3 2:9.1", []uint32{1}, "5+1 2"}, // its confirmed twin stands for it
		{"1:9.4+5:8.3 2:9.1", []uint32{1}, "2 1+5"}, // which fits worse
		{"1:9.4+5:9.3 2:9.1", []uint32{1, 5}, "2 1+5"},
		{"1:9.4+5:9.3 2:9.1", nil, "1+5 2"},
		{"", []uint32{1}, ""},
	} {
		read := func(s string) ranked {
			var n uint32
			var points float64
			if _, err := fmt.Sscanf(s, "%d:%g", &n, &points); err != nil {
				t.Fatal(err)
			}
			return ranked{number: n, parts: Parts{WordsPart: points}}
		}
		var list []arranged
		for s := range strings.FieldsSeq(test.list) {
			all := strings.Split(s, "+")
			row := arranged{ranked: read(all[0])}
			for _, f := range all[1:] {
				row.folded = append(row.folded, read(f))
			}
			list = append(list, row)
		}
		silent := map[uint32]bool{}
		for _, n := range test.silent {
			silent[n] = true
		}
		sinkSilent(list, silent, byPoints)
		var got []string
		for _, row := range list {
			s := fmt.Sprint(row.number)
			for _, f := range row.folded {
				s += fmt.Sprint("+", f.number)
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%s with %v silent: %s, want %s", test.list, test.silent, s, test.want)
		}
	}
}

// Two achievements that say nearly the same of the same need: the one whose holder is silent goes behind, in the kept list
// and in one made afresh, and its points stay.
func TestAnUnconfirmedAchievementGoesBehindItsEqual(t *testing.T) {
	h := newHouse(t)
	text := "将玉米在50 ℃水中预浸4 h，粗破碎后加入酸性蛋白酶，浸泡与酶解合计12 h，亚硫酸用量降低。"
	h.write(t,
		corpus.Doc{Kind: corpus.Need, SourceID: "n", Title: "缩短玉米浸泡时间", Text: "玉米浸泡时间太长，亚硫酸用量大，希望缩短浸泡时间。"},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "a1", Title: "玉米酶法浸泡工艺", Text: text, PublishedOn: "2026-01-10"},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "a2", Title: "玉米酶法浸泡工艺", Text: text, PublishedOn: "2026-01-10"})
	now := time.Date(2026, 10, 1, 4, 0, 0, 0, time.UTC)
	notices := market.NewNotices(h.store, market.Rules{})
	read := func() (kept, live Answer) {
		t.Helper()
		o := Options{Now: now, Notices: notices}
		kept, err := h.matcher.ForNeed(t.Context(), "n", o)
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.matcher.published(corpus.Need, "n")
		if err != nil {
			t.Fatal(err)
		}
		if live, err = h.matcher.live(t.Context(), d, o); err != nil {
			t.Fatal(err)
		}
		return kept, live
	}
	before, _ := read()
	if len(before.Matches) != 1 || before.Matches[0].ID != "a1" || before.Matches[0].Life.State != market.Due {
		t.Fatalf("before: %+v", before.Matches)
	}
	a1, err := h.store.Get(corpus.Achievement, "a1")
	if err != nil {
		t.Fatal(err)
	}
	b := corpus.Batch{Actor: "test", Action: "test"}
	for _, day := range []string{"2026-07-10", "2026-08-09"} {
		r, _ := market.MakeReminder(&a1, corpus.Date(day).Last())
		body, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		b.Records = append(b.Records, corpus.Record{Table: market.Reminders, ID: r.ID, Body: body})
	}
	if _, err := h.store.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	kept, live := read()
	for name, a := range map[string]Answer{"kept": kept, "live": live} {
		if len(a.Matches) != 1 || a.Matches[0].ID != "a2" || len(a.Matches[0].Folded) != 1 || a.Matches[0].Folded[0].ID != "a1" {
			t.Errorf("%s: %+v", name, a.Matches)
		}
		if a.Matches[0].Points != before.Matches[0].Points {
			t.Errorf("%s: points %v, were %v", name, a.Matches[0].Points, before.Matches[0].Points)
		}
	}
	h.write(t, corpus.Doc{Kind: corpus.Achievement, SourceID: "a2", Title: "另一项成果", Text: "与此无关的风电叶片除冰装置。"})
	kept, _ = read()
	at := slices.IndexFunc(kept.Matches, func(m Match) bool { return m.ID == "a1" })
	if at < 0 || kept.Matches[at].Life.State != market.Unconfirmed || !slices.Contains(kept.Matches[at].Against, "发布方未答复是否仍然有效，信息未确认") {
		t.Errorf("alone: %+v", kept.Matches)
	}
}
