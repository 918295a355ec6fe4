package matcher

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

// row makes a ranked pair of an entry that has the given words, each a rune, and a vector along one axis.
func row(number uint32, points float64, words string, axis int, team string) ranked {
	e := &indexer.Entry{Ref: indexer.Ref{Kind: corpus.Achievement, Number: number}, Team: team, Vector: make(indexer.Vector, 8)}
	for _, w := range words {
		e.Words = append(e.Words, indexer.Count{Term: string(w), Title: 1})
	}
	e.Vector[axis] = 100
	return ranked{number: number, parts: Parts{WordsPart: points}, entry: e, evidence: listedEvidence}
}

func TestArrange(t *testing.T) {
	many := func(n int, team string) []ranked {
		var out []ranked
		for i := range n {
			out = append(out, row(uint32(i+1), 100-float64(i), string(rune('a'+i)), i%8, team))
		}
		return out
	}
	mixed := many(12, "甲")
	for i := 6; i < 12; i++ {
		mixed[i].entry.Team = fmt.Sprint("乙", i)
	}
	for _, c := range []struct {
		name string
		rows []ranked
		want string // numbers; folded ones behind +
	}{
		{"nothing", nil, ""},
		{"the same words fold", []ranked{row(1, 9, "abcd", 0, ""), row(2, 8.9, "abcd", 0, ""), row(3, 8, "wxyz", 0, "")}, "1+2 3"},
		{"three of four words are not enough beside a fifth", []ranked{row(1, 9, "abcd", 0, ""), row(2, 8.9, "abce", 0, "")}, "1 2"},
		{"another meaning stays apart", []ranked{row(1, 9, "abcd", 0, ""), row(2, 8.9, "abcd", 1, "")}, "1 2"},
		{"who fits much worse says something else", []ranked{row(1, 9, "abcd", 0, ""), row(2, 7, "abcd", 0, "")}, "1 2"},
		{"a part of a text is another text", []ranked{row(1, 9, "abcdefgh", 0, ""), row(2, 8.9, "abcd", 0, "")}, "1 2"},
		{"the best of its likes stands before", []ranked{row(1, 9, "abcd", 0, ""), row(2, 8.9, "wxyz", 0, ""), row(3, 8.8, "abcd", 0, "")}, "1+3 2"},
		{"one team alone keeps its order", many(5, "甲"), "1 2 3 4 5"},
		{"without a team there is nothing to spread", many(12, ""), "1 2 3 4 5 6 7 8 9 10 11 12"},
		{"others come between", mixed, "1 2 3 7 8 9 10 11 12 4 5 6"},
	} {
		var got []string
		for _, a := range arrange(c.rows, own) {
			s := fmt.Sprint(a.number)
			for _, f := range a.folded {
				s += fmt.Sprint("+", f.number)
			}
			got = append(got, s)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %s, want %s", c.name, s, c.want)
		}
	}
}

func TestArrangeKeepsEveryRow(t *testing.T) {
	var rows []ranked
	for i := range 60 {
		rows = append(rows, row(uint32(i+1), 50-float64(i)/10, string(rune('a'+i%9))+"xyz", i%3, []string{"甲", "甲", "甲", "乙"}[i%4]))
	}
	var got []uint32
	for _, a := range arrange(rows, own) {
		got = append(got, a.number)
		for _, f := range a.folded {
			got = append(got, f.number)
		}
	}
	slices.Sort(got)
	if len(got) != 60 || got[0] != 1 || got[59] != 60 || len(slices.Compact(got)) != 60 {
		t.Errorf("rows were lost or doubled: %v", got)
	}
}

// own gives the words that an entry of a test has by itself.
func own(e *indexer.Entry) []indexer.Count { return e.Words }
