package indexer

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"duijie/corpus"
)

// The dimensions that filters and facets know.
const (
	dimField = iota
	dimRegion
	dimStrategic
	dimStage
	dimCooperation
	dimPublished
	dimValidUntil
	dimMoney // where documents are ordered by it; no filter reads it
	dims
	dimKind = dims // not a column: each kind has columns of its own
)

// The facets in the order of Page.Facets.
var facets = []struct {
	dim  int
	name string
}{{dimKind, "kind"}, {dimField, "field"}, {dimRegion, "region"}, {dimStage, "stage"}, {dimCooperation, "cooperation"}, {dimStrategic, "strategic"}}

// Columns of a segment: each dimension is a dictionary of the distinct values, or sets of values, that occur, and one
// place in it a document. A filter asks each distinct value once.
type columns [dims]column

type column struct {
	sets [][]string // by place; place 0 is the empty set
	rows []uint16   // place by ordinal
}

// sets returns the values of each dimension.
func (c *Columns) sets() (out [dims][]string) {
	out[dimField] = c.Field
	out[dimRegion] = one(c.Region)
	out[dimStrategic] = c.Strategic
	out[dimStage] = one(string(c.Stage))
	for _, m := range c.Cooperation {
		out[dimCooperation] = append(out[dimCooperation], string(m))
	}
	out[dimPublished] = one(string(c.Published))
	out[dimValidUntil] = one(string(c.ValidUntil))
	if from := c.Money.From(); from > 0 {
		out[dimMoney] = one(strconv.FormatInt(from, 10))
	}
	return out
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// A sieve is a Filter made ready for the columns of one segment: for each filtered dimension the places that pass.
type sieve struct {
	columns *columns
	pass    [dims][]bool // nil where the dimension is not filtered
}

func (cs *columns) sieve(f *Filter) sieve {
	s := sieve{columns: cs}
	ask := func(dim int, filtered bool, keep func(values []string) bool) {
		if !filtered {
			return
		}
		s.pass[dim] = make([]bool, len(cs[dim].sets))
		for place, values := range cs[dim].sets {
			s.pass[dim][place] = keep(values)
		}
	}
	anyOf := func(wanted []string, in func(value, wanted string) bool) func([]string) bool {
		return func(values []string) bool {
			return slices.ContainsFunc(values, func(v string) bool {
				return slices.ContainsFunc(wanted, func(w string) bool { return in(v, w) })
			})
		}
	}
	ask(dimField, len(f.Field) > 0, anyOf(f.Field, FieldIn))
	ask(dimRegion, len(f.Region) > 0, anyOf(f.Region, RegionIn))
	ask(dimStrategic, len(f.Strategic) > 0, anyOf(f.Strategic, strategicIn))
	ask(dimStage, len(f.Stage) > 0, func(v []string) bool {
		return len(v) > 0 && slices.Contains(f.Stage, corpus.Stage(v[0]))
	})
	ask(dimCooperation, len(f.Cooperation) > 0, func(v []string) bool {
		return slices.ContainsFunc(v, func(m string) bool { return slices.Contains(f.Cooperation, corpus.Mode(m)) })
	})
	ask(dimPublished, f.From != "" || f.To != "", func(v []string) bool {
		return len(v) > 0 && compareDates(v[0], string(f.From)) >= 0 && compareDates(v[0], string(f.To)) <= 0
	})
	ask(dimValidUntil, f.ValidOn != "", func(v []string) bool {
		return len(v) == 0 || compareDates(v[0], string(f.ValidOn)) >= 0
	})
	return s
}

// keeps reports whether the document passes every dimension.
func (s *sieve) keeps(ordinal int) bool {
	for dim, pass := range &s.pass {
		if pass != nil && !pass[s.columns[dim].rows[ordinal]] {
			return false
		}
	}
	return true
}

// misses returns how many dimensions the document fails, and one of them.
func (s *sieve) misses(ordinal int) (count, dim int) {
	for d, pass := range &s.pass {
		if pass != nil && !pass[s.columns[d].rows[ordinal]] {
			count, dim = count+1, d
		}
	}
	return count, dim
}

// FieldIn reports whether a GB/T 4754 code is the wanted one or below it: 2614 is in 26, 261 and C.
func FieldIn(code, wanted string) bool {
	return code == wanted || slices.Contains(corpus.FieldParents(code), wanted)
}

// RegionIn reports whether a GB/T 2260 code is the wanted one or below it: 150502 is in 150500, 1505, 150000 and 15.
func RegionIn(code, wanted string) bool {
	if len(wanted) == 6 {
		wanted = strings.TrimSuffix(strings.TrimSuffix(wanted, "00"), "00")
	}
	return wanted != "" && strings.HasPrefix(code, wanted)
}

// strategicIn reports whether a code of the strategic industries is the wanted one or below it: 1.2 is in 1.
func strategicIn(code, wanted string) bool {
	return code == wanted || strings.HasPrefix(code, wanted+".")
}

// compareDates compares two dates at the precision of the less precise one, so that 2026-05-31 lies in 2026-05; with
// an empty one they are equal.
func compareDates(a, b string) int {
	n := min(len(a), len(b))
	return strings.Compare(a[:n], b[:n])
}

// A tally counts the values of the facets over the documents of all kinds.
type tally [dims + 1]map[string]int

// facetValues returns the values under which a set of codes is counted, each once.
func facetValues(dim int, values []string) []string {
	var out []string
	for _, v := range values {
		switch dim {
		case dimField:
			for _, code := range append(corpus.FieldParents(v), v) {
				if len(code) <= 2 { // 门类 and 大类
					out = append(out, code)
				}
			}
		case dimRegion:
			if len(v) == 6 {
				out = append(out, v[:2]+"0000")
				if v[2:4] != "00" {
					out = append(out, v[:4]+"00")
				}
			}
		case dimStrategic:
			first, _, _ := strings.Cut(v, ".")
			out = append(out, first)
		default:
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (t *tally) add(dim int, value string, n int) {
	if t[dim] == nil {
		t[dim] = map[string]int{}
	}
	t[dim][value] += n
}

// list returns the facets, the most frequent values first.
func (t *tally) list() []Facet {
	out := make([]Facet, 0, len(facets))
	for _, facet := range facets {
		f := Facet{Name: facet.name, Values: make([]FacetValue, 0, len(t[facet.dim]))}
		for v, n := range t[facet.dim] {
			f.Values = append(f.Values, FacetValue{v, n})
		}
		slices.SortFunc(f.Values, func(a, b FacetValue) int {
			return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value))
		})
		out = append(out, f)
	}
	return out
}

// A census counts the documents of one segment by the places of the columns that are facets.
type census [dims][]int

func (cs *columns) census() *census {
	var c census
	for _, f := range facets {
		if f.dim != dimKind {
			c[f.dim] = make([]int, len(cs[f.dim].sets))
		}
	}
	return &c
}

// count counts a document in one dimension, if that is a facet.
func (c *census) count(cs *columns, dim, ordinal int) {
	if c[dim] != nil {
		c[dim][cs[dim].rows[ordinal]]++
	}
}

// addTo adds the counts to t.
func (c *census) addTo(t *tally, cs *columns) {
	for dim, counts := range c {
		for place, n := range counts {
			if n > 0 {
				for _, v := range facetValues(dim, cs[dim].sets[place]) {
					t.add(dim, v, n)
				}
			}
		}
	}
}
