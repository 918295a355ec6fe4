package indexer

import (
	"slices"
	"testing"

	"duijie/corpus"
)

func TestFilterKeeps(t *testing.T) {
	full := Columns{Field: []string{"0111", "2614"}, Region: "150502", Strategic: []string{"1.2"}, Stage: corpus.Pilot,
		Cooperation: []corpus.Mode{corpus.License, corpus.Equity}, Published: "2026-05-31", ValidUntil: "2026-12"}
	for _, row := range []struct {
		what        string
		filter      Filter
		full, empty bool // whether the filter keeps full, and a document without columns
	}{
		{"no filter", Filter{}, true, true},
		{"field", Filter{Field: []string{"2614"}}, true, false},
		{"field above", Filter{Field: []string{"26"}}, true, false},
		{"field letter", Filter{Field: []string{"A"}}, true, false},
		{"field letter of another", Filter{Field: []string{"B"}}, false, false},
		{"field below", Filter{Field: []string{"26141"}}, false, false},
		{"field unknown", Filter{Field: []string{"999"}}, false, false},
		{"one of two fields", Filter{Field: []string{"B", "01"}}, true, false},
		{"county", Filter{Region: []string{"150502"}}, true, false},
		{"prefecture", Filter{Region: []string{"150500"}}, true, false},
		{"short prefecture", Filter{Region: []string{"1505"}}, true, false},
		{"province", Filter{Region: []string{"150000"}}, true, false},
		{"short province", Filter{Region: []string{"15"}}, true, false},
		{"another prefecture", Filter{Region: []string{"150600"}}, false, false},
		{"region 000000", Filter{Region: []string{"000000"}}, false, false},
		{"strategic", Filter{Strategic: []string{"1.2"}}, true, false},
		{"strategic above", Filter{Strategic: []string{"1"}}, true, false},
		{"strategic, digits alike", Filter{Strategic: []string{"1.21"}}, false, false},
		{"stage", Filter{Stage: []corpus.Stage{corpus.Lab, corpus.Pilot}}, true, false},
		{"another stage", Filter{Stage: []corpus.Stage{corpus.Lab}}, false, false},
		{"cooperation", Filter{Cooperation: []corpus.Mode{corpus.Equity}}, true, false},
		{"another cooperation", Filter{Cooperation: []corpus.Mode{corpus.Service}}, false, false},
		{"from that day", Filter{From: "2026-05-31"}, true, false},
		{"from the day after", Filter{From: "2026-06-01"}, false, false},
		{"to that day", Filter{To: "2026-05-31"}, true, false},
		{"to that month", Filter{To: "2026-05"}, true, false},
		{"to the month before", Filter{To: "2026-04"}, false, false},
		{"from and to", Filter{From: "2026", To: "2026"}, true, false},
		{"valid in its last month", Filter{ValidOn: "2026-12-15"}, true, true},
		{"not valid after", Filter{ValidOn: "2027-01-01"}, false, true},
		{"two conditions, one fails", Filter{Region: []string{"15"}, Stage: []corpus.Stage{corpus.Lab}}, false, false},
	} {
		b := newSegmentBuilder(corpus.Achievement)
		b.add(&Entry{Ref: Ref{corpus.Achievement, 1}, Columns: full})
		b.add(&Entry{Ref: Ref{corpus.Achievement, 2}})
		s := b.columns.sieve(&row.filter)
		if s.keeps(0) != row.full || s.keeps(1) != row.empty {
			t.Errorf("%s keeps the full one: %v, the empty one: %v; want %v, %v", row.what, s.keeps(0), s.keeps(1), row.full, row.empty)
		}
	}
}

func TestFacetValues(t *testing.T) {
	for _, row := range []struct {
		dim    int
		values []string
		want   []string
	}{
		{dimField, []string{"2614", "2631", "A"}, []string{"26", "A", "C"}},
		{dimRegion, []string{"150502"}, []string{"150000", "150500"}},
		{dimRegion, []string{"150000"}, []string{"150000"}},
		{dimRegion, []string{"15"}, nil},
		{dimStrategic, []string{"1.2", "1.3", "7"}, []string{"1", "7"}},
		{dimStage, []string{"lab"}, []string{"lab"}},
		{dimCooperation, []string{"license", "equity"}, []string{"equity", "license"}},
	} {
		if got := facetValues(row.dim, row.values); !slices.Equal(got, row.want) {
			t.Errorf("%v: %v, want %v", row.values, got, row.want)
		}
	}
}
