package matcher

import (
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
