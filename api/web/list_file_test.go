package web

import (
	"bytes"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duijie/corpus"
)

// fileRows reads what a list was taken along as.
func (w *world) fileRows(method, address string, form url.Values) [][]string {
	w.t.Helper()
	res := w.ask(method, address, form)
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != "no-store" {
		w.t.Fatalf("%s: status %d, %v", address, res.StatusCode, err)
	}
	if strings.Contains(res.Header.Get("Content-Type"), "csv") {
		rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
		if err != nil {
			w.t.Fatal(err)
		}
		return rows
	}
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func TestListsAreTakenAlong(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, format := range []string{"csv", "xlsx"} {
		for _, test := range []struct {
			method, address string
			form            url.Values
			rows            int // with the header; 0: some
			first           string
		}{
			{"GET", "/search/file?kind=achievement&format=" + format, nil, 28, ""},
			{"GET", "/search/file?stage=applied&after=x&format=" + format, nil, 25, ""},
			{"GET", "/search/file?q=" + url.QueryEscape("浸泡") + "&kind=need&format=" + format, nil, 2, "技术需求|N1|缩短玉米浸泡周期并降低亚硫酸用量|科尔沁淀粉公司|通辽市科尔沁区|淀粉及淀粉制品制造|||600万元|2026-06-10|"},
			{"GET", "/needs/N1/file?format=" + format, nil, 0, "1|高度契合|"},
			{"GET", "/achievements/A1/file?format=" + format, nil, 0, "1|高度契合|"},
			{"POST", "/match/file", url.Values{"text": {fixtures()[4].Text}, "format": {format}}, 0, "1|"},
		} {
			rows := w.fileRows(test.method, test.address, test.form)
			if test.rows > 0 && len(rows) != test.rows || len(rows) < 2 {
				t.Errorf("%s has %d rows", test.address, len(rows))
				continue
			}
			if got := strings.Join(rows[1], "|"); !strings.HasPrefix(got, test.first) {
				t.Errorf("%s begins with %q", test.address, got)
			}
			for _, row := range rows {
				if strings.Contains(strings.Join(row, ""), secret) {
					t.Errorf("%s holds what is closed", test.address)
				}
			}
		}
	}
	if got := strings.Join(w.fileRows("GET", "/needs/N1/file", nil)[1], "|"); !strings.HasSuffix(got, "|/achievements/A1") || !strings.Contains(got, "|A1|玉米湿磨酶法辅助短时浸泡工艺|蒙东淀粉工程中心|") ||
		!strings.Contains(got, "|1,180万元||2026-01-15|2025-03-12||2026-11-23|") {
		t.Errorf("the first row is %q", got)
	}
	w.svc.BaseURL = "https://www.example.gov.cn/duijie"
	if got := strings.Join(w.fileRows("GET", "/needs/N1/file", nil)[1], "|"); !strings.HasSuffix(got, "|https://www.example.gov.cn/duijie/achievements/A1") {
		t.Errorf("with an address of the service: %q", got)
	}
}

func TestAListFileIsBounded(t *testing.T) {
	var docs []corpus.Doc
	for i := range maxFileRows + 10 {
		docs = append(docs, corpus.Doc{Kind: corpus.Expert, SourceID: "E" + count(i), Title: "专家"})
	}
	w := newWorld(t, Options{}, docs)
	if rows := w.fileRows("GET", "/search/file", nil); len(rows) != maxFileRows+1 {
		t.Errorf("%d rows", len(rows)-1)
	}
	doc, _ := w.get("/search")
	if got := text(classes(doc, "tools")[0]); !strings.Contains(got, "（前 1,000 条）") {
		t.Errorf("the page does not say that the file is a part: %s", got)
	}
}

func TestAListThatCanNotBeTakenAlongIsAPage(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, test := range []struct {
		method, address string
		form            url.Values
		status          int
	}{
		{"GET", "/needs/none/file", nil, http.StatusNotFound},
		{"GET", "/achievements/A4/file", nil, http.StatusNotFound},
		{"GET", "/search/file?field=nonsense", nil, http.StatusUnprocessableEntity},
		{"POST", "/match/file", url.Values{"text": {" "}}, http.StatusUnprocessableEntity},
	} {
		doc, _ := w.page(test.status, test.method, test.address, test.form)
		if len(tags(doc, "h1")) != 1 {
			t.Errorf("%s: no page", test.address)
		}
	}
}
