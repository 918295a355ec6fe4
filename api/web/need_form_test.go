package web

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"duijie/corpus"
)

// draft is a need of two problems with most fields filled in.
var draft = url.Values{"do": {"check"}, "title": {"玉米浸泡与蒸发器"}, "text": {"我公司年加工玉米60万吨。有两个难题：1、玉米浸泡时间太长，如何缩短；2、玉米浆蒸发器结垢，寻求防垢办法。"},
	"tried": {"试过加温"}, "budget": {"50-100万元"}, "valid_until": {"2027-06"}, "field": {"淀粉及淀粉制品制造"}, "region": {"通辽市科尔沁区"}, "stage": {"pilot"},
	"cooperation": {"development", "service"}, "org": {"科尔沁淀粉公司"}, "contact": {"郝工 13800000000"}}

func with(form url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range form {
		out[k] = slices.Clone(v)
	}
	for i := 0; i < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func byID(doc *html.Node, id string) *html.Node {
	for _, e := range all(doc, func(e *html.Node) bool { return attr(e, "id") == id }) {
		return e
	}
	return &html.Node{}
}

func TestACheckSaysWhatIsMissingBesideTheFields(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.page(http.StatusOK, http.MethodPost, "/needs/new", url.Values{"do": {"check"}, "text": {"玉米浸泡时间太长"}})
	for _, field := range []string{"indicators", "text", "tried", "budget", "valid_until", "field"} {
		gap := byID(doc, field+"-gap")
		if text(gap) == "" || !strings.Contains(attr(byID(doc, field), "aria-describedby"), field+"-gap") {
			t.Errorf("nothing beside %s says that it is missing", field)
		}
	}
	advice := text(classes(doc, "advice")[0])
	for _, want := range []string{"完整度0%", "还缺：希望达到的指标、要解决的问题、已经试过什么", "建议先请人帮着完善"} {
		if !strings.Contains(strings.ReplaceAll(advice, " ", ""), want) {
			t.Errorf("the advice %q does not say %q", advice, want)
		}
	}
	full := with(draft, "text", "我公司年加工玉米60万吨，浸泡要48 h，罐容已是瓶颈，希望缩短浸泡时间，淀粉收率不能掉。", "indicators", "浸泡时间 ≤ 24 h")
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/new", full)
	if advice := text(classes(doc, "advice")[0]); !strings.Contains(advice, "完整度 100%") || len(classes(doc, "missing")) != 0 {
		t.Errorf("a full need: %q", advice)
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/new", with(full, "lang", "en"))
	if advice := text(classes(doc, "advice")[0]); !strings.Contains(advice, "100% complete") {
		t.Errorf("in English: %q", advice)
	}
}

func TestTheFormKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, form := range []url.Values{draft, with(draft, "budget", "三年"), with(draft, "do", "match"), with(draft, "do", "", "shown", "check", "lang", "en")} {
		status := http.StatusOK
		if form.Get("budget") == "三年" {
			form.Set("budget", "3年")
			status = http.StatusUnprocessableEntity
		}
		doc, _ := w.page(status, http.MethodPost, "/needs/new", form)
		for _, name := range []string{"title", "text", "tried", "budget", "valid_until", "field", "region", "org", "contact"} {
			if got := text(byID(doc, name)); got != form.Get(name) {
				t.Errorf("%s became %q", name, got)
			}
		}
		ticked := all(doc, func(e *html.Node) bool { return has(e, "checked") || has(e, "selected") })
		if len(ticked) != 3 {
			t.Errorf("%d choices are kept, want 3", len(ticked))
		}
	}
}

func TestWhatCantBeReadIsSaidAtTheFieldAndOnTop(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	wrong := with(draft, "budget", "3年", "valid_until", "很快", "field", "不存在的行业", "region", "不存在的地方")
	for _, address := range []string{"/needs/new", "/needs/new/file"} {
		doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, address, wrong)
		links := tags(classes(doc, "error")[0], "a")
		for i, field := range []string{"budget", "valid_until", "field", "region"} {
			if i >= len(links) || attr(links[i], "href") != "#"+field {
				t.Errorf("%s: the summary does not lead to %s", address, field)
			}
			if attr(byID(doc, field), "aria-invalid") != "true" || text(byID(doc, field+"-error")) == "" {
				t.Errorf("%s: %s does not say that it is wrong", address, field)
			}
		}
	}
	long := strings.Repeat("长", maxTyped+1)
	for name, form := range map[string]url.Values{"empty": {}, "blank": {"text": {" \n"}, "do": {"check"}}, "too long": {"text": {long}, "do": {"check"}},
		"far too long": {"text": {long + long}, "do": {"check"}}} {
		doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodPost, "/needs/new", form)
		if attr(byID(doc, "text"), "aria-invalid") != "true" || len(classes(doc, "error")) != 1 {
			t.Errorf("%s: nothing says so", name)
		}
	}
}

func TestAPartAndASuggestedIndustryAreTakenOver(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.page(http.StatusOK, http.MethodPost, "/needs/new", draft)
	parts := all(doc, func(e *html.Node) bool { return strings.HasPrefix(attr(e, "value"), "part:") })
	if len(parts) != 2 {
		t.Fatalf("%d parts are offered", len(parts))
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/new", with(draft, "shown", "check", "do", attr(parts[1], "value")))
	if got := text(byID(doc, "text")); !strings.Contains(got, "防垢") || strings.Contains(got, "浸泡时间太长") || !strings.Contains(got, "60万吨") {
		t.Errorf("the second part became %q", got)
	}
	if got := text(byID(doc, "title")); got != "玉米浆蒸发器结垢" || text(byID(doc, "budget")) != draft.Get("budget") {
		t.Errorf("title %q, or the budget is lost", got)
	}
	if len(all(doc, func(e *html.Node) bool { return strings.HasPrefix(attr(e, "value"), "part:") })) != 0 {
		t.Error("one problem is split again")
	}
	wind := url.Values{"do": {"check"}, "text": {"风电机组叶片前缘结冰，需要电热膜除冰装置"}}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/new", wind)
	found := all(doc, func(e *html.Node) bool { return strings.HasPrefix(attr(e, "value"), "field:") })
	if len(found) != 1 || attr(found[0], "value") != "field:4415" {
		t.Fatalf("%d industries are suggested", len(found))
	}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/new", with(wind, "shown", "check", "do", "field:4415"))
	if got := text(byID(doc, "field")); got != "4415 风力发电" || text(byID(doc, "field-gap")) != "" {
		t.Errorf("the industry became %q", got)
	}
	for _, do := range []string{"part:9", "part:x", "field:26", "what:ever", ":"} {
		w.page(http.StatusOK, http.MethodPost, "/needs/new", with(draft, "shown", "check", "do", do))
	}
}

func TestTheFormFindsAchievementsAndTheSameNeed(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	doc, _ := w.page(http.StatusOK, http.MethodPost, "/needs/new", with(draft, "do", "match"))
	found := tags(classes(doc, "matches")[0], "a")
	for _, want := range []string{"/achievements/A1", "/achievements/A2"} {
		if !slices.ContainsFunc(found, func(a *html.Node) bool { return attr(a, "href") == want }) {
			t.Errorf("%s is not in the list", want)
		}
	}
	same := url.Values{"do": {"check"}, "title": {"缩短玉米浸泡周期并降低亚硫酸用量"}, "text": {fixtures()[4].Text}}
	doc, _ = w.page(http.StatusOK, http.MethodPost, "/needs/new", same)
	if links := tags(classes(doc, "advice")[0], "a"); !slices.ContainsFunc(links, func(a *html.Node) bool { return attr(a, "href") == "/needs/N1" }) {
		t.Error("the same need is not named")
	}
}

func TestTheDownloadedNeedIsWhatAnImportTakes(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, format := range []string{"csv", "jsonl"} {
		res := w.ask(http.MethodPost, "/needs/new/file", with(draft, "format", format))
		if d := res.Header.Get("Content-Disposition"); res.StatusCode != http.StatusOK || !strings.Contains(d, "need."+format) || res.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s: status %d, %s", format, res.StatusCode, d)
		}
		rows := 0
		for row, err := range corpus.Read(res.Body, "need."+format, corpus.ReadOptions{}) {
			rows++
			d := row.Doc
			if err != nil || row.Bad() || len(row.Warnings) > 0 {
				t.Fatalf("%s: %v %v %v", format, err, row.Problems, row.Warnings)
			}
			if d.Kind != corpus.Need || d.Title != draft.Get("title") || d.Text != draft.Get("text") || d.Contact != draft.Get("contact") || d.Org != draft.Get("org") ||
				d.Region != "150502" || !slices.Equal(d.Field, []string{"1391"}) || d.Stage != corpus.Pilot || len(d.Cooperation) != 2 || !d.Budget.Known() || d.ValidUntil != "2027-06" {
				t.Errorf("%s: %+v", format, d)
			}
		}
		if rows != 1 {
			t.Errorf("%s: %d rows", format, rows)
		}
	}
}

func TestADraftIsNeitherLoggedNorPartOfAnAddress(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, form := range []url.Values{draft, with(draft, "do", "match"), with(draft, "budget", "3年")} {
		res := w.ask(http.MethodPost, "/needs/new", form)
		if res.Header.Get("Cache-Control") != "no-store" {
			t.Error("the page may be stored")
		}
		doc, err := html.Parse(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all(doc, func(*html.Node) bool { return true }) {
			for _, name := range []string{"href", "src", "action", "formaction"} {
				if unescaped, _ := url.QueryUnescape(attr(e, name)); strings.Contains(unescaped, "60万吨") || strings.Contains(unescaped, "13800000000") {
					t.Errorf("%s %s=%q", e.Data, name, attr(e, name))
				}
			}
		}
	}
	if log := w.log.String(); strings.Contains(log, "60万吨") || strings.Contains(log, "13800000000") {
		t.Error("the draft is logged")
	}
	res := w.ask(http.MethodGet, "/needs/new?text="+url.QueryEscape("60万吨"), nil)
	if b, err := io.ReadAll(res.Body); err != nil || strings.Contains(string(b), "60万吨") {
		t.Error("a text in the address is taken")
	}
}
