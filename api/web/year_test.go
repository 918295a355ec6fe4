package web

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duijie/corpus/market"
)

func TestPagesOfReports(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	in := w.signIn()
	at := w.add(in, "contracts", url.Values{"title": {"玉米湿磨酶法短时浸泡工艺开发"}, "number": {"20260001"}, "kind": {"development"}, "seller": {"蒙东淀粉工程中心"}, "buyer": {"科尔沁淀粉公司"}, "value": {"600万元"}, "signed": {"2026-11-23"}})
	w.page(http.StatusSeeOther, http.MethodPost, at, url.Values{"do": {"registered"}, "version": {"1"}}, in)
	w.add(in, "targets", url.Values{"year": {"2026"}, "measure": {"contract_value"}, "goal": {"800万元"}})
	doc, source := w.get("/reports/year?year=2026&measure=contract_value", in)
	if said := text(doc); !strings.Contains(said, "75 %") || !strings.Contains(said, "600万元") || !strings.Contains(source, `href="`+at+`"`) || !strings.Contains(source, "<svg") {
		t.Errorf("the year: %s", said)
	}
	doc, _ = w.page(http.StatusUnprocessableEntity, http.MethodGet, "/reports/year?year=x", nil, in)
	if !strings.Contains(text(doc), "四位数字") {
		t.Errorf("a wrong year: %s", text(doc))
	}
	doc, source = w.page(http.StatusUnprocessableEntity, http.MethodPost, "/reports/frozen", url.Values{"year": {"2026"}, "until": {"2026-12-31"}, "signed": {"王科长"}}, in)
	if !strings.Contains(text(doc), "不能晚于今天") || !strings.Contains(source, `value="王科长"`) {
		t.Errorf("a report of what is to come: %s", text(doc))
	}
	frozen := w.ask(http.MethodPost, "/reports/frozen", url.Values{"year": {"2026"}, "signed": {"王科长"}}, in).Header.Get("Location")
	if doc, _ := w.get(frozen, in); !strings.Contains(text(doc), "王科长") || !strings.Contains(text(doc), "没有变化") {
		t.Errorf("a frozen report: %s", text(doc))
	}
	for _, file := range []string{"/reports/year/file?year=2026", frozen + "/file"} {
		if res := w.ask(http.MethodGet, file, nil, in); res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Type"), "spreadsheetml") {
			t.Errorf("%s answers %d %s", file, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
	for _, file := range []string{"/reports/year/file?year=2026&format=docx", frozen + "/file?format=docx"} {
		if res := w.ask(http.MethodGet, file, nil, in); res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Type"), "wordprocessingml") {
			t.Errorf("%s answers %d %s", file, res.StatusCode, res.Header.Get("Content-Type"))
		}
	}
	w.svc.Templates = t.TempDir()
	if err := os.WriteFile(filepath.Join(w.svc.Templates, "report.docx"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if doc, _ := w.page(http.StatusUnprocessableEntity, http.MethodGet, "/reports/year/file?year=2026&format=docx", nil, in); !strings.Contains(text(doc), "报告模板用不了") {
		t.Errorf("a broken template: %s", text(doc))
	}
	if _, source := w.get("/reports/year?year=2026", in); !strings.Contains(source, "answer=region.150502.needs#records") {
		t.Errorf("answers lead to nothing: %s", source)
	}
	if doc, _ := w.get("/reports/year?year=2026&answer=region.150502.needs", in); !strings.Contains(text(doc), "科尔沁区 需求") || !strings.Contains(text(doc), "N1") {
		t.Errorf("the needs of a row: %s", text(doc))
	}
	lead := w.add(in, "leads", url.Values{"need": {"N1"}, "achievement": {"A1"}})
	if doc, _ := w.get("/contracts/unlinked", in); !strings.Contains(text(doc), "玉米湿磨酶法短时浸泡工艺开发") {
		t.Errorf("the unlinked: %s", text(doc))
	}
	if _, source := w.get(at, in); !strings.Contains(source, `href="`+at+`/lead"`) {
		t.Error("the contract's page leads to no leads")
	}
	doc, source = w.get(at+"/lead", in)
	if !strings.Contains(source, `value="`+strings.TrimPrefix(lead, "/leads/")+`"`) || !strings.Contains(text(doc), "卖方就是成果的持有单位") {
		t.Errorf("proposals: %s", text(doc))
	}
	w.page(http.StatusUnprocessableEntity, http.MethodPost, at+"/lead", url.Values{}, in)
	w.page(http.StatusSeeOther, http.MethodPost, at+"/lead", url.Values{"lead": {strings.TrimPrefix(lead, "/leads/")}}, in)
	if doc, _ := w.get(lead, in); !strings.Contains(text(doc), "已签合同") {
		t.Errorf("the lead: %s", text(doc))
	}
	w.add(in, "rewards", url.Values{"contract": {strings.TrimPrefix(at, "/contracts/")}, "shares": {"某中心 100%"}, "papers": {"档案 7"}})
	if doc, _ := w.get("/reports/rewards?year=2026", in); !strings.Contains(text(doc), "某中心") || !strings.Contains(text(doc), "档案 7") || !strings.Contains(text(doc), "没有设置奖励办法") {
		t.Errorf("rewards: %s", text(doc))
	}
	if doc, _ := w.get(frozen, in); !strings.Contains(text(doc), "内容有修改") {
		t.Errorf("corrections: %s", text(doc))
	}
	secret, _ := w.key(market.Firm)
	for _, path := range []string{"/reports/year", "/reports/frozen", frozen, "/reports/rewards", "/reports/year/file", frozen + "/file", at + "/lead"} {
		if res := w.ask(http.MethodGet, path, nil, w.signInWith(secret)); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s answers a firm %d", path, res.StatusCode)
		}
		if res := w.ask(http.MethodGet, path, nil); res.StatusCode != http.StatusSeeOther {
			t.Errorf("%s answers nobody %d", path, res.StatusCode)
		}
	}
}
