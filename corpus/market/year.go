package market

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"duijie/corpus"
)

// largeFen is what the benefits of an achievement come to in a year to be a large one: 10 million yuan.
const largeFen = 1_000_000_000

// Books are the records that a report of a year counts, as they are at a moment.
type Books struct {
	Contracts    []At[Contract]
	Benefits     []At[Benefit]
	Targets      []At[Target]
	Leads        []Asked
	Achievements []Posting // no drafts
	Needs        []Posting // no drafts
}

// An At is a record at a version.
type At[T any] struct {
	Is      T
	Version uint64
}

// A Posting is what a report counts of a document.
type Posting struct {
	ID            string
	Version       uint64
	Created       time.Time
	Field, Region string // "": not stated
}

// An Asked is what a report counts of a lead. Ids of merged postings lead to what took over.
type Asked struct {
	ID, Need, Achievement string
	Created               time.Time
	Answered              time.Time // when somebody of another side than its maker's first moved it on; zero: nobody did
}

// A YearReport is the measures of a year until a day.
type YearReport struct {
	Year     string      `json:"year" example:"2026"`
	Until    corpus.Date `json:"until" doc:"the last day that is counted" example:"2026-12-31"`
	Measures []Measure   `json:"measures"`
	// Territory is why Books lacks what is of elsewhere.
	Territory []string    `json:"territory,omitempty" doc:"codes of GB/T 2260: of a county, which is told of the records of these regions only; none: all is counted"`
	Answers   []AnswerRow `json:"answers" doc:"how the needs of the year were answered, by region and by field"`
}

// An AnswerRow says how needs with a region or a field in common were answered.
type AnswerRow struct {
	By       string   `json:"by" enum:"region,field" doc:"fields by their section (门类)"`
	Code     string   `json:"code,omitempty" doc:"none where it is not stated"`
	Name     string   `json:"name" doc:"Chinese name of the code"`
	Needs    []string `json:"needs" doc:"ids of the needs of the year"`
	Answered []string `json:"answered" doc:"ids of those that were answered"`
	Rate     int64    `json:"rate" doc:"share answered, in hundredths of a percent"`
	Days     *int64   `json:"days,omitempty" doc:"median time to answer, in tenths of a working day; none where none was answered"`
}

// ParseYear reads the year of a report and the last day that it counts, "" being the end of the year. Its error is Faults.
func ParseYear(year, until string) (corpus.Date, error) {
	if y, err := time.Parse("2006", year); err != nil || y.Year() < 1990 {
		return "", corpus.Faults{invalid("year", "give four digits: 2026", "%q is no year", year)}
	}
	if until == "" {
		return corpus.Date(year + "-12-31"), nil
	}
	day, err := corpus.ParseDate(until)
	if err != nil || len(day) != len(time.DateOnly) || string(day[:4]) != year {
		return "", corpus.Faults{invalid("until", "give a day of that year: "+year+"-06-30", "%q is no day of %s", until, year)}
	}
	return day, nil
}

// ReportYear counts all measures of a year, of which until is a day, the last one counted. It depends on its arguments only.
func ReportYear(b *Books, year string, until corpus.Date) YearReport {
	t := &tallying{Books: b, year: year, until: until, found: map[string]*Measure{}}
	for _, m := range Measures() {
		t.found[m.Name] = &m
	}
	t.contracts()
	t.benefits()
	t.converted()
	rows := t.answers()
	r := YearReport{Year: year, Until: until, Answers: rows}
	for _, m := range measuredOf {
		r.Measures = append(r.Measures, *t.found[m.name])
	}
	for i := range r.Measures {
		aim(&r.Measures[i], b.Targets, year)
	}
	return r
}

// Measure returns the measure with a name; nil where there is none.
func (r *YearReport) Measure(name string) *Measure {
	if i := slices.IndexFunc(r.Measures, func(m Measure) bool { return m.Name == name }); i >= 0 {
		return &r.Measures[i]
	}
	return nil
}

// aim puts a target that is set for the year beside a measure.
func aim(m *Measure, targets []At[Target], year string) {
	for _, t := range targets {
		if t.Is.State != TargetSet || t.Is.Year != year || t.Is.Measure != m.Name {
			continue
		}
		m.Target = &Goal{ID: t.Is.ID, Version: t.Version, Number: t.Is.Number}
		if m.Value != nil && t.Is.Number > 0 {
			reached := share(*m.Value, t.Is.Number)
			m.Target.Reached = &reached
		}
	}
}

// share is part of whole in hundredths of a percent, rounded half away from zero.
func share(part, whole int64) int64 {
	half := whole / 2
	if part < 0 {
		half = -half
	}
	// In two steps, so that no product of fen and 10,000 overflows.
	return part/whole*10_000 + (part%whole*10_000+half)/whole
}

// A tallying is a report in the making.
type tallying struct {
	*Books
	year  string
	until corpus.Date
	found map[string]*Measure
}

// sum adds records to a measure.
func (t *tallying) sum(name string, records ...Counted) {
	m := t.found[name]
	if m.Value == nil {
		m.Value = new(int64)
	}
	for _, r := range records {
		*m.Value += r.Amount
	}
	m.Records = append(m.Records, records...)
}

// not says why a measure can't be counted.
func (t *tallying) not(name string, why Words) {
	text := said(why)
	t.found[name].Why = &text
}

// counts reports whether a contract is one that reports count, whatever its day.
func counts(c *Contract) bool { return c.State == Registered || c.State == Performed }

func (t *tallying) contracts() {
	for _, name := range []string{MContracts, MValue, MTechnical} {
		t.sum(name)
	}
	for _, c := range t.Contracts {
		if !counts(&c.Is) || !within(c.Is.Signed, corpus.Date(t.year), t.until) {
			continue
		}
		t.sum(MContracts, Counted{Contracts, c.Is.ID, c.Version, 1, nil})
		t.sum(MValue, Counted{Contracts, c.Is.ID, c.Version, c.Is.ValueFen, nil})
		if c.Is.Technical != "" {
			t.sum(MTechnical, Counted{Contracts, c.Is.ID, c.Version, c.Is.TechnicalFen, nil})
		}
	}
}

// achievementOf returns the id of the achievement that each contract that counts came from through its lead.
func (t *tallying) achievementOf() map[string]string {
	of, leads := map[string]string{}, map[string]string{}
	for _, l := range t.Leads {
		leads[l.ID] = l.Achievement
	}
	for _, c := range t.Contracts {
		if id := leads[c.Is.Lead]; counts(&c.Is) && id != "" {
			of[c.Is.ID] = id
		}
	}
	return of
}

func (t *tallying) benefits() {
	t.sum(MBenefit)
	t.sum(MLarge)
	counting, achievement := map[string]bool{}, t.achievementOf()
	for _, c := range t.Contracts {
		counting[c.Is.ID] = counts(&c.Is)
	}
	come, through := map[string]int64{}, map[string][]string{}
	for _, b := range t.Benefits {
		if b.Is.State != Confirmed || b.Is.Year != t.year || !counting[b.Is.Contract] {
			continue
		}
		t.sum(MBenefit, Counted{Benefits, b.Is.ID, b.Version, b.Is.AmountFen, []string{b.Is.Contract}})
		if id := achievement[b.Is.Contract]; id != "" {
			come[id] += b.Is.AmountFen
			through[id] = append(through[id], b.Is.ID)
		}
	}
	for _, a := range t.Achievements {
		if come[a.ID] >= largeFen {
			t.sum(MLarge, Counted{corpus.Achievement.Plural(), a.ID, a.Version, 1, through[a.ID]})
		}
	}
}

// convertedBy returns the achievements in the library at the end of a day, and those of them that were converted.
func (t *tallying) convertedBy(until corpus.Date) (library, converted []Counted) {
	through := map[string][]string{}
	achievement := t.achievementOf()
	for _, c := range t.Contracts {
		if id := achievement[c.Is.ID]; id != "" && c.Is.Signed <= until {
			through[id] = append(through[id], c.Is.ID)
		}
	}
	for _, a := range t.Achievements {
		if corpus.DayOf(a.Created) > until {
			continue
		}
		one := Counted{corpus.Achievement.Plural(), a.ID, a.Version, 1, nil}
		library = append(library, one)
		if one.Through = through[a.ID]; one.Through != nil {
			converted = append(converted, one)
		}
	}
	return library, converted
}

func (t *tallying) converted() {
	library, converted := t.convertedBy(t.until)
	t.sum(MLibrary, library...)
	t.sum(MConverted, converted...)
	year, _ := strconv.Atoi(t.year) // ParseYear has read it
	before, of := t.convertedBy(corpus.Date(strconv.Itoa(year-1) + "-12-31"))
	t.sum(MLibraryOld, before...)
	t.sum(MConvOld, of...)
	if len(library) == 0 {
		none := Words{"截止日库里没有科技成果。", "There was no achievement in the library by the last day."}
		t.not(MRate, none)
		t.not(MChange, none)
		return
	}
	rate := share(int64(len(converted)), int64(len(library)))
	t.found[MRate].Value = &rate
	if len(before) == 0 {
		t.not(MChange, Words{"上年年末库里没有科技成果，没有可比的转化率。", "There was no achievement in the library at the end of the year before to compare with."})
		return
	}
	change := rate - share(int64(len(of)), int64(len(before)))
	t.found[MChange].Value = &change
}

// answers counts how needs were answered, and returns that by region and field.
func (t *tallying) answers() []AnswerRow {
	t.sum(MNeeds)
	t.sum(MAnswered)
	asked := map[string][]Asked{}
	for _, l := range t.Leads {
		asked[l.Need] = append(asked[l.Need], l)
	}
	rows, took := map[string]*AnswerRow{}, map[*AnswerRow][]int64{}
	for _, n := range t.Needs {
		if day := corpus.DayOf(n.Created); string(day[:4]) != t.year || day > t.until {
			continue
		}
		one := Counted{corpus.Need.Plural(), n.ID, n.Version, 1, nil}
		t.sum(MNeeds, one)
		lead, days := t.answer(asked[n.ID])
		if one.Through = []string{lead}; lead != "" {
			t.sum(MAnswered, one)
			one.Amount = days
			t.found[MAnswerDays].Records = append(t.found[MAnswerDays].Records, one)
		}
		for _, row := range []*AnswerRow{rowOf(rows, "region", n.Region), rowOf(rows, "field", section(n.Field))} {
			row.Needs = append(row.Needs, n.ID)
			if lead != "" {
				row.Answered = append(row.Answered, n.ID)
				took[row] = append(took[row], days)
			}
		}
	}
	needs, answered := *t.found[MNeeds].Value, *t.found[MAnswered].Value
	if needs == 0 {
		t.not(MAnswerRate, Words{"本年没有技术需求进入本平台。", "No need came in during the year."})
	} else {
		rate := share(answered, needs)
		t.found[MAnswerRate].Value = &rate
	}
	if t.found[MAnswerDays].Value = median(amounts(t.found[MAnswerDays].Records)); answered == 0 {
		t.not(MAnswerDays, Words{"本年的技术需求还没有得到答复的。", "None of the needs of the year was answered."})
	}
	out := make([]AnswerRow, 0, len(rows))
	for _, row := range rows {
		row.Rate = share(int64(len(row.Answered)), int64(len(row.Needs)))
		row.Days = median(took[row])
		out = append(out, *row)
	}
	slices.SortFunc(out, func(a, b AnswerRow) int { // what is not stated comes last
		return cmp.Or(-cmp.Compare(a.By, b.By), cmp.Compare(min(1, len(b.Code)), min(1, len(a.Code))), cmp.Compare(a.Code, b.Code))
	})
	return out
}

// answer returns the lead that was answered first until the last day, "" where none was, and after how many tenths of a
// working day from the first lead on.
func (t *tallying) answer(leads []Asked) (id string, days int64) {
	var first, answered time.Time
	for _, l := range leads {
		if first.IsZero() || l.Created.Before(first) {
			first = l.Created
		}
		if !l.Answered.IsZero() && corpus.DayOf(l.Answered) <= t.until && (id == "" || l.Answered.Before(answered)) {
			id, answered = l.ID, l.Answered
		}
	}
	if id == "" {
		return "", 0
	}
	return id, 10 * int64(workdays(first, answered))
}

// rowOf returns the row of a code, making it where there is none.
func rowOf(rows map[string]*AnswerRow, by, code string) *AnswerRow {
	key := by + " " + code
	if rows[key] == nil {
		name := corpus.RegionPath(code)
		if by == "field" {
			name = corpus.CodeName(corpus.Field, code)
		}
		if code == "" {
			name = "未填"
		}
		rows[key] = &AnswerRow{By: by, Code: code, Name: cmp.Or(name, code), Needs: []string{}, Answered: []string{}}
	}
	return rows[key]
}

// section is the 门类 of a code of GB/T 4754.
func section(code string) string {
	if up := corpus.FieldParents(code); len(up) > 0 {
		return up[len(up)-1]
	}
	return code
}

func amounts(records []Counted) []int64 {
	out := make([]int64, len(records))
	for i, r := range records {
		out[i] = r.Amount
	}
	return out
}

// median is the middle of some numbers, of an even number of them the mean of both; nil of none.
func median(numbers []int64) *int64 {
	n := len(numbers)
	if n == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(numbers))
	middle := (sorted[(n-1)/2] + sorted[n/2]) / 2
	return &middle
}
