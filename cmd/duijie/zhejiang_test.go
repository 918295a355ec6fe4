package main

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duijie/api"
	"duijie/corpus"
	"duijie/matcher"
)

// TestRealPostings imports the postings of a real market: every row is accounted for, every need has a list through the
// API, and a pair has the same points whichever side asks, whatever else is stored, and whatever filter is set.
func TestRealPostings(t *testing.T) {
	const dir = "../../../shared/data/zhejiang"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("../shared is absent: no real postings to import")
	}
	p := newProgram(t)
	p.importRows(1932, 0, "--kind", "achievement", absolute(t, dir, "achievements.jsonl"))
	p.importRows(1184, 1, "--kind", "need", absolute(t, dir, "needs.jsonl")) // one posting is empty: no name, no text
	s := p.serve()
	s.ready()

	needs := p.ids(corpus.Need)
	if len(needs) != 1183 {
		t.Fatalf("%d needs are stored, want 1183", len(needs))
	}
	without := 0
	for _, id := range needs {
		list := s.matches("needs", id, "limit=5").Matches
		if len(list) == 0 {
			without++
		}
		for _, m := range list {
			checkCard(t, id+" "+m.ID, m)
		}
	}
	// Some of a single word, some of fields in which nothing is offered.
	if without > len(needs)/25 {
		t.Errorf("%d of %d needs find nothing at all", without, len(needs))
	}
	some := needs[:40]
	lists := map[string]matcher.Answer{}
	for _, id := range some {
		lists[id] = s.matches("needs", id, "limit=100")
	}

	t.Run("a pair has the same points from both sides", func(t *testing.T) {
		pairs := 0
		for _, need := range some {
			if len(lists[need].Matches) == 0 {
				continue
			}
			best := lists[need].Matches[0]
			for _, m := range s.matches("achievements", best.ID, "limit=100").Matches {
				if m.ID == need {
					pairs++
					samePoints(t, need+" "+best.ID, best.Points, m.Points)
				}
			}
		}
		if pairs < 20 {
			t.Errorf("only %d of 40 pairs are in the lists of both sides", pairs)
		}
	})
	t.Run("a filter changes no points", func(t *testing.T) {
		compared := 0
		for _, need := range some {
			compared += compare(t, lists[need], s.matches("needs", need, "limit=100&stage=applied"))
		}
		if compared < 40 {
			t.Errorf("only %d pairs were left by the filter", compared)
		}
	})
	t.Run("unrelated documents change no points", func(t *testing.T) {
		for _, k := range corpus.Kinds {
			p.run("import", absolute(t, "sample", k.Plural()+".jsonl"))
		}
		compared := 0
		for _, need := range some {
			compared += compare(t, lists[need], s.matches("needs", need, "limit=100"))
		}
		if compared < 40 {
			t.Errorf("only %d pairs were compared", compared)
		}
	})
}

func absolute(t *testing.T, elem ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// importRows imports a file of so many rows, some of them bad, and checks that the counts add up.
func (p *program) importRows(rows, bad int, args ...string) {
	p.t.Helper()
	code := exitDone
	if bad > 0 {
		code = exitRows
	}
	var last api.ImportEvent
	for line := range strings.Lines(p.runTo(code, append([]string{"import", "--json"}, args...)...)) {
		last = api.ImportEvent{}
		if err := json.Unmarshal([]byte(line), &last); err != nil {
			p.t.Fatal(err)
		}
	}
	s := last.Summary
	if s == nil {
		p.t.Fatalf("import %v ended without a summary", args)
	}
	if s.Read != rows || s.Bad != bad || s.Created+s.Updated+s.Unchanged != rows-bad {
		p.t.Errorf("import %v: %+v, want %d rows with %d bad", args, *s, rows, bad)
	}
	if stored := len(p.ids(corpus.Kind(args[1]))); stored != s.Created {
		p.t.Errorf("import %v created %d, but %d are stored", args, s.Created, stored)
	}
}

// ids returns the ids of all documents of a kind.
func (p *program) ids(k corpus.Kind) []string {
	p.t.Helper()
	var ids []string
	lines := bufio.NewScanner(strings.NewReader(p.run("export", "--kind", string(k), "--format", "jsonl")))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var d corpus.Doc
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			p.t.Fatal(err)
		}
		ids = append(ids, d.ID)
	}
	return ids
}

// matches returns the list of a document.
func (s *server) matches(plural, id, query string) matcher.Answer {
	s.t.Helper()
	var a matcher.Answer
	s.get("/v1/"+plural+"/"+id+"/matches?"+query, &a)
	return a
}

// compare checks that pairs in both lists have the same points, and returns how many there are.
func compare(t *testing.T, a, b matcher.Answer) (compared int) {
	t.Helper()
	points := map[string]float64{}
	for _, m := range a.Matches {
		points[m.ID] = m.Points
	}
	for _, m := range b.Matches {
		if before, ok := points[m.ID]; ok {
			compared++
			samePoints(t, m.ID, before, m.Points)
		}
	}
	return compared
}

var unknown = regexp.MustCompile(`未提供|未写明|未说明|未标明|不详|未知|待确认`)

// checkCard checks that what is not known stands on one line of a card at most, that what speaks for a pair and what
// speaks against it have their lines, and that the reasons sum to the points.
func checkCard(t *testing.T, pair string, m matcher.Match) {
	t.Helper()
	var lines []string
	if len(m.Missing) > 0 {
		lines = append(lines, "未提供："+strings.Join(m.Missing, "、"))
	}
	lines = append(lines, m.Against...)
	var sum float64
	for _, r := range m.Reasons {
		lines = append(lines, r.Text)
		sum += r.Points
		if r.Points == 0 || r.Text == "" {
			t.Errorf("pair %s has a reason without points or words: %+v", pair, r)
		}
		if r.Points < 0 && r.Kind != "indicators" && !slices.Contains(m.Against, r.Text) { // what a figure misses is said by itself
			t.Errorf("pair %s does not say what costs points: %s", pair, r.Text)
		}
	}
	samePoints(t, pair, sum, m.Points)
	said := slices.DeleteFunc(lines, func(line string) bool { return !unknown.MatchString(line) })
	if len(said) > 1 {
		t.Errorf("pair %s says more than once what is not known: %q", pair, said)
	}
}

func samePoints(t *testing.T, pair string, a, b float64) {
	t.Helper()
	if math.Abs(a-b) > 1e-9 {
		t.Errorf("pair %s has %v points and %v", pair, a, b)
	}
}
