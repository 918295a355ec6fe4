package matcher

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"

	"duijie/corpus"
)

// A Grade is what somebody thinks of a pair: 0 none, 1 weak, 2 fairly strong, 3 strong.
type Grade struct {
	Need, Achievement string
	Grade             int
}

const gradesHeader = "need_id\tachievement_id\tgrade"

func (g Grade) String() string { return fmt.Sprintf("%s\t%s\t%d", g.Need, g.Achievement, g.Grade) }

// SamePair reports whether both are of one pair.
func (g Grade) SamePair(h Grade) bool { return g.Need == h.Need && g.Achievement == h.Achievement }

func (g Grade) compare(h Grade) int {
	return cmp.Or(strings.Compare(g.Need, h.Need), strings.Compare(g.Achievement, h.Achievement))
}

// FormatGrades returns the text of a file that ReadGrades reads.
func FormatGrades(grades []Grade) string {
	var b strings.Builder
	fmt.Fprintln(&b, gradesHeader)
	for _, g := range grades {
		fmt.Fprintln(&b, g)
	}
	return b.String()
}

// ReadGrades reads a file of grades: a header, then lines of need, achievement and grade with tabs between. An error names
// the line.
func ReadGrades(path string) ([]Grade, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var out []Grade
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(b), "\ufeff")) {
		if n++; strings.TrimSpace(line) == "" {
			continue
		}
		g, err := parseGrade(line)
		if err != nil && n == 1 {
			continue // the header
		}
		if err != nil {
			return nil, &corpus.Error{Code: corpus.Invalid, Message: fmt.Sprintf("%s, line %d: %v", path, n, err),
				Fix: "write a header, then need id, achievement id and a grade from 0 to 3 with tabs between"}
		}
		out = append(out, g)
	}
	return out, nil
}

func parseGrade(line string) (Grade, error) {
	cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
	if len(cells) != 3 {
		return Grade{}, fmt.Errorf("%d columns instead of three", len(cells))
	}
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	grade, err := strconv.Atoi(cells[2])
	if err != nil || grade < 0 || grade > 3 {
		return Grade{}, fmt.Errorf("%q is not a grade from 0 to 3", cells[2])
	}
	return Grade{cells[0], cells[1], grade}, nil
}
