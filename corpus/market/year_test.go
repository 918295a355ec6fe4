package market

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

func midday(day string) time.Time {
	t, err := time.Parse(time.DateTime, day+" 04:00:00") // UTC
	if err != nil {
		panic(err)
	}
	return t
}

// books is one of each thing that counts and one of each that does not.
func books() *Books {
	contract := func(id string, s State, day corpus.Date, value, technical int64, lead string) At[Contract] {
		c := Contract{ID: id, State: s, Signed: day, ValueFen: value, TechnicalFen: technical, Lead: lead}
		if technical > 0 {
			c.Technical = "x"
		}
		return At[Contract]{c, 1}
	}
	benefit := func(id, contract, year string, s State, fen int64) At[Benefit] {
		return At[Benefit]{Benefit{ID: id, Contract: contract, Year: year, State: s, AmountFen: fen}, 1}
	}
	return &Books{
		Contracts: []At[Contract]{contract("c1", Registered, "2026-03-01", 1_000, 600, "l1"), contract("c2", Performed, "2026-06-30", 2_000, 0, ""),
			contract("c3", Signed, "2026-06-30", 7, 7, ""), contract("c4", Void, "2026-06-30", 7, 7, "l2"), contract("c5", Registered, "2026-07-01", 40_000, 1, "l3"),
			contract("c6", Registered, "2025-05-01", 500_000, 1, "")},
		Benefits: []At[Benefit]{benefit("b1", "c1", "2026", Confirmed, 600_000_000), benefit("b2", "c2", "2026", Confirmed, 5_000_000_000),
			benefit("b3", "c1", "2026", Reported, 9), benefit("b4", "c4", "2026", Confirmed, 9), benefit("b5", "c1", "2025", Confirmed, 9), benefit("b6", "c5", "2026", Confirmed, 1_000_000_000)},
		Targets: []At[Target]{{Target{ID: "t1", Year: "2026", Measure: MValue, Number: 12_000, State: TargetSet}, 1}, {Target{ID: "t2", Year: "2025", Measure: MContracts, Number: 1, State: TargetSet}, 1},
			{Target{ID: "t3", Year: "2026", Measure: MContracts, Number: 1, State: TargetDropped}, 1}, {Target{ID: "t4", Year: "2026", Measure: MChange, Number: 500, State: TargetSet}, 1}},
		Leads: []Asked{{"l1", "n1", "a1", midday("2026-02-02"), midday("2026-02-04")}, {"l2", "n2", "a2", midday("2026-01-01"), time.Time{}}, {"l3", "n1", "a3", midday("2026-01-30"), midday("2026-07-02")}},
		Achievements: []Posting{{ID: "a1", Version: 1, Created: midday("2025-01-01")}, {ID: "a2", Version: 1, Created: midday("2026-01-01")},
			{ID: "a3", Version: 1, Created: midday("2026-07-01")}, {ID: "a4", Version: 1, Created: midday("2026-06-30")}},
		Needs: []Posting{{"n1", 1, midday("2026-01-02"), "26", "150502"}, {"n2", 1, midday("2026-06-30"), "", "150502"}, {"n3", 1, midday("2025-06-30"), "", ""}, {"n4", 1, midday("2026-07-01"), "", ""}},
	}
}

func TestAYearIsCounted(t *testing.T) {
	for _, c := range []struct{ year, until, want string }{
		{"2026", "2026-06-30", "contracts 2 [c1 c2]; contract_value 3000/2500 [c1 c2]; technical_value 600 [c1]; new_benefit 6600000000 [b1 b2 b6]; large_achievements 1 [a3]; achievements 3 [a1 a2 a4]; " +
			"converted 1 [a1]; conversion_rate 3333; achievements_before 1 [a1]; converted_before 0 []; conversion_change 3333/66660; needs 2 [n1 n2]; needs_answered 1 [n1]; answer_rate 5000; answer_days 30 [n1]"},
		{"2026", "", "contracts 3 [c1 c2 c5]; contract_value 43000/35833 [c1 c2 c5]; technical_value 601 [c1 c5]; new_benefit 6600000000 [b1 b2 b6]; large_achievements 1 [a3]; achievements 4 [a1 a2 a3 a4]; " +
			"converted 2 [a1 a3]; conversion_rate 5000; achievements_before 1 [a1]; converted_before 0 []; conversion_change 5000/100000; needs 3 [n1 n2 n4]; needs_answered 1 [n1]; answer_rate 3333; answer_days 30 [n1]"},
		{"2024", "", "contracts 0 []; contract_value 0 []; technical_value 0 []; new_benefit 0 []; large_achievements 0 []; achievements 0 []; converted 0 []; conversion_rate -: There was no achievement in the library by the last day.; achievements_before 0 []; converted_before 0 []; " +
			"conversion_change -: There was no achievement in the library by the last day.; needs 0 []; needs_answered 0 []; answer_rate -: No need came in during the year.; answer_days -: None of the needs of the year was answered. []"},
		{"2025", "", "contracts 1/10000 [c6]; contract_value 500000 [c6]; technical_value 1 [c6]; new_benefit 9 [b5]; large_achievements 0 []; achievements 1 [a1]; converted 0 []; conversion_rate 0; achievements_before 0 []; converted_before 0 []; " +
			"conversion_change -: There was no achievement in the library at the end of the year before to compare with.; needs 1 [n3]; needs_answered 0 []; answer_rate 0; answer_days -: None of the needs of the year was answered. []"},
	} {
		until, err := ParseYear(c.year, c.until)
		if err != nil {
			t.Fatal(err)
		}
		r := ReportYear(books(), c.year, until)
		if got := r.text(); got != c.want {
			t.Errorf("%s until %s\n got %s\nwant %s", c.year, c.until, got, c.want)
		}
		r.adds(t)
		if r.Answers == nil { // JSON would say null
			t.Errorf("%s has no list of answers", c.year)
		}
	}
}

// text is a report's measures in a line: value/share of the target [records].
func (r *YearReport) text() string {
	var out []string
	for _, m := range r.Measures {
		text := m.Name + " -"
		if m.Value != nil {
			text = fmt.Sprint(m.Name, " ", *m.Value)
		}
		if m.Target != nil && m.Target.Reached != nil {
			text += fmt.Sprint("/", *m.Target.Reached)
		}
		if m.Why != nil {
			text += ": " + m.Why.EN
		}
		if m.Of == nil {
			ids := make([]string, len(m.Records))
			for i, one := range m.Records {
				ids[i] = one.ID
			}
			text += fmt.Sprint(" ", ids)
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// adds checks that each number is what its records come to.
func (r *YearReport) adds(t *testing.T) {
	t.Helper()
	for _, m := range r.Measures {
		var sum int64
		for _, one := range m.Records {
			sum += one.Amount
		}
		switch {
		case m.Of != nil && len(m.Records) > 0:
			t.Errorf("%s is worked out of others and has %d records", m.Name, len(m.Records))
		case m.Of != nil || m.Unit == InDays:
		case m.Value == nil || *m.Value != sum:
			t.Errorf("%s: its records come to %d", m.Name, sum)
		}
	}
}

func TestAnswersAreCountedByRegionAndField(t *testing.T) {
	var got []string
	r := ReportYear(books(), "2026", "2026-12-31")
	for _, row := range r.Answers {
		text := fmt.Sprint(row.By, " ", row.Code, " ", row.Needs, row.Answered, row.Rate)
		if row.Days != nil {
			text += fmt.Sprint(" ", *row.Days)
		}
		got = append(got, text)
	}
	const want = "region 150502 [n1 n2] [n1] 5000 30; region  [n4] [] 0; field C [n1] [n1] 10000 30; field  [n2 n4] [] 0"
	if strings.Join(got, "; ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, "; "), want)
	}
}

func TestATargetIsReadInTheUnitOfItsMeasure(t *testing.T) {
	for _, c := range []struct {
		measure, goal string
		number        int64 // 0: refused
	}{
		{MValue, "20亿元", 200_000_000_000}, {MValue, "20", 0}, {MLarge, "500", 500}, {MLarge, "500 项", 500}, {MLarge, "1.5", 0}, {MRate, "6.5%", 650},
		{MChange, "5个百分点", 500}, {MChange, "7", 700}, {MChange, "many", 0}, {MContracts, "0", 0}, {MContracts, "-1", 0}, {MRate, "0.001%", 0}, {MContracts, "NaN", 0},
	} {
		v, err := TargetType.New(map[string]string{"year": "2026", "measure": c.measure, "goal": c.goal}, "key:1", time.Unix(0, 0))
		if c.number == 0 && faultyFields(err) != "goal" || c.number != 0 && (err != nil || v.Number != c.number) {
			t.Errorf("%s %s: %d, %v", c.measure, c.goal, v.Number, err)
		}
	}
	for _, c := range []struct{ year, measure, field string }{{"26", MRate, "year"}, {"2026", MAnswerDays, "measure"}} {
		if _, err := TargetType.New(map[string]string{"year": c.year, "measure": c.measure, "goal": "5"}, "key:1", time.Unix(0, 0)); faultyFields(err) != c.field {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestSharesAreRoundedAndDontOverflow(t *testing.T) {
	for _, c := range []struct{ part, whole, want int64 }{{1, 3, 3333}, {2, 3, 6667}, {-2, 3, -6667}, {900_000_000_000_000, 1_000_000_000_000_000, 9_000}, {7, 7, 10_000}} {
		if got := share(c.part, c.whole); got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.part, c.whole, got, c.want)
		}
	}
}
