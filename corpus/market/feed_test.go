package market

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func TestAFeedIsChecked(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name  string
		s     FeedSettings
		field string
	}{
		{"赤峰", FeedSettings{URL: "https://a.example/x.jsonl"}, ""},
		{"import", FeedSettings{URL: "https://a.example/"}, "name"},
		{"paste", FeedSettings{URL: "https://a.example/"}, "name"},
		{"a/b", FeedSettings{URL: "https://a.example/"}, "name"},
		{" a", FeedSettings{URL: "https://a.example/"}, "name"},
		{"", FeedSettings{URL: "https://a.example/"}, "name"},
		{"a", FeedSettings{URL: "file:///etc/passwd"}, "url"},
		{"a", FeedSettings{URL: "gopher://a.example/"}, "url"},
		{"a", FeedSettings{URL: "https:///x"}, "url"},
		{"a", FeedSettings{URL: "https://u:pw@a.example/"}, "url"},
		{"a", FeedSettings{URL: "https://u@a.example/"}, "url"},
		{"a", FeedSettings{URL: "https://a.example/", Every: 9}, "every_minutes"},
		{"a", FeedSettings{URL: "https://a.example/", Kind: "firm"}, "kind"},
		{"a", FeedSettings{URL: "https://a.example/", Link: "javascript:alert(1)"}, "link"},
		{"a", FeedSettings{URL: "https://a.example/", Licence: strings.Repeat("长", 201)}, "licence"},
	} {
		f, err := Feed{Last: Fetch{ETag: "x", Hash: "y", Import: "i"}, Removed: true}.Set(test.name, test.s, now)
		field := ""
		if e, ok := err.(*corpus.Error); ok {
			field = e.Field
		}
		if field != test.field || err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("%s %s: field %q of %v, want %q", test.name, test.s.URL, field, err, test.field)
		}
		if err == nil && (f.Every != 1440 || f.Removed || !f.Due(now) || !reflect.DeepEqual(f.Last, Fetch{Import: "i"})) {
			t.Errorf("set: %+v", f)
		}
	}
}

// Minutes from a fetch to the next one.
func TestFailuresAreTriedEverMoreSeldom(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	f, err := Feed{}.Set("a", FeedSettings{URL: "https://a.example/", Every: 360}, now)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for step := range strings.SplitSeq("ok x x x x x x x x x x ok", " ") {
		failure := ""
		if step == "x" {
			failure = "down"
		}
		f = f.Fetched(Fetch{Outcome: FeedUnchanged, ETag: "e", Import: "i"}, failure, now, 0)
		got = append(got, fmt.Sprint(f.Next.Sub(now).Minutes()))
		if f.Last.ETag != "e" || f.Last.Error != failure || f.Due(f.Next.Add(-time.Second)) || !f.Due(f.Next) {
			t.Errorf("%s: %+v", step, f)
		}
	}
	if all := strings.Join(got, " "); all != "360 10 20 40 80 160 320 640 1280 1440 1440 360" {
		t.Errorf("%s", all)
	}
	if late := f.Fetched(Fetch{}, "", now, .5).Next.Sub(now); late != 378*time.Minute {
		t.Errorf("with jitter after %v", late)
	}
	f.Paused = true
	if f.Due(now.AddDate(1, 0, 0)) {
		t.Error("a paused one is due")
	}
}
