package corpus

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
)

// TestJSONAnswersAreRows reads what JSON APIs answer with: rows in their order, and whether they are all there are.
func TestJSONAnswersAreRows(t *testing.T) {
	const a, b = `{"id":1,"title":"一","text":"甲","org":{"name":"某大学","unit":{"name":"化工系"}}}`, `{"id":2,"title":"二","text":"乙"}`
	for _, test := range []struct{ in, want string }{
		{`[` + a + `,` + b + `]`, "1 一 true; 2 二 true; "},
		{" \n[ " + a + "]\n", "1 一 true; "},
		{`{"code":0,"message":"ok","data":{"total":2,"list":[` + a + `,` + b + `]},"time":1}`, "1 一 false; 2 二 false; "},
		{"{\n  \"items\": [\n" + a + "\n]}", "1 一 false; "},
		{a + "\n" + b, "1 一 true; 2 二 true; "},                                  // an object a line
		{`{"id":3,"title":"三","text":"丙","keywords":["data"]}`, "3 三 true; "},   // a list in a posting
		{`{"items":[` + a + `,{"id":2,"title":`, "1 一 false; JSON 在第 2 条处读不下去"}, // cut off
		{`{"data":{"list":[]}}`, "JSON 里没有条目"},
		{`[]`, "JSON 里没有条目"},
	} {
		got := ""
		for row, err := range Read(bufio.NewReader(strings.NewReader(test.in)), "x", ReadOptions{Kind: Achievement}) {
			if err != nil {
				got += err.(*Error).Message
				break
			}
			if row.Bad() {
				got += row.Problems[0].Message
				continue
			}
			got += fmt.Sprint(row.Doc.SourceID, " ", row.Doc.Title, " ", !row.newest, "; ")
		}
		if got != test.want {
			t.Errorf("%s\n gives %s\n want  %s", test.in, got, test.want)
		}
	}
}

// TestMembersOfObjectsAreMapped names a member of an object in an object by its path.
func TestMembersOfObjectsAreMapped(t *testing.T) {
	const in = `{"data":[{"no":"7","name":{"zh":"低温萃取"},"intro":"说明","by":{"org":{"full":"某大学"}},"tags":["萃取","低温"]}]}`
	m := map[string]string{"no": "id", "name.zh": "title", "intro": "text", "by.org.full": "org", "tags": "keywords"}
	for row, err := range Read(bufio.NewReader(strings.NewReader(in)), "x", ReadOptions{Kind: Achievement, Map: m}) {
		if err != nil || row.Bad() {
			t.Fatalf("%v %v", err, row.Problems)
		}
		if d := row.Doc; d.SourceID != "7" || d.Title != "低温萃取" || d.Text != "说明" || d.Org != "某大学" || strings.Join(d.Keywords, " ") != "萃取 低温" {
			t.Errorf("%+v", d)
		}
	}
}
