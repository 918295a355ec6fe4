package api

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEachSortOfEventHasItsTexts(t *testing.T) {
	for _, name := range textNames() {
		for _, e := range []EventText{{}, {Title: "高铁轴承钢", Record: "对接意向", State: "洽谈中", Link: "/leads/1"}} {
			subject, text, err := builtInTexts.write(name, e)
			if err != nil || text == "" || strings.Contains(subject, "{{") || e.Title != "" && !strings.HasPrefix(name, promiseTextName) && !strings.Contains(subject+text, e.Title) {
				t.Errorf("%s: %q, %q, %v", name, subject, text, err)
			}
		}
	}
}

func TestTextsOfTheOperator(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"lead.moved.zh.txt", "进展：{{.State}}\r\n见 {{.Link}}", "进展：洽谈中|见 /x"},
		{"lead.moved.zh.txt", "\ufeff一句话", "一句话|"},
		{"lead.moved.zh.txt", "标题\n{{.Contact}}", "lead.moved.zh.txt:2:"},
		{"lead.moved.zh.txt", "标题\n\n{{if}}", "lead.moved.zh.txt:3:"},
		{"lead.moved.zh.txt", "\n", "the subject, is empty"},
		{"lead.move.zh.txt", "标题", "there is no text of this name"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.name), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		texts, err := LoadTexts(dir)
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			subject, text, err := texts.write("lead.moved.zh", EventText{State: "洽谈中", Link: "/x"})
			if err != nil {
				t.Fatal(err)
			}
			got = subject + "|" + text
		}
		if err == nil && got != c.want || !strings.Contains(got, c.want) {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
	if texts, err := LoadTexts(filepath.Join(t.TempDir(), "none")); err != nil || texts != builtInTexts {
		t.Errorf("without a folder: %v", err)
	}
}

func TestASMSGatewayTakesWhatItsTemplateSays(t *testing.T) {
	m := SMS{ID: "7", Phone: "+8613800000000", Text: "“引号\"与&号\n”", Key: "k&y"}
	for _, c := range []struct{ body, want string }{
		{`{"to":"{{.Phone}}","text":"{{.Text}}","key":"{{.Key}}"}`, `{"to":"+8613800000000","text":"“引号\"与\u0026号\n”","key":"k\u0026y"}`},
		{`to={{.Phone}}&id={{.ID}}&key={{.Key}}`, `to=%2B8613800000000&id=7&key=k%26y`},
		{`{"to":{{.Phone}}}`, "wrong"},
		{`{{.Contact}}`, "wrong"},
		{``, "wrong"},
	} {
		g := SMSGateway{URL: "https://sms.example/send", Body: c.body}
		_, got, err := g.request(m)
		if CheckSMS(g) != nil {
			got = "wrong"
		} else if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
	for _, address := range []string{"sms.example", "https://user:key@sms.example/", "https://sms.example/?key=x", "ftp://sms.example/"} {
		if CheckSMS(SMSGateway{URL: address, Body: "x"}) == nil {
			t.Errorf("%s is taken", address)
		}
	}
}
