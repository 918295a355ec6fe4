package corpus

import (
	"fmt"
	"strings"
	"testing"
)

func TestAnImportTakesBackNoAnswer(t *testing.T) {
	for _, test := range []struct {
		stored, file string // valid until, confirmed, licensed; - for none
		want         string
	}{
		{"2026-05-01 - -", "2026-05-01 - -", "2026-05-01 - - unchanged"},
		{"- 2026-11-02 -", "2026-05-01 - -", "- 2026-11-02 - unchanged"},
		{"- 2026-11-02 -", "2027-05 - -", "2027-05 2026-11-02 - updated"},                // a last day that is yet to come
		{"- 2026-11-02 -", "2026-05-01 2026-12-01 -", "2026-05-01 2026-12-01 - updated"}, // the file is newer
		{"- 2026-11-02 2026-11-02", "- 2026-01 -", "- 2026-11-02 2026-11-02 unchanged"},
		{"- 2026-11-02 2026-11-02", "- - 2026-10", "- 2026-11-02 2026-10 updated"},
	} {
		store, err := Open(t.TempDir(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		write := func(dates string, keep bool) Result {
			t.Helper()
			f := strings.Fields(dates)
			for i := range f {
				f[i] = strings.TrimSuffix(f[i], "-")
			}
			d := Doc{Kind: Achievement, SourceID: "a", Title: "成果", ValidUntil: Date(f[0]), ConfirmedOn: Date(f[1]), LicensedOn: Date(f[2])}
			results, err := store.Write(t.Context(), Batch{Puts: []Put{{Doc: d, KeepAnswers: keep}}})
			if err != nil {
				t.Fatal(err)
			}
			return results[0]
		}
		write(test.stored, false)
		outcome := write(test.file, true).Outcome
		d, err := store.Get(Achievement, "a")
		if err != nil {
			t.Fatal(err)
		}
		dash := func(d Date) string {
			if d == "" {
				return "-"
			}
			return string(d)
		}
		if got := fmt.Sprint(dash(d.ValidUntil), " ", dash(d.ConfirmedOn), " ", dash(d.LicensedOn), " ", outcome); got != test.want {
			t.Errorf("%s, then %s: %s, want %s", test.stored, test.file, got, test.want)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnImportPublishesNothingThatItsHolderTookDown(t *testing.T) {
	store := open(t)
	load := func(confirmed Date) (Doc, Summary, string) {
		t.Helper()
		d, said := need("a", "除冰"), ""
		d.Status, d.ConfirmedOn = Published, confirmed
		sum, err := Import(t.Context(), store, func(yield func(Row, error) bool) { yield(Row{Doc: d, File: "a.csv", Line: 2}, nil) },
			ImportOptions{Report: func(r Row) { said = r.Warnings[0].Message }})
		if err != nil {
			t.Fatal(err)
		}
		d, err = store.Get(Need, "a")
		if err != nil {
			t.Fatal(err)
		}
		return d, sum, said
	}
	d, _, _ := load("2026-10")
	d.Status, d.WithdrawnOn = Withdrawn, "2026-11-02"
	write(t, store, Batch{Puts: []Put{{Doc: d}}})
	if d, sum, said := load("2026-10"); d.Status != Withdrawn || d.WithdrawnOn != "2026-11-02" || sum.Unchanged != 1 || !strings.Contains(said, "2026-11-02") {
		t.Errorf("taken down by its holder, and then %s %s, %+v %q", d.Status, d.WithdrawnOn, sum, said)
	}
	if d, sum, _ := load("2026-11-03"); d.Status != Published || d.WithdrawnOn != "" || sum.Updated != 1 {
		t.Errorf("a row of a later day: %s %s, %+v", d.Status, d.WithdrawnOn, sum)
	}
}
