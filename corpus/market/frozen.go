package market

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duijie/corpus"
)

// FrozenReports is the record table of the heads of frozen reports, and FrozenFigures that of the whole, which has a line for
// each record that is counted: lists need none of them. What is stored in them never changes.
const (
	FrozenReports = "frozen_reports"
	FrozenFigures = "frozen_figures"
)

// maxSigned and maxNote bound who signs a report and what they add, in characters.
const (
	maxSigned = 100
	maxNote   = 1_000
)

// A Frozen is a report of a year as it was when somebody signed it: its definitions, figures and the records behind them.
type Frozen struct {
	FrozenHead
	Report YearReport       `json:"report"`
	Tables []ContractReport `json:"tables" doc:"the contracts of the report by kind, field, kind of seller, intellectual property, and region of both sides"`
}

// A FrozenHead is a frozen report without its figures.
type FrozenHead struct {
	ID     string      `json:"id"`
	Year   string      `json:"year" example:"2026"`
	Until  corpus.Date `json:"until" doc:"the last day that is counted" example:"2026-06-30"`
	Signed string      `json:"signed" doc:"name and office of who answers for it"`
	Note   string      `json:"note,omitempty" doc:"what they add"`
	By     string      `json:"by" doc:"who froze it, as key:ID or account:ID"`
	At     time.Time   `json:"at" doc:"when it was counted and frozen"`
}

// Sign heads the report of a year until a day, which must not be over the moment's own, "" being the last one that it may be,
// for who signs for it. Its error is Faults.
func Sign(year, until, signed, note, by string, now time.Time) (FrozenHead, error) {
	var wrong corpus.Faults
	day, err := ParseYear(year, until)
	if err != nil {
		wrong = append(wrong, err.(corpus.Faults)...)
	}
	today := corpus.DayOf(now)
	if err == nil && until == "" && string(today[:4]) == year {
		day = today
	}
	if err == nil && day > today {
		wrong = append(wrong, invalid("until", "freeze it when the day is there, or give one until "+string(today), "%s is still to come", day))
	}
	signed, note = strings.TrimSpace(signed), strings.TrimSpace(note)
	if n := utf8.RuneCountInString(signed); n == 0 || n > maxSigned || strings.ContainsAny(signed, "\n\r\x00") {
		wrong = append(wrong, invalid("signed", "name who answers for it, in 1 to 100 characters", "%d characters of who signs", n))
	}
	if n := utf8.RuneCountInString(note); n > maxNote {
		wrong = append(wrong, invalid("note", "shorten it", "%d characters, more than the %d allowed", n, maxNote))
	}
	if wrong != nil {
		return FrozenHead{}, wrong
	}
	return FrozenHead{ID: newID(now), Year: year, Until: day, Signed: signed, Note: note, By: by, At: now.UTC().Truncate(time.Second)}, nil
}

// Freeze counts what a head says.
func Freeze(b *Books, head FrozenHead) (*Frozen, error) {
	f := &Frozen{FrozenHead: head, Report: ReportYear(b, head.Year, head.Until)}
	for _, field := range ReportFields {
		table, err := ReportContracts(func(yield func(Contract, error) bool) {
			for _, c := range b.Contracts {
				if !yield(c.Is, nil) {
					return
				}
			}
		}, field, corpus.Date(head.Year), head.Until)
		if err != nil {
			return nil, err
		}
		f.Tables = append(f.Tables, table)
	}
	return f, nil
}

// Records are the rows of the store, which no write changes.
func (f *Frozen) Records() (rows []corpus.Record, err error) {
	for _, row := range []struct {
		table, move string
		body        any
	}{{FrozenReports, "create", f.FrozenHead}, {FrozenFigures, "", f}} {
		body, err := json.Marshal(row.body)
		if err != nil {
			return nil, err
		}
		rows = append(rows, corpus.Record{Table: row.table, ID: f.ID, Body: body, Move: row.move, Final: true})
	}
	return rows, nil
}

// Corrections are what a recount of now finds else than a frozen report.
type Corrections struct {
	Report   FrozenHead      `json:"report"`
	Measures []MeasureChange `json:"measures" doc:"those whose value is another one"`
	Records  []Correction    `json:"records" doc:"what was counted and is else now, in the order of the measures"`
}

// A MeasureChange is a measure with its value then and now.
type MeasureChange struct {
	Name string `json:"name" example:"contract_value"`
	Unit Unit   `json:"unit" enum:"count,fen,percent,points,days"`
	Was  *int64 `json:"was,omitempty" doc:"none where it could not be counted"`
	Is   *int64 `json:"is,omitempty" doc:"none where it can't be counted"`
}

// A Correction is one counted record that is else than it was.
type Correction struct {
	Measure    string `json:"measure" example:"contract_value"`
	Table      string `json:"table"`
	ID         string `json:"id"`
	What       string `json:"what" enum:"added,removed,changed" doc:"changed: another version; it may add as much as it did"`
	VersionWas uint64 `json:"version_was,omitempty"`
	VersionIs  uint64 `json:"version_is,omitempty"`
	Was        int64  `json:"was" doc:"what it added then, in the unit of the measure"`
	Is         int64  `json:"is" doc:"what it adds now"`
	Difference int64  `json:"difference" doc:"is less was"`
}

// Correct counts the year of a frozen report again, by the definitions of now, and says what became else.
func (f *Frozen) Correct(b *Books) Corrections {
	now := ReportYear(b, f.Year, f.Until)
	c := Corrections{Report: f.FrozenHead, Measures: []MeasureChange{}, Records: []Correction{}}
	for _, is := range now.Measures {
		was := f.Report.Measure(is.Name)
		if was == nil { // a measure that was not known then
			continue
		}
		if (was.Value == nil) != (is.Value == nil) || was.Value != nil && *was.Value != *is.Value {
			c.Measures = append(c.Measures, MeasureChange{is.Name, is.Unit, was.Value, is.Value})
		}
		c.Records = append(c.Records, corrected(is.Name, was.Records, is.Records)...)
	}
	return c
}

// corrected compares the records of a measure then and now.
func corrected(measure string, was, is []Counted) (list []Correction) {
	type key struct{ table, id string }
	then := map[key]Counted{}
	for _, r := range was {
		then[key{r.Table, r.ID}] = r
	}
	for _, r := range is {
		old, known := then[key{r.Table, r.ID}]
		delete(then, key{r.Table, r.ID})
		one := Correction{measure, r.Table, r.ID, "changed", old.Version, r.Version, old.Amount, r.Amount, r.Amount - old.Amount}
		if !known {
			one.What = "added"
		}
		if !known || old.Version != r.Version || old.Amount != r.Amount {
			list = append(list, one)
		}
	}
	for _, r := range then {
		list = append(list, Correction{measure, r.Table, r.ID, "removed", r.Version, 0, r.Amount, 0, -r.Amount})
	}
	slices.SortFunc(list, func(a, b Correction) int { return cmp.Or(cmp.Compare(a.Table, b.Table), cmp.Compare(a.ID, b.ID)) })
	return list
}
