package api

import (
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/indexer"
)

// A Filter is indexer.Filter as it comes from outside: in a query string each list may be repeated or separated by
// commas.
type Filter struct {
	Field       []string `json:"field,omitempty" query:"field,explode" doc:"GB/T 4754-2017: C, 26 or 2614; a code keeps those below it" example:"[\"26\"]"`
	Region      []string `json:"region,omitempty" query:"region,explode" doc:"GB/T 2260: 6 digits, or 2 of a province, or 4 of a prefecture; a former code means the one that took over" example:"[\"1505\"]"`
	Strategic   []string `json:"strategic,omitempty" query:"strategic,explode" doc:"strategic emerging industries of 2018: 3 or 3.4"`
	Stage       []string `json:"stage,omitempty" query:"stage,explode" doc:"lab, pilot, applied" example:"[\"pilot\"]"`
	Cooperation []string `json:"cooperation,omitempty" query:"cooperation,explode" doc:"development, transfer, license, consulting, service, equity"`
	From        string   `json:"from,omitempty" query:"from" doc:"published on this day or later: 2026, 2026-05 or 2026-05-31"`
	To          string   `json:"to,omitempty" query:"to" doc:"published on this day or earlier"`
	ValidOn     string   `json:"valid_on,omitempty" query:"valid_on" doc:"not expired on this day"`
}

// Parse checks every value; its error has code Invalid and names each wrong one.
func (f Filter) Parse() (indexer.Filter, error) {
	var errs faults
	out := indexer.Filter{
		Field:       codes(&errs, "field", f.Field, corpus.Field, "use a code of GB/T 4754-2017: C, 26 or 2614"),
		Region:      codes(&errs, "region", f.Region, corpus.Region, "use a code of GB/T 2260: 15, 1505 or 150502"),
		Strategic:   codes(&errs, "strategic", f.Strategic, corpus.Strategic, "use a code of the strategic emerging industries of 2018: 3 or 3.4"),
		Stage:       words(&errs, "stage", f.Stage, corpus.Lab, corpus.Pilot, corpus.Applied),
		Cooperation: words(&errs, "cooperation", f.Cooperation, corpus.Development, corpus.Transfer, corpus.License, corpus.Consulting, corpus.Service, corpus.Equity),
		From:        date(&errs, "from", f.From), To: lastDay(date(&errs, "to", f.To)), ValidOn: date(&errs, "valid_on", f.ValidOn),
	}
	if len(errs) > 0 {
		return indexer.Filter{}, errs
	}
	return out, nil
}

// ParseKinds reads kinds by any of their names; its error has code Invalid.
func ParseKinds(names []string) ([]corpus.Kind, error) {
	var kinds []corpus.Kind
	for _, name := range split(names) {
		k, ok := corpus.ParseKind(name)
		if !ok {
			return nil, faults{wrong("kind", name, "use achievement, need, expert or project")}
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

func split(values []string) []string {
	var out []string
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	}
	return out
}

func wrong(field, value, fix string) *corpus.Error {
	e := corpus.Errorf(corpus.Invalid, "%q is not known", value)
	e.Field, e.Fix = field, fix
	return e
}

func codes(errs *faults, field string, values []string, table corpus.CodeTable, fix string) []string {
	values = split(values)
	for i, v := range values {
		whole := v
		if table == corpus.Region {
			if len(v) == 2 || len(v) == 4 {
				whole += "0000"[len(v)-2:]
			}
			if now := corpus.CurrentRegion(whole); now != whole {
				whole, values[i] = now, now
			}
		}
		if corpus.CodeName(table, whole) == "" {
			*errs = append(*errs, wrong(field, v, fix))
		}
	}
	return values
}

func words[T ~string](errs *faults, field string, values []string, allowed ...T) []T {
	var out []T
	for _, v := range split(values) {
		if !slices.Contains(allowed, T(v)) {
			names := make([]string, len(allowed))
			for i, a := range allowed {
				names[i] = string(a)
			}
			*errs = append(*errs, wrong(field, v, "use one of "+strings.Join(names, ", ")))
		}
		out = append(out, T(v))
	}
	return out
}

func date(errs *faults, field, value string) corpus.Date {
	d := corpus.Date(value)
	if !d.Valid() {
		*errs = append(*errs, wrong(field, value, "write 2026, 2026-05 or 2026-05-31"))
	}
	return d
}

// lastDay makes the end of a month or a year of a date without a day; dates compare as strings, so day 31 always will do.
func lastDay(d corpus.Date) corpus.Date {
	if len(d) == len("2026") {
		d += "-12"
	}
	if len(d) == len("2026-05") {
		d += "-31"
	}
	return d
}
