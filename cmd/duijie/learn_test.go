package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duijie/matcher"
)

// judgedByField writes a judged set in which nothing fits that is of another field, however much its words are those of
// the need.
func judgedByField(t *testing.T, dir string) {
	t.Helper()
	groups := []struct {
		field string
		words []string
	}{
		{"3841", []string{"电池", "电芯", "锂电", "蓄电", "充电", "放电"}},
		{"3451", []string{"轴承", "齿轮", "主轴", "减速器", "丝杠", "导轨"}},
		{"0112", []string{"玉米", "小麦", "大豆", "高粱", "水稻", "谷子"}},
		{"4620", []string{"污水", "废水", "中水", "污泥", "曝气", "厌氧"}},
	}
	r := rand.New(rand.NewPCG(1, 0))
	var needs, achievements, grades bytes.Buffer
	write := func(to *bytes.Buffer, id, field string, words ...string) {
		fmt.Fprintf(to, "{\"id\":%q,\"field\":[%q],\"title\":%q}\n", id, field, strings.Join(words, "、"))
	}
	grades.WriteString("need_id\tachievement_id\tgrade\n")
	for n := range 60 {
		own, other := groups[n%len(groups)], groups[(n+1+r.IntN(len(groups)-1))%len(groups)]
		a, b := r.Perm(len(own.words)), r.Perm(len(other.words))
		mine, theirs := func(i int) string { return own.words[a[i]] }, func(i int) string { return other.words[b[i]] }
		write(&needs, fmt.Sprint("N", n), own.field, mine(0), mine(1))
		for i, x := range []struct {
			grade int
			field string
			words []string
		}{
			{0, other.field, []string{mine(0), mine(1)}},
			{0, other.field, []string{mine(1), mine(0), mine(2)}},
			{3, own.field, []string{mine(0), mine(2), theirs(0)}},
			{3, own.field, []string{mine(1), mine(3), theirs(1)}},
			{0, own.field, []string{theirs(2), theirs(3)}},
			{0, own.field, []string{theirs(4), theirs(5)}},
		} {
			id := fmt.Sprintf("A%d-%d", n, i)
			write(&achievements, id, x.field, x.words...)
			fmt.Fprintf(&grades, "N%d\t%s\t%d\n", n, id, x.grade)
		}
	}
	for name, b := range map[string]*bytes.Buffer{"needs.jsonl": &needs, "achievements.jsonl": &achievements, "qrels.tsv": &grades} {
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLearnedWeightsServeUntilTheyAreReset(t *testing.T) {
	p := newProgram(t)
	judged := t.TempDir()
	judgedByField(t, judged)
	p.run("import", filepath.Join(judged, "needs.jsonl"), filepath.Join(judged, "achievements.jsonl"))
	type lesson struct {
		Ranking  string
		Accepted bool
		Feedback int
		Parts    []struct {
			Part     string
			Old, New float64
		}
	}
	learn := func(args ...string) (l lesson) {
		if err := json.Unmarshal([]byte(p.run(append([]string{"learn", "--json"}, args...)...)), &l); err != nil {
			t.Fatal(err)
		}
		return l
	}
	serving := func() string {
		var d diagnosis
		if err := json.Unmarshal([]byte(p.run("doctor", "--json")), &d); err != nil {
			t.Fatal(err)
		}
		return d.Ranking
	}
	builtIn, file := matcher.DefaultRanking().Version, filepath.Join(p.dir, "data", "ranking.json")
	l := learn("--judged", judged, "--dry-run")
	if _, err := os.Stat(file); err == nil || !l.Accepted {
		t.Errorf("a dry run: %+v, %v", l, err)
	}
	l = learn("--judged", judged)
	if field := l.Parts[matcher.FieldPart]; !l.Accepted || field.New <= field.Old {
		t.Errorf("learned %+v", l)
	}
	if got := serving(); got != l.Ranking || !strings.HasPrefix(got, "learned-") {
		t.Errorf("%s serves, %s was learned", got, l.Ranking)
	}
	if why := learn("--report"); why.Ranking != l.Ranking || len(why.Parts) != len(l.Parts) {
		t.Errorf("the report says %+v", why)
	}
	p.run("learn", "--reset")
	if got := serving(); got != builtIn {
		t.Errorf("%s serves after the reset", got)
	}
}
