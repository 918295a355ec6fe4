package matcher

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestReadCases(t *testing.T) {
	got, err := ReadCases(strings.NewReader("# remark\n\n甲\nneed N1\n3 A1\n0 A2\n\n乙\ntext 电机 过热\n2 A1"))
	want := []Case{
		{Title: "甲", Need: "N1", Grades: map[string]int{"A1": 3, "A2": 0}},
		{Title: "乙", Text: "电机 过热", Grades: map[string]int{"A1": 2}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v\nwant %+v", got, err, want)
	}
	for text, want := range map[string]string{
		"甲\nN1\n3 A1\n":             "line 2",
		"甲\nneed N1\n4 A1\n":        "line 3",
		"甲\nneed N1\n3\n":           "line 3",
		"甲\nneed N1\n3 A1\n2 A1\n":  "line 4",
		"甲\nneed N1\n\n乙\ntext x\n": "no judged",
		"甲\nneed N1":                "no judged",
	} {
		if _, err := ReadCases(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %q in it", text, err, want)
		}
	}
}

// writeSet makes a folder of judged pairs.
func writeSet(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadJudgedSetTakesWhatItCanAndSaysWhatNot(t *testing.T) {
	dir := writeSet(t, map[string]string{
		"achievements.jsonl": "{\"id\":\"a 1/甲#\",\"title\":\"热泵 干燥\"}\r\n{\"id\":\"a2\",\"title\":\"\"}\r\n{\"id\":3,\"title\":\"制冷\",\"text\":null}\r\n" +
			"{\"id\":\"3\",\"title\":\"又一个\"}",
		"needs.jsonl": "{\"id\":\"n~1\",\"title\":\"烘干\",\"description\":\"省电\"}\n{\"id\":\"alone\",\"title\":\"没有人评过\"}\n",
		"qrels.tsv": "\ufeffneed_id\tachievement_id\tgrade\r\nn~1\ta 1/甲#\t3\r\n\r\nn~1\ta2\t2\r\nn~1\t3\t1\r\nn~1\tgone\t1\r\n" +
			"nobody\t3\t2\r\nn~1\t3\t0",
	})
	set, err := ReadJudgedSet(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Achievements) != 2 || len(set.Needs) != 2 || len(set.Cases) != 1 {
		t.Fatalf("%d achievements, %d needs, %d cases; want 2, 2, 1", len(set.Achievements), len(set.Needs), len(set.Cases))
	}
	want := map[string]int{set.Achievements[0].ID: 3, "3": 0}
	if c := set.Cases[0]; c.Need != set.Needs[0].ID || !maps.Equal(c.Grades, want) {
		t.Errorf("got %+v, want need %s with %v", c, set.Needs[0].ID, want)
	}
	said := strings.Join(set.Skipped, "\n")
	for _, want := range []string{"line 2", "line 4", `"a2"`, `"gone"`, `"nobody"`} {
		if !strings.Contains(said, want) {
			t.Errorf("%s is not among what was skipped:\n%s", want, said)
		}
	}
	if len(set.Skipped) != 5 {
		t.Errorf("%d were skipped, want 5:\n%s", len(set.Skipped), said)
	}
}
