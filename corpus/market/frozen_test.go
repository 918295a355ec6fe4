package market

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// freeze signs and counts the books of a year.
func freeze(b *Books, year, until, signed string) (*Frozen, error) {
	head, err := Sign(year, until, signed, "", "key:1", midday("2026-07-15"))
	if err != nil {
		return nil, err
	}
	return Freeze(b, head)
}

func TestAFrozenReportIsSignedAndCloses(t *testing.T) {
	for _, c := range []struct{ year, until, signed, want string }{
		{"2026", "2026-06-30", "王科长", "2026-06-30"}, {"2026", "", " 王科长 ", "2026-07-15"}, {"2025", "", "王科长", "2025-12-31"},
		{"2026", "2026-07-16", "王科长", "until"}, {"2027", "", "王科长", "until"}, {"2026", "2025-12-31", "王科长", "until"}, {"2026", "2026-06", "王科长", "until"},
		{"x", "", "", "year signed"}, {"2026", "", "一\n二", "signed"}, {"2026", "", strings.Repeat("长", 101), "signed"},
	} {
		f, err := freeze(books(), c.year, c.until, c.signed)
		got := faultyFields(err)
		if err == nil {
			got = string(f.Until)
		}
		if got != c.want {
			t.Errorf("%s until %q by %q: %s, want %s (%v)", c.year, c.until, c.signed, got, c.want, err)
		}
	}
	f, err := freeze(books(), "2026", "", "王科长")
	if err != nil || f.Signed != "王科长" || len(f.Tables) != len(ReportFields) || f.Tables[0].Total.Count != int(*f.Report.Measure(MContracts).Value) {
		t.Errorf("%+v, %v", f, err)
	}
}

// recounted is what the corrections of two reports should be, counted pair by pair.
func recounted(was, is YearReport) (out []string) {
	for i, m := range is.Measures {
		for _, a := range append(slices.Clone(was.Measures[i].Records), m.Records...) {
			at := func(in []Counted) (v uint64, amount int64) {
				for _, b := range in {
					if b.Table == a.Table && b.ID == a.ID {
						return b.Version, b.Amount
					}
				}
				return 0, 0
			}
			v1, a1 := at(was.Measures[i].Records)
			v2, a2 := at(m.Records)
			text := fmt.Sprint(m.Name, " ", a.Table, " ", a.ID, " ", v1, ">", v2, " ", a2-a1)
			if (v1 != v2 || a1 != a2) && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	slices.Sort(out)
	return out
}

func TestCorrectionsAreThoseOfANaiveRecount(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 20))
	states := []State{Signed, Registered, Performed, Void}
	for round := range 200 {
		b := books()
		f, err := freeze(b, "2026", "2026-06-30", "王科长")
		if err != nil {
			t.Fatal(err)
		}
		frozen, _ := json.Marshal(f)
		for range rng.IntN(12) {
			switch i, day := rng.IntN(6), time.Duration(rng.IntN(300))*24*time.Hour; rng.IntN(9) {
			case 0:
				b.Contracts[i%len(b.Contracts)].Is.State = states[rng.IntN(4)]
				b.Contracts[i%len(b.Contracts)].Version++
			case 1:
				b.Contracts[i%len(b.Contracts)].Is.ValueFen += int64(rng.IntN(3))
				b.Contracts[i%len(b.Contracts)].Version++
			case 2:
				b.Contracts[i%len(b.Contracts)].Is.Lead = fmt.Sprint("l", 1+rng.IntN(3))
				b.Contracts[i%len(b.Contracts)].Version++
			case 3:
				b.Benefits[i].Is.AmountFen, b.Benefits[i].Version = int64(rng.IntN(2))*2_000_000_000, b.Benefits[i].Version+1
			case 4:
				b.Benefits[i].Is.State, b.Benefits[i].Version = Confirmed, b.Benefits[i].Version+1
			case 5:
				b.Leads[i%3].Answered = midday("2026-01-02").Add(day)
			case 6:
				b.Achievements = append(b.Achievements, Posting{ID: fmt.Sprint("x", len(b.Achievements)), Version: 1, Created: midday("2026-01-02").Add(day)})
			case 7:
				b.Needs = slices.Delete(b.Needs, 0, min(1, len(b.Needs)))
			case 8:
				b.Contracts = append(b.Contracts, At[Contract]{Contract{ID: fmt.Sprint("y", len(b.Contracts)), State: Registered, Signed: "2026-06-01", ValueFen: 5}, 1})
			}
		}
		c := f.Correct(b)
		var got []string
		for _, one := range c.Records {
			if want := map[bool]string{true: "added", false: "changed"}[one.VersionWas == 0]; one.VersionIs > 0 && one.What != want || one.VersionIs == 0 && one.What != "removed" || one.Difference != one.Is-one.Was {
				t.Errorf("round %d: %+v", round, one)
			}
			got = append(got, fmt.Sprint(one.Measure, " ", one.Table, " ", one.ID, " ", one.VersionWas, ">", one.VersionIs, " ", one.Difference))
		}
		slices.Sort(got)
		now := ReportYear(b, "2026", "2026-06-30")
		now.adds(t)
		if want := recounted(f.Report, now); !slices.Equal(got, want) {
			t.Errorf("round %d:\n got %q\nwant %q", round, got, want)
		}
		for i, m := range now.Measures {
			was := f.Report.Measures[i]
			differs := fmt.Sprint(text(was.Value)) != fmt.Sprint(text(m.Value))
			if listed := slices.ContainsFunc(c.Measures, func(c MeasureChange) bool { return c.Name == m.Name }); listed != differs {
				t.Errorf("round %d: %s went from %s to %s", round, m.Name, text(was.Value), text(m.Value))
			}
		}
		if after, _ := json.Marshal(f); string(after) != string(frozen) {
			t.Errorf("round %d: what was frozen is else", round)
		}
	}
}

func text(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}
