package matcher

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
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

// A JudgedSet is a folder of judged pairs: achievements.jsonl and needs.jsonl in any form that import takes, and the
// pairs in judged.txt as ReadCases takes it or, where there is none, in qrels.tsv: a header, then lines of need_id,
// achievement_id and a grade from 0 to 3, with tabs between. Of a pair that stands there twice the later grade counts.
type JudgedSet struct {
	Achievements, Needs []corpus.Doc // published, numbered from 1 in the order of their file
	Cases               []Case       // with the ids of these documents
	Skipped             []string     // rows and pairs that were left out and why, a sentence each
}

// ReadJudgedSet reads a folder. Rows that can't be taken and pairs that name them are skipped; a file that can't be read
// is an error. Any id will do: those that an import would replace are known by both forms.
func ReadJudgedSet(dir string) (*JudgedSet, error) {
	s, err := ReadPostings(dir)
	if err != nil {
		return nil, err
	}
	cases, err := readJudged(dir)
	if err != nil {
		return nil, err
	}
	if exists(filepath.Join(dir, "judged.txt")) && exists(filepath.Join(dir, "qrels.tsv")) {
		s.skip("qrels.tsv is not read, since there is a judged.txt")
	}
	achievements, needs := ids(s.Achievements), ids(s.Needs)
	lost := map[corpus.Kind]map[string]bool{corpus.Need: {}, corpus.Achievement: {}}
	known := func(k corpus.Kind, there map[string]bool, id string) (string, bool) {
		for _, id := range []string{id, corpus.MakeID(corpus.DefaultSource, corpus.CleanLine(id))} {
			if there[id] {
				return id, true
			}
		}
		if !lost[k][id] {
			lost[k][id] = true
			s.skip("pairs name the %s %q, which is not in %s", k, id, postingsFile(k))
		}
		return "", false
	}
	for _, c := range cases {
		ok := true
		if c.Text == "" {
			c.Need, ok = known(corpus.Need, needs, c.Need)
		}
		grades := map[string]int{}
		for id, grade := range c.Grades {
			if id, ok := known(corpus.Achievement, achievements, id); ok {
				grades[id] = grade
			}
		}
		if c.Grades = grades; ok && len(grades) > 0 {
			s.Cases = append(s.Cases, c)
		}
	}
	return s, nil
}

func (s *JudgedSet) skip(format string, args ...any) {
	s.Skipped = append(s.Skipped, fmt.Sprintf(format, args...))
}

func postingsFile(k corpus.Kind) string { return k.Plural() + ".jsonl" }

// ReadPostings reads the two sides of a set, without its pairs.
func ReadPostings(dir string) (*JudgedSet, error) {
	s := &JudgedSet{}
	var err error
	if s.Achievements, err = s.readDocs(filepath.Join(dir, postingsFile(corpus.Achievement)), corpus.Achievement); err != nil {
		return nil, err
	}
	s.Needs, err = s.readDocs(filepath.Join(dir, postingsFile(corpus.Need)), corpus.Need)
	return s, err
}

func (s *JudgedSet) readDocs(path string, kind corpus.Kind) ([]corpus.Doc, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var docs []corpus.Doc
	seen := map[string]bool{}
	for row, err := range corpus.Read(f, path, corpus.ReadOptions{Kind: kind}) {
		switch {
		case err != nil:
			return nil, err
		case row.Bad():
			s.skip("%s, line %d: %v", path, row.Line, row.Problems[0])
			continue
		case seen[row.Doc.ID]:
			s.skip("%s, line %d: %q stands there twice", path, row.Line, row.Doc.ID)
			continue
		}
		seen[row.Doc.ID] = true
		row.Doc.Kind, row.Doc.Number, row.Doc.Status = kind, uint32(len(docs)+1), corpus.Published
		docs = append(docs, row.Doc)
	}
	return docs, nil
}

func ids(docs []corpus.Doc) map[string]bool {
	out := make(map[string]bool, len(docs))
	for _, d := range docs {
		out[d.ID] = true
	}
	return out
}

// readJudged reads judged.txt, or qrels.tsv where there is none.
func readJudged(dir string) ([]Case, error) {
	f, err := os.Open(filepath.Join(dir, "judged.txt"))
	if err == nil {
		defer f.Close()
		return ReadCases(f)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	grades, err := ReadGrades(filepath.Join(dir, "qrels.tsv"))
	if err != nil {
		return nil, err
	}
	var cases []Case
	at := map[string]int{}
	for _, g := range grades {
		i, ok := at[g.Need]
		if !ok {
			i, at[g.Need] = len(cases), len(cases)
			cases = append(cases, Case{Need: g.Need, Grades: map[string]int{}})
		}
		cases[i].Grades[g.Achievement] = g.Grade
	}
	return cases, nil
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

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
