package corpus

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files, and make those of testdata/intake that are not there")

// phraseColumns are the headers under which the phrases of testdata/phrases.txt stand, by their first word.
var phraseColumns = map[string]string{"price": "价格", "window": "有效期", "date": "完成日期", "region": "地区", "field": "行业", "stage": "所处阶段",
	"cooperation": "合作方式", "org_code": "统一社会信用代码", "contact": "联系电话"}

// TestPhrases reads phrases as they stand in postings, as a text and as cells of a posting of 2023-05-10, and compares what
// comes of them with testdata/phrases.txt.
func TestPhrases(t *testing.T) {
	const path = "testdata/phrases.txt"
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var golden strings.Builder
	texts := 0
	for line := range strings.Lines(string(file)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != 3 {
			golden.WriteString(line)
			continue
		}
		kind, phrase, want := cells[0], cells[1], cells[2]
		var got string
		if kind == "text" {
			texts++
			got = readNumbers(phrase)
		} else {
			got = readCell(t, kind, phrase)
		}
		if got != want && !*update {
			t.Errorf("%s %s\n got %s\nwant %s", kind, phrase, got, want)
		}
		fmt.Fprintf(&golden, "%s\t%s\t%s\n", kind, phrase, got)
	}
	if texts < 150 {
		t.Errorf("only %d phrases of texts", texts)
	}
	if *update {
		if err := os.WriteFile(path, []byte(golden.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// readNumbers writes each number of a text with its class, an indicator with its name and value.
func readNumbers(text string) string {
	folded := foldText(text).s
	var got []string
	for n := range Numbers(text) {
		s := string(n.Class) + ":" + strings.ReplaceAll(folded[len(foldText(text[:n.Start]).s):len(foldText(text[:n.End]).s)], " ", "")
		if n.Class == FigureNumber {
			s = "indicator:" + n.Indicator.Name + " " + n.Indicator.Quantity.String()
		}
		got = append(got, s)
	}
	return strings.Join(got, " ")
}

// readCell writes what a cell comes to: the typed value, whether the original is kept beside it, and what is warned of.
func readCell(t *testing.T, kind, cell string) string {
	t.Helper()
	name, unit, _ := strings.Cut(kind, "（")
	header := phraseColumns[name]
	if unit != "" {
		header += "（" + unit
	}
	var b bytes.Buffer
	if err := newCSV(&b).WriteAll([][]string{{"编号", "名称", "发布时间", header}, {"1", "甲", "2023-05-10", cell}}); err != nil {
		t.Fatal(err)
	}
	rows, err := read(b.String(), ReadOptions{})
	if err != nil || len(rows) != 1 || rows[0].Bad() {
		t.Fatalf("%s %s: %v, %v", kind, cell, rows, err)
	}
	d := &rows[0].Doc
	var got string
	switch name {
	case "price":
		if d.Price.Known() {
			got = fmt.Sprintf("%d to %d fen", d.Price.Min, d.Price.Max)
		} else if d.Price != nil {
			got = "unknown: " + d.Price.Text
		}
	case "window":
		got = "until " + string(d.ValidUntil)
	case "date":
		got = string(d.Until)
	case "region":
		got = d.Region + " " + RegionPath(d.Region)
	case "field":
		for _, code := range d.Field {
			got += code + " " + CodeName(Field, code) + " "
		}
	case "stage":
		got = string(d.Stage) + " " + d.StageProof
	case "cooperation":
		got = fmt.Sprint(d.Cooperation)
	case "org_code":
		got = fmt.Sprint(d.OrgCode, " ", d.LevelOf("org_code"))
	case "contact":
		got = d.Contact
	}
	got = strings.TrimSpace(got)
	if d.Extra[header] == cell {
		got += "; kept"
	}
	for _, w := range rows[0].Warnings {
		got += "; warning: " + w.Message
	}
	return got
}
