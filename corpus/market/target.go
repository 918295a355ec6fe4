package market

import (
	"math"
	"strconv"
	"strings"
	"time"

	"duijie/corpus"
)

// Targets is the record table of the operator's own targets.
const Targets = "targets"

// States of a target.
const (
	TargetSet     State = "set"     // reports show it
	TargetDropped State = "dropped" // it was given up
)

// A Target is what the operator aims at in one year, for one measure of the report.
type Target struct {
	ID           string    `json:"id"`
	Year         string    `json:"year" doc:"as 2026"`
	Measure      string    `json:"measure" enum:"contracts,contract_value,technical_value,new_benefit,large_achievements,converted,conversion_rate,conversion_change,needs_answered,answer_rate" doc:"as the report of a year names it; a measure has one target a year"`
	Goal         string    `json:"goal" doc:"as written: 20亿元, 500, 6%"`
	Number       int64     `json:"number" doc:"the same in the unit of the measure: fen, pieces, hundredths of a percent or of a percentage point"`
	Source       string    `json:"source,omitempty" doc:"which paper sets it; 300 characters at most"`
	State        State     `json:"state" enum:"set,dropped"`
	By           string    `json:"by" doc:"who recorded it, as key:ID or account:ID"`
	Organisation string    `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time `json:"created"`
	Updated      time.Time `json:"updated"`
}

// TargetType declares targets, which the operator sets.
var TargetType = Type[Target]{
	Declared: Declared{
		Name: Targets, One: Words{"年度目标", "target"}, Many: Words{"年度目标", "Targets"}, Unique: []string{"year", "measure"},
		States: []Named{{string(TargetSet), Words{"已下达", "Set"}}, {string(TargetDropped), Words{"已取消", "Dropped"}}},
		Moves:  map[State][]State{TargetSet: {TargetDropped}, TargetDropped: {TargetSet}},
		Fields: []Field{
			{Name: "measure", Required: true, Fixed: true, Words: Words{"指标", "Measure"}, Hint: Words{"从年度报告的指标里选一个；一个指标一年一个目标。", "use a measure of the yearly report; it has one target a year"}, Choices: targeted()},
			{Name: "year", Required: true, Fixed: true, Limit: 4, Words: Words{"年份", "Year"}, Hint: Words{"四位数字：2026。", "give four digits: 2026"}},
			{Name: "goal", Required: true, Words: Words{"目标值", "Goal"}, Hint: Words{"金额带单位：20亿元；项数写整数：500；比率写百分数：6%；提高写百分点：5。", "give an amount with its unit (20亿元), a whole number (500), a rate (6%) or percentage points (5)"}},
			{Name: "source", Limit: 300, Words: Words{"依据", "Source"}, Hint: Words{"哪份文件定的，300 字以内。", "say which paper sets it, in 300 characters at most"}},
		},
	},
	Check: checkTarget,
	Head:  func(t *Target) Head { return Head{&t.ID, &t.State, &t.By, &t.Organisation, &t.Created, &t.Updated} },
	Example: Target{ID: "019ac2f1b3e0q7Rk2ZpX", Year: "2026", Measure: MValue, Goal: "20亿元", Number: 200_000_000_000, Source: "通科发〔2015〕20 号", State: TargetSet,
		By: "key:3f9a0c11d2e4b586", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// targeted are the measures for which a target may be set.
func targeted() (out []Named) {
	for _, m := range measuredOf {
		if m.targeted {
			out = append(out, Named{m.name, m.words})
		}
	}
	return out
}

// checkTarget reads the goal; the year never changes, and is checked where it is new.
func checkTarget(t *Target, was Target) (wrong corpus.Faults) {
	if _, err := ParseYear(t.Year, ""); err != nil && t.Year != was.Year {
		wrong = append(wrong, invalid("year", "", "%q is no year", t.Year))
	}
	if !readGoal(measuredBy(t.Measure).unit, t.Goal, &t.Number) {
		wrong = append(wrong, invalid("goal", "", "%q is no goal of %s", t.Goal, t.Measure))
	}
	return wrong
}

// readGoal reads a number above 0 of a unit, and reports whether it is one.
func readGoal(u Unit, text string, n *int64) bool {
	if u == InFen {
		return readAmount(text, n)
	}
	text = strings.TrimSpace(text)
	for _, end := range map[Unit][]string{InPieces: {"项", "份"}, InPercent: {"%", "％"}, InPoints: {"个百分点", "%", "％"}}[u] {
		text = strings.TrimSpace(strings.TrimSuffix(text, end))
	}
	f, err := strconv.ParseFloat(text, 64)
	if u != InPieces {
		f *= 100
	}
	*n = int64(math.Round(f))
	return err == nil && f >= 1 && f < 1e12 && math.Abs(f-math.Round(f)) < 1e-6
}
