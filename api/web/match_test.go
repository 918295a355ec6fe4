package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/api"
	"duijie/corpus"
	"duijie/matcher"
)

func TestTypedProblemIsInNoAddressAndNoLog(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.page(http.StatusOK, http.MethodPost, "/match", problem)
	if len(classes(doc, "matches")) == 0 {
		t.Fatal("nothing matches")
	}
	for _, e := range all(doc, func(*html.Node) bool { return true }) {
		for _, name := range []string{"href", "src", "action", "formaction"} {
			if unescaped, _ := url.QueryUnescape(attr(e, name)); strings.Contains(unescaped, "亚硫酸用量大") {
				t.Errorf("%s %s=%q", e.Data, name, attr(e, name))
			}
		}
	}
	form := all(doc, func(e *html.Node) bool { return attr(e, "id") == "problem" })[0]
	if attr(form, "method") != "post" {
		t.Error("the form does not post")
	}
	res := w.ask(http.MethodGet, "/match?text="+url.QueryEscape(problem.Get("text")), nil)
	if b, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK || strings.Contains(string(b), "亚硫酸用量大") || strings.Contains(string(b), `class="matches"`) {
		t.Error("a text in the address is taken")
	}
	if log := w.log.String(); strings.Contains(log, "亚硫酸用量大") || strings.Contains(log, url.QueryEscape("亚硫酸用量大")) {
		t.Error("the text is logged")
	}
	if res := w.ask(http.MethodPost, "/match", problem); res.Header.Get("Cache-Control") != "no-store" {
		t.Error("the result may be stored")
	}
}

func TestMatchWithoutJavaScript(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/")
	examples := all(doc, func(e *html.Node) bool { return has(e, "data-example") })
	if len(examples) == 0 {
		t.Fatal("no examples")
	}
	filled, _ := w.get(strings.TrimSuffix(attr(examples[0], "href"), "#text"))
	box := tags(filled, "textarea")[0]
	if text(box) != strings.Join(strings.Fields(attr(examples[0], "data-example")), " ") {
		t.Fatalf("the example's link fills the box with %q", text(box))
	}
	list, _ := w.page(http.StatusOK, http.MethodPost, "/match", url.Values{"text": {text(box)}})
	first := tags(classes(list, "matches")[0], "a")[0]
	if attr(first, "href") != "/achievements/A1" {
		t.Fatalf("the best match is %s", attr(first, "href"))
	}
	w.get(attr(first, "href"))
}

func TestBadFormsKeepWhatWasTypedAndSaySo(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	long := strings.Repeat("长", maxTyped+1)
	for name, form := range map[string]url.Values{"empty": {"text": {""}}, "blank": {"text": {" \n"}}, "none": {}, "too long": {"text": {long}}, "far too long": {"text": {long + long}}} {
		doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/match", form)
		box := tags(doc, "textarea")[0]
		if attr(box, "aria-invalid") != "true" || len(classes(doc, "field-error")) != 1 || len(classes(doc, "error")) != 1 {
			t.Errorf("%s: the error is not shown at the field and on top", name)
		}
		if name == "too long" && text(box) != long {
			t.Errorf("%s: the text is lost", name)
		}
	}
}

func TestMatchRowSaysWhyAndWhatSpeaksAgainst(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.get("/needs/N1")
	row := tags(classes(doc, "matches")[0], "li")[0]
	got := text(row)
	for _, want := range []string{"玉米湿磨酶法辅助短时浸泡工艺", "对应需求：", "报价1,180万元，高于预算600万元；", "成果提供技术转让、技术许可，需求希望技术开发",
		"持有方上次确认在2025-03-12，已超过一年", "相符：领域、地区", "不符：合作方式、价格", "蒙东淀粉工程中心", "通辽市科尔沁区", "中期（中试线30 t/d，连续92天）", "词语", "语义", "覆盖", "查看理由", "成果原文"} {
		if !strings.Contains(got, want) {
			t.Errorf("the row does not say %q", want)
		}
	}
	for _, meter := range tags(row, "meter") {
		if value := attr(meter, "value"); value <= "0" || text(meter) != "" {
			t.Errorf("a bar of %s that reads %q", value, text(meter))
		}
	}
	if len(tags(row, "meter")) < 3 || len(classes(classes(row, "parts")[0], "misfits")) != 2 || len(tags(classes(row, "sides")[0], "mark")) < 2 {
		t.Error("the row has no bars or no marked words")
	}
	if strings.Contains(got, "未提供") {
		t.Errorf("the row misses what it has: %s", got)
	}
	doc, _ = w.get("/needs/N2")
	found := false
	for _, link := range all(doc, func(e *html.Node) bool { return attr(e, "href") == "/achievements/A2" }) {
		row := link.Parent.Parent
		if got := text(row); strings.Count(got, "未提供") != 1 || !strings.Contains(got, "未提供：持有方、地区、报价、最近确认；请向成果方询问。") {
			t.Errorf("what is unknown is not one line: %s", got)
		}
		found = true
	}
	if !found {
		t.Error("A2 is not in the list")
	}
	if got := text(classes(doc, "note")[0]); !strings.Contains(got, "2026-05 到期") {
		t.Errorf("note %q", got)
	}
	if got := text(classes(doc, "missing")[0]); got != "还缺：更具体的问题描述、预期目标、量化指标、预算、已有工作基础。补充后匹配更准。" {
		t.Errorf("incomplete: %q", got)
	}
}

// shownMatch is the row of one match, as a list shows it.
func shownMatch(t *testing.T, lang string, m matcher.Match) *html.Node {
	t.Helper()
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{}
	ts, err := s.parse(lang, words)
	if err != nil {
		t.Fatal(err)
	}
	row := s.matchRow(request{httptest.NewRequest(http.MethodGet, "/", nil), ts, api.Caller{}}, corpus.Doc{Kind: corpus.Need}, corpus.Doc{Kind: corpus.Achievement, ID: "A1"}, m)
	var b strings.Builder
	if err := ts.render(&b, page{Template: "match", Data: matchPage{List: &matchList{Rows: []matchRow{row}}}}); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return classes(doc, "matches")[0]
}

// A row has a day: that of the holder's last word, or else of publication.
func TestARowSaysOfWhenItIs(t *testing.T) {
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{}
	ts, err := s.parse("zh", words)
	if err != nil {
		t.Fatal(err)
	}
	r := request{httptest.NewRequest(http.MethodGet, "/", nil), ts, api.Caller{}}
	for _, test := range []struct {
		confirmed, published corpus.Date
		want                 string
	}{{"2026-03", "2025-01-02", "最近确认 2026-03"}, {"", "2025-01-02", "发布 2025-01-02"}, {"", "", ""}} {
		got := ""
		for _, f := range s.matchRow(r, corpus.Doc{Kind: corpus.Need}, corpus.Doc{Kind: corpus.Achievement, ConfirmedOn: test.confirmed, PublishedOn: test.published}, matcher.Match{}).Facts {
			got += f.Name + " " + f.Values[0].Text
		}
		if got != test.want {
			t.Errorf("confirmed %q, published %q: %q, want %q", test.confirmed, test.published, got, test.want)
		}
	}
}

func TestEveryKindOfReasonHasAName(t *testing.T) {
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := reflect.TypeFor[matcher.Reason]().FieldByName("Kind")
	kinds := strings.Split(kind.Tag.Get("enum"), ",")
	if len(kinds) < 10 {
		t.Fatalf("reasons are of the kinds %q", kinds)
	}
	for _, k := range kinds {
		if words["part."+k] == nil {
			t.Errorf("%s has no name", k)
		}
	}
}

func TestFiguresStandSideBySide(t *testing.T) {
	row := shownMatch(t, "zh", matcher.Match{Figures: []matcher.Figure{
		{Need: "收率 ≥ 68 %", Achievement: "68.5 %", Verdict: matcher.Met},
		{Need: "硫 ≤ 1 kg/t", Achievement: "2 kg/t", Verdict: matcher.Missed},
		{Need: "能耗下降 20 %", Achievement: "能耗 3 kWh", Verdict: matcher.Unknown},
		{Need: "时间 ≤ 24 h", Verdict: matcher.Unknown}}})
	var got []string
	for _, tr := range tags(tags(classes(row, "figures")[0], "tbody")[0], "tr") {
		got = append(got, text(tr))
	}
	if want := "收率 ≥ 68 % 68.5 % 达到|硫 ≤ 1 kg/t 2 kg/t 未达到|能耗下降 20 % 能耗 3 kWh 不能直接比较|时间 ≤ 24 h 成果未写明"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
	row = shownMatch(t, "zh", matcher.Match{Missing: []string{"indicators"}, Figures: []matcher.Figure{{Need: "时间 ≤ 24 h", Verdict: matcher.Unknown}}})
	if len(classes(row, "figures")) != 0 || len(classes(row, "ask")) != 1 {
		t.Error("what is not known stands on more than one line")
	}
}

func TestNearIdenticalEntriesAreOneLine(t *testing.T) {
	row := shownMatch(t, "zh", matcher.Match{Folded: []matcher.Folded{{ID: "A7", Title: "甲"}, {ID: "A8", Title: "乙"}}})
	folded := classes(row, "folded")[0]
	if got := text(folded); got != "另有 2 项内容相近 甲 乙" {
		t.Errorf("%q", got)
	}
	if has(folded, "open") || attr(tags(folded, "a")[1], "href") != "/achievements/A8" {
		t.Error("they are open, or not linked")
	}
}

// What is not known is one line; numbers wait until they are asked for; English pages frame what stays Chinese.
func TestCardIsPlain(t *testing.T) {
	m := matcher.Match{Points: 12.34, Score: .87, Against: []string{"太贵", "太早"}, Missing: []string{"price", "indicators"},
		Reasons: []matcher.Reason{{Kind: "words", Points: 12.84, Text: "双方都提到"}, {Kind: "price", Points: -.5, Text: "太贵"}}}
	for lang, want := range map[string][]string{
		"zh": {"需要留意： 太贵；太早", "未提供：报价、需求所问的指标；请向成果方询问。", "不符：价格"},
		"en": {"Note: 太贵；太早", "Not provided: Price, the figures asked for. Ask the holder.", "Against: Price"},
	} {
		row := shownMatch(t, lang, m)
		if n := len(classes(row, "ask")); n != 1 {
			t.Errorf("%s: %d lines ask", lang, n)
		}
		said := text(row)
		for _, w := range want {
			if !strings.Contains(said, w) {
				t.Errorf("%s: no %q in %q", lang, w, said)
			}
		}
		details := classes(row, "full")[0]
		for _, number := range []string{"12.34", "12.84", "−0.50", "0.87"} {
			if strings.Count(said, number) != strings.Count(text(details), number) || !strings.Contains(said, number) {
				t.Errorf("%s: %s stands outside the opened reasons, or nowhere", lang, number)
			}
		}
		if len(tags(row, "meter")) != 1 {
			t.Errorf("%s: what speaks against has a bar", lang)
		}
	}
}

func TestAnAnswerWithoutMeaningSaysSo(t *testing.T) {
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	s := &site{svc: &api.Service{}}
	ts, err := s.parse("zh", words)
	if err != nil {
		t.Fatal(err)
	}
	r := request{httptest.NewRequest(http.MethodGet, "/", nil), ts, api.Caller{}}
	l, err := s.list(r, corpus.Doc{Kind: corpus.Need}, matcher.Answer{Degraded: "meaning"}, "")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := ts.render(&b, page{Template: "match", Data: matchPage{List: &l}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{ts.t("match.degraded"), ts.t("match.none.achievements"), ts.t("match.none.expert"), ts.t("match.none.coach")} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the list does not say %q", want)
		}
	}
}

func TestPagesSayWhereTypedTextGoes(t *testing.T) {
	words, err := readWords()
	if err != nil {
		t.Fatal(err)
	}
	for _, hosts := range [][]string{nil, {"api.example.com", "rank.example.com"}} {
		s := &site{svc: &api.Service{}}
		s.svc.Serve(&api.Generation{TypedTo: hosts})
		ts, err := s.parse("zh", words)
		if err != nil {
			t.Fatal(err)
		}
		p, err := s.matchForm(request{httptest.NewRequest(http.MethodGet, "/match", nil), ts, api.Caller{}})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := ts.render(&b, p); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(b.String(), "会发送到 api.example.com, rank.example.com 计算"); got != (hosts != nil) {
			t.Errorf("typed text goes to %v, the page says so: %v", hosts, got)
		}
	}
}
