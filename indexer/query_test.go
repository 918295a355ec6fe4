package indexer

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// String prints a clause in one way, whatever way it was typed.
func (c clause) String() string {
	s := c.text
	switch c.form {
	case asPhrase:
		s = `"` + s + `"`
	case asPrefix:
		s += "*"
	}
	if c.field != "" {
		s = c.field + ":" + s
	}
	if c.not {
		s = "-" + s
	}
	return s
}

func printClauses(clauses []clause) string {
	var out []string
	for _, c := range clauses {
		out = append(out, c.String())
	}
	return strings.Join(out, " ")
}

func TestParseQuery(t *testing.T) {
	for text, want := range map[string]string{
		"":           "",
		" 　\t":       "",
		"玉米 淀粉":      "玉米 淀粉",
		`"玉米 淀粉" 加工`: `"玉米 淀粉" 加工`,
		"“玉米”「淀粉」『加工』＂设备＂": `"玉米" "淀粉" "加工" "设备"`,
		"”玉米“ \"淀粉”":       `"玉米" "淀粉"`,
		`玉米"深加工"设备`:        `玉米 "深加工" 设备`,
		"玉*　米＊ a**":        "玉* 米* a*",
		"title:玉米":         `title:"玉米"`,
		"Title：玉米":         `title:"玉米"`,
		"标题：玉米 正文:淀粉 单位:大学 人员:李四":      `title:"玉米" text:"淀粉" org:"大学" people:"李四"`,
		"关键词:储能 编号:a-1 登记号:15":         `keywords:"储能" id:"a-1" registration:"15"`,
		`title:"玉米 淀粉" text:玉*`:        `title:"玉米 淀粉" text:玉*`,
		"-玉米 －淀粉 -title:玉米 -“肉 牛” -玉*": `-"玉米" -"淀粉" -title:"玉米" -"肉 牛" -玉*`,
		"id:n-*": "id:n-*",
		// What is not well formed is plain text.
		`"玉米`:               `"玉米`,
		`5" 管 "玉米" 10"`:     `5 "管" 玉米 "10"`,
		`""`:                `""`,
		`" "`:               `" "`,
		"- * ＊ -- -* ":      "- * ＊ -- -*",
		"title: 玉米":         "title: 玉米",
		"title:":            "title:",
		"title:-玉米":         "title:-玉米",
		":玉米":               ":玉米",
		"http://a.b 图:玉米":   "http://a.b 图:玉米",
		"在 -20℃ 下 COVID-19": "在 -20℃ 下 COVID-19",
		`-"玉米`:              `-"玉米`,
		"「玉米":               "「玉米",
		"a\xff\xfeb":        "ab",
	} {
		if got := printClauses(parseQuery(text)); got != want {
			t.Errorf("%q is read as %s, want %s", text, got, want)
		}
	}
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{`title:"玉米 -淀粉" a* "b`, "标题：“玉米”-「x」＊", "-", "\xff:*\"\"", `-title:-"a"`, "id:－*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range parseQuery(text) {
			if strings.TrimSpace(c.text) != c.text || c.text == "" || !utf8.ValidString(c.text) {
				t.Errorf("%q has the clause %q", text, c.text)
			}
			if c.form == asWords && (c.not || c.field != "") {
				t.Errorf("%q: plain words can't be %v", text, c)
			}
			if _, known := queryFields[c.field]; c.field != "" && !known {
				t.Errorf("%q: field %q", text, c.field)
			}
		}
	})
}
