package api

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/corpus/sheet"
)

// readDocx is what our own reader of .docx finds in one.
func readDocx(t *testing.T, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.docx")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for block, err := range sheet.DOCX(f) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, block.Text)
		if block.Table == nil {
			continue
		}
		for row, err := range block.Table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, strings.Join(row.Cells, " | "))
		}
	}
	return strings.Join(out, "\n")
}

func TestAReportAsAWordDocument(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+w.contract(`,"number":"20260001"`), `{"state":"registered"}`).want(200)
	w.as(w.adminKey, "POST", "/v1/targets", `{"year":"2026","measure":"contract_value","goal":"100万元"}`).want(201)
	const at = "/v1/reports/year/file?year=2026&format=docx"
	got := w.as(w.adminKey, "GET", at, "").want(200)
	if got.Header.Get("Content-Type") != WordType || !strings.HasSuffix(got.Header.Get("Content-Disposition"), "report-2026.docx") {
		t.Errorf("it comes as %v", got.Header)
	}
	said := readDocx(t, []byte(got.body))
	for _, want := range []string{"2026 年科技成果转化年度报告", "技术合同成交额 | 80万元 | 100万元 | 80 % | 1", "没有冻结"} {
		if !strings.Contains(said, want) {
			t.Errorf("the report lacks %s:\n%s", want, said)
		}
	}
	if strings.Contains(said, "{{") {
		t.Errorf("a place is left:\n%s", said)
	}

	w.svc.Templates = t.TempDir()
	template := func(text string) {
		body := `<w:p><w:r><w:t>` + text + `</w:t></w:r></w:p>`
		w.must(os.WriteFile(filepath.Join(w.svc.Templates, reportTemplate), docxOf(t, body, ""), 0o600))
	}
	if there := readDocx(t, []byte(w.as(w.adminKey, "GET", at, "").want(200).body)); there != said {
		t.Error("without a template in the folder it is another report")
	}
	template("{{year}}: {{measures.contract_value.value}} of {{targets.contract_value.value}}, {{targets.contracts.value}}, {{signed}}")
	if said := readDocx(t, []byte(w.as(w.adminKey, "GET", at, "").want(200).body)); said != "2026: 80万元 of 100万元, —, —" {
		t.Errorf("the template gives %s", said)
	}
	frozen := decodeAs[market.Frozen](w.as(w.adminKey, "POST", "/v1/reports/frozen", `{"year":"2026","signed":"王某 <科长>"}`).want(201))
	if said := readDocx(t, []byte(w.as(w.adminKey, "GET", "/v1/reports/frozen/"+frozen.ID+"/file?format=docx", "").want(200).body)); said != "2026: 80万元 of 100万元, —, 王某 <科长>" {
		t.Errorf("of a frozen report the template gives %s", said)
	}
	template("{{measures.contract_value.valeu}}")
	if p := w.as(w.adminKey, "GET", at, "").problem(422); !strings.Contains(fmt.Sprint(p), "{{measures.contract_value.valeu}}") {
		t.Errorf("an unknown place gives %+v", p)
	}
	w.as(w.adminKey, "GET", "/v1/reports/year/file?year=2026&format=pdf", "").problem(422)
	w.as(w.key(market.Broker), "GET", at, "").problem(403)
}

// The list of places in docs/reports.md is that of the measures.
func TestTheDocsListThePlaces(t *testing.T) {
	b, err := os.ReadFile("../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(b), "<!-- places -->")
	list, _, _ = strings.Cut(list, "<!-- /places -->")
	var want strings.Builder
	want.WriteString("\n\n| | |\n|---|---|\n")
	for _, m := range market.Measures() {
		fmt.Fprintf(&want, "| `measures.%s`, `targets.%s` | %s |\n", m.Name, m.Name, m.Words.EN)
	}
	want.WriteString("\n")
	if *update {
		with := strings.Replace(string(b), "<!-- places -->"+list+"<!-- /places -->", "<!-- places -->"+want.String()+"<!-- /places -->", 1)
		if err := os.WriteFile("../docs/reports.md", []byte(with), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if list != want.String() {
		t.Errorf("docs/reports.md lists other measures (go test ./api -run DocsListThePlaces -update): %s\nwant %s", list, want.String())
	}
	r := market.ReportYear(&market.Books{}, "2026", "2026-12-31")
	places := yearPlaces(&r, nil, "zh")
	places["today"] = string(corpus.DayOf(day))
	said := map[string]bool{}
	for _, found := range regexp.MustCompile("`([a-z_]+|(?:measures|targets)\\.NAME\\.[a-z]+)`").FindAllStringSubmatch(string(b), -1) {
		said[found[1]] = true
	}
	for name := range places {
		parts := strings.Split(name, ".")
		if len(parts) == 3 {
			parts[1] = "NAME"
		}
		if !said[strings.Join(parts, ".")] {
			t.Errorf("docs/reports.md does not say what %s is", name)
		}
	}
	var unknown []string
	for name := range said {
		if rest, ok := strings.CutPrefix(name, "measures.NAME."); ok && places["measures.contracts."+rest] == "" {
			unknown = append(unknown, name)
		}
	}
	if slices.Sort(unknown); unknown != nil {
		t.Errorf("docs/reports.md says what %v are, which are no places", unknown)
	}
}
