package web

import (
	"net/http"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// compared are the rows of a comparison, each "name|need|cell|cell".
func compared(doc *html.Node) []string {
	var out []string
	for _, tr := range tags(classes(doc, "compare")[0], "tr") {
		var cells []string
		for c := range tr.ChildNodes() {
			if c.Type == html.ElementNode {
				cells = append(cells, text(c))
			}
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

func TestAchievementsSideBySide(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/compare?need=N1&a=A1&a=A3")
	got := "\n" + strings.Join(compared(doc), "\n") + "\n"
	for _, want := range []string{
		"\n指标对照||\n",
		"\n浸泡总时间 ≤ 24 h|达到 浸泡时间 ≤ 12 h|未写明\n",
		"\n亚硫酸用量 ≤ 1 kg/t|达到 亚硫酸用量降至0.6 kg/t以下|未写明\n",
		"\n持有方||蒙东淀粉工程中心|未写明\n",
		"\n阶段||中期（中试线30 t/d，连续92天）|未写明\n",
		"\n报价|预算 600万元|1,180万元|面议\n",
		"\n合作方式|技术开发|技术转让、技术许可|未写明\n",
		"\n地区|通辽市科尔沁区|通辽市科尔沁区|长春市\n",
		"\n知识产权||发明专利 ZL202319406924.3 有效|未写明\n",
		"\n得分构成||\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no row %q in %s", want, got)
		}
	}
	if strings.Contains(got, secret) {
		t.Error("a closed field is compared")
	}
	list, _ := w.get("/needs/N1")
	for _, link := range all(list, func(e *html.Node) bool { return attr(e, "href") == "/achievements/A1" }) {
		row := link.Parent.Parent
		sum := text(classes(row, "full")[0])
		at := strings.Index(sum, "合计 ")
		points, _, _ := strings.Cut(sum[at+len("合计 "):], " ")
		if !strings.Contains(got, "\n合计|"+points+"|") {
			t.Errorf("the list says %s, the comparison %s", points, got)
		}
	}
}

func TestWhatCanNotBeComparedSaysSo(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, test := range []struct {
		address string
		status  int
		says    string
		columns int
	}{
		{"/compare?need=N1&a=A1", http.StatusUnprocessableEntity, "勾选两项或三项成果", 0},
		{"/compare?need=N1&a=A1&a=A1", http.StatusUnprocessableEntity, "勾选两项或三项成果", 0},
		{"/compare?need=N1", http.StatusUnprocessableEntity, "勾选两项或三项成果", 0},
		{"/compare?need=none&a=A1&a=A2", http.StatusNotFound, "没有找到", 0},
		{"/compare?need=N1&a=A1&a=A4", http.StatusUnprocessableEntity, "已经撤下", 0},
		{"/compare?need=N1&a=A1&a=A2&a=A4", http.StatusOK, "已经撤下", 2},
		{"/compare?need=N1&a=A1&a=A2&a=A3&a=W1", http.StatusOK, "一次最多对比 3 项", 3},
		{"/compare?need=N1&a=A1&a=W1", http.StatusOK, "不在这项需求的匹配清单中", 2},
	} {
		doc, _ := w.page(test.status, http.MethodGet, test.address, nil)
		if got := text(tags(doc, "main")[0]); !strings.Contains(got, test.says) {
			t.Errorf("%s does not say %q: %s", test.address, test.says, got)
		}
		columns := 0
		for _, table := range classes(doc, "compare") {
			columns = len(tags(tags(table, "thead")[0], "th")) - 2
		}
		if columns != test.columns {
			t.Errorf("%s has %d columns", test.address, columns)
		}
	}
}

func TestRowsOfANeedCanBeTickedWithoutJavaScript(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/needs/N1")
	form := all(doc, func(e *html.Node) bool { return attr(e, "id") == "compare" })[0]
	if attr(form, "action") != "/compare" || attr(tags(form, "input")[0], "value") != "N1" {
		t.Error("the form does not ask for the comparison of this need")
	}
	ticks := all(doc, func(e *html.Node) bool { return attr(e, "type") == "checkbox" && attr(e, "form") == "compare" })
	if len(ticks) == 0 || attr(ticks[0], "value") != "A1" {
		t.Fatalf("%d rows can be ticked", len(ticks))
	}
	for _, address := range []string{"/achievements/A1"} {
		doc, _ := w.get(address)
		if n := len(classes(doc, "tick")); n > 0 {
			t.Errorf("%s: %d needs can be ticked", address, n)
		}
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/match", problem)
	if n := len(classes(doc, "tick")); n > 0 {
		t.Errorf("a problem that has no page of its own: %d rows can be ticked", n)
	}
}
