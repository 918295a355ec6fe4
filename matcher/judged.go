package matcher

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"duijie/corpus"
)

// A Case is one judged question: what is asked, and how well some achievements answer it.
type Case struct {
	Title  string
	Need   string         // id of a need; or
	Text   string         // a typed problem
	Grades map[string]int // achievement id to 0 none, 1 weak, 2 fairly strong, 3 strong
}

// ReadCases reads judged cases in the form that anyone can write:
//
//	a title
//	need N012           (or: text 自由描述的难题)
//	3 A015
//	0 A020
//
// with an empty line between cases; lines that begin with # are remarks. An error names the line.
func ReadCases(r io.Reader) ([]Case, error) {
	var cases []Case
	var c *Case
	bad := func(line int, format string, args ...any) error {
		e := corpus.Errorf(corpus.Invalid, "line %d: "+format, append([]any{line}, args...)...)
		e.Fix = "write a title, then \"need ID\" or \"text ...\", then lines \"GRADE ID\", then an empty line"
		return e
	}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			if c != nil && len(c.Grades) == 0 {
				return nil, bad(n, "the case %q has no judged achievement", c.Title)
			}
			c = nil
		case c == nil:
			cases = append(cases, Case{Title: line, Grades: map[string]int{}})
			c = &cases[len(cases)-1]
		case c.Need == "" && c.Text == "":
			switch word {
			case "need":
				c.Need = strings.TrimSpace(rest)
			case "text":
				c.Text = strings.TrimSpace(rest)
			}
			if c.Need == "" && c.Text == "" {
				return nil, bad(n, "%q asks nothing", line)
			}
		default:
			grade, err := strconv.Atoi(word)
			id := strings.TrimSpace(rest)
			if err != nil || grade < 0 || grade > 3 || id == "" {
				return nil, bad(n, "%q is not a grade and an id", line)
			}
			if _, twice := c.Grades[id]; twice {
				return nil, bad(n, "%s is judged twice", id)
			}
			c.Grades[id] = grade
		}
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("read judged cases: %w", err)
	}
	if c != nil && len(c.Grades) == 0 {
		return nil, bad(0, "the last case, %q, has no judged achievement", c.Title)
	}
	return cases, nil
}
