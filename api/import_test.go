package api

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

func events(t *testing.T, r io.Reader) []ImportEvent {
	t.Helper()
	var out []ImportEvent
	for lines := bufio.NewScanner(r); lines.Scan(); {
		var e ImportEvent
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		out = append(out, e)
	}
	return out
}

func TestAnImportTakesGoodRowsAndReportsBadOnes(t *testing.T) {
	w := newWorld(t, nil)
	file := "编号,成果名称,成果简介,发布时间,内部列\r\n1,蒙药炮制工艺,减毒增效,2026-05-01,甲\r\n2,,没有名称,2026-05-01,乙\r\n3,风机叶片除冰,电热膜,2026-06-01,丙\r\n"
	query := "/v1/import?kind=achievement&source=kj&name=" + url.QueryEscape("成果.csv")
	dry := events(t, strings.NewReader(w.as(w.adminKey, "POST", query+"&dry_run=true", file).want(200).body))
	if last := dry[len(dry)-1]; last.Summary == nil || last.Summary.Created != 2 || last.Summary.Bad != 1 || slices.ContainsFunc(dry, func(e ImportEvent) bool { return e.Committed != nil }) {
		t.Errorf("a dry run says %+v", dry)
	}
	w.as("", "GET", "/v1/achievements/kj~1", "").problem(404)
	if said := w.as(w.adminKey, "POST", query+"&dry_run=true", file, "Accept-Language", "en-GB,en").want(200).body; !strings.Contains(said, `"detail":"the title is empty","fix":"give it a title"`) {
		t.Errorf("in English: %s", said)
	}

	got := events(t, strings.NewReader(w.as(w.adminKey, "POST", query, file).want(200).body))
	var kinds []string
	for _, e := range got {
		switch {
		case e.Committed != nil:
			kinds = append(kinds, fmt.Sprint("committed ", *e.Committed))
		case e.Problem != nil:
			kinds = append(kinds, fmt.Sprint("problem in line ", e.Problem.Line))
			if p := e.Problem; p.File != "成果.csv" || len(p.Faults) == 0 || p.Faults[0].Fix == "" || len(p.Header) != 5 || len(p.Cells) != 5 {
				t.Errorf("the bad row is told as %+v", p)
			}
		case e.Summary != nil:
			kinds = append(kinds, fmt.Sprintf("%+v", *e.Summary))
		}
	}
	want := []string{"problem in line 3", "committed 2", "{Read:3 Created:2 Updated:0 Unchanged:0 Bad:1 Repeated:0 SameText:0 Warnings:0 Gone:0 Values:map[published:{Typed:3 Unknown:0 NotUnderstood:0}] Extra:[内部列]}"}
	if !slices.Equal(kinds, want) {
		t.Errorf("events\n%q, want\n%q", kinds, want)
	}
	if d := decodeAs[corpus.Doc](w.as(w.adminKey, "GET", "/v1/achievements/kj~1", "").want(200)); d.Title != "蒙药炮制工艺" || d.Extra["内部列"] != "甲" {
		t.Errorf("imported %+v", d)
	}
	if a := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?q="+url.QueryEscape("叶片除冰"), "").want(200)); a.Total != 1 {
		t.Errorf("right after the import %d documents are found", a.Total)
	}
	again := events(t, strings.NewReader(w.as(w.adminKey, "POST", query, file).want(200).body))
	if last := again[len(again)-1]; last.Summary == nil || last.Summary.Unchanged != 2 || last.Summary.Created+last.Summary.Updated != 0 {
		t.Errorf("the same file again: %+v", last.Summary)
	}
}

func TestAColumnIsReadAsTheCallerSays(t *testing.T) {
	w := newWorld(t, nil)
	w.as(w.adminKey, "POST", "/v1/import?kind=need&map="+url.QueryEscape("甲=乙=title")+"&map=no=source_id", "no,甲=乙\n7,难题\n").want(200)
	if d := decodeAs[corpus.Doc](w.as("", "GET", "/v1/needs/7", "").want(200)); d.Title != "难题" {
		t.Errorf("imported %+v", d)
	}
}

func TestAWrongImportSaysHowToMendIt(t *testing.T) {
	w := newWorld(t, nil)
	for _, query := range []string{"kind=firm", "format=doc", "encoding=latin1", "map=x", "dry_run=perhaps", "kinds=need"} {
		w.as(w.adminKey, "POST", "/v1/import?"+query, "x").problem(422)
	}
	got := events(t, strings.NewReader(w.as(w.adminKey, "POST", "/v1/import?kind=need", "<html>").want(200).body))
	if last := got[len(got)-1]; last.Summary == nil || last.Error == nil || last.Error.Status != 422 || last.Error.Fix == "" {
		t.Errorf("a web page is answered with %+v", last)
	}
	tooLong := func(yield func(corpus.Row, error) bool) {
		yield(corpus.Row{}, &corpus.Error{Code: corpus.Invalid, Message: "文件读不出来", Err: &http.MaxBytesError{Limit: 1}})
	}
	if e := w.svc.load(t.Context(), Caller{Admin: true}, iter.Seq2[corpus.Row, error](tooLong), corpus.ImportOptions{}); e.Error == nil || e.Error.Status != 413 || e.Error.Fix == "" {
		t.Errorf("a file over the limit is answered with %+v", e.Error)
	}
}

// Over a real connection: the first rows are acknowledged before the last ones are sent.
func TestAnImportAnswersWhileItReads(t *testing.T) {
	w := newWorld(t, nil)
	server := httptest.NewServer(w.admin)
	defer server.Close()
	body, rows := io.Pipe()
	send := func(from, to int) {
		for i := from; i < to; i++ {
			fmt.Fprintf(rows, `{"id":"r%d","title":"第%d号叶片","text":%q}`+"\n", i, i, strings.Repeat("长", 300))
		}
	}
	first := make(chan struct{})
	go func() {
		send(0, 900)
		<-first
		send(900, 1000)
		rows.Close()
	}()
	res, err := http.Post(server.URL+"/v1/import?kind=achievement&name=x.jsonl", "", body)
	w.must(err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), `{"table":`) || !lines.Scan() || lines.Text() != `{"committed":500}` {
		t.Fatalf("the first lines end with %q", lines.Text())
	}
	if d := w.as("", "GET", "/v1/achievements/r499", ""); d.StatusCode != 200 {
		t.Errorf("row 499 was acknowledged and is not there: %s", d.body)
	}
	running, _, err := w.svc.Imports(t.Context(), Caller{Name: "test", Admin: true}, 1, "")
	w.must(err)
	for _, path := range []string{"/v1/imports", "/v1/imports/" + running[0].ID} {
		if r := w.as(w.adminKey, "GET", path, "").want(200); !strings.Contains(r.body, `"state":"running"`) || strings.Contains(r.body, "undo_until") {
			t.Errorf("%s while the import runs: %s", path, r.body)
		}
	}
	close(first)
	last := ""
	for lines.Scan() {
		last = lines.Text()
	}
	if !strings.HasPrefix(last, `{"summary":{"read":1000,"created":1000,`) {
		t.Errorf("the last line is %q", last)
	}
}

func TestWhatIsExportedImportsUnchanged(t *testing.T) {
	from := newWorld(t, nil, testDocs()...)
	for _, format := range []string{"csv", "jsonl", "xlsx"} {
		file := send(t, from.admin, "GET", "/v1/export?format="+format, "").want(200)
		if want := fmt.Sprintf("attachment; filename=documents-2026-11-23.%s", format); file.Header.Get("Content-Disposition") != want {
			t.Errorf("Content-Disposition %q, want %q", file.Header.Get("Content-Disposition"), want)
		}
		to := newWorld(t, nil)
		got := events(t, strings.NewReader(send(t, to.admin, "POST", "/v1/import", file.body).want(200).body))
		if sum := got[len(got)-1].Summary; sum.Created != len(testDocs()) || sum.Bad != 0 {
			t.Errorf("%s: %+v", format, sum)
		}
		for _, k := range corpus.Kinds {
			path := "/v1/export?format=jsonl&kind=" + string(k)
			if a, b := send(t, from.admin, "GET", path, "").want(200), send(t, to.admin, "GET", path, "").want(200); a.body != b.body || a.body == "" {
				t.Errorf("%s changes %s:\n%s\n%s", format, k, a.body, b.body)
			}
		}
	}
	from.as("", "GET", "/v1/export?format=doc", "").problem(422)
	from.as("", "GET", "/v1/export?kind=firm", "").problem(422)
	if r := from.as("", "GET", "/v1/export?kind=needs", "").want(200); r.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(r.body, "淀粉") {
		t.Errorf("%s: %s", r.Header.Get("Content-Type"), r.body)
	}
}

func TestAnImportIsLookedAtAndUndone(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	before := w.as(w.adminKey, "GET", "/v1/export?kind=need&format=jsonl", "").want(200).body
	file := "编号,名称\nn1,改了的需求\nx1,新的需求\nx2,有人联系的需求\n"
	first := events(t, strings.NewReader(w.as(w.adminKey, "POST", "/v1/import?kind=need&name=a.csv", file).want(200).body))[0]
	if first.Table == nil || first.Table.File != "a.csv" || len(first.Table.Columns) != 2 || first.Table.Columns[1].Field != "title" || first.Table.Import == "" {
		t.Fatalf("the first line is %+v", first)
	}
	path := "/v1/imports/" + first.Table.Import
	r := decodeAs[corpus.ImportRecord](w.as(w.adminKey, "GET", path, "").want(200))
	if r.State != corpus.ImportDone || r.File != "a.csv" || r.Kind != corpus.Need || r.Created != 2 || r.Updated != 1 || !strings.HasPrefix(r.By, "key:") {
		t.Errorf("%+v", r)
	}
	w.as(w.adminKey, "POST", "/v1/leads", `{"need":"x2","achievement":"a1"}`).want(201)
	undo := func(query string) (kept []corpus.Kept, last UndoEvent) {
		for line := range strings.Lines(w.as(w.adminKey, "POST", path+"/undo"+query, "").want(200).body) {
			last = UndoEvent{}
			w.must(json.Unmarshal([]byte(line), &last))
			if last.Kept != nil {
				kept = append(kept, *last.Kept)
			}
		}
		return kept, last
	}
	for _, query := range []string{"?dry_run=true", "", ""} { // the second time it finds nothing more, and says the same
		kept, last := undo(query)
		if len(kept) != 1 || kept[0].ID != "x2" || kept[0].Reason != corpus.KeptLead || last.Import == nil || last.Import.Undo.Restored != 1 || last.Import.Undo.Deleted != 1 || last.Import.Undo.Kept != 1 {
			t.Errorf("%s: kept %+v, %+v", query, kept, last.Import)
		}
	}
	w.as("", "GET", "/v1/needs/x1", "").problem(404)
	w.as(w.adminKey, "DELETE", "/v1/needs/x2", "").want(204)
	stamps := regexp.MustCompile(`"version":\d+,`)
	if after := w.as(w.adminKey, "GET", "/v1/export?kind=need&format=jsonl", "").want(200).body; stamps.ReplaceAllString(after, "") != stamps.ReplaceAllString(before, "") {
		t.Errorf("needs were\n%s and are\n%s", before, after)
	}
	if a := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?q="+url.QueryEscape("改了的需求"), "").want(200)); slices.ContainsFunc(a.Results, func(r SearchResult) bool { return strings.HasPrefix(r.Title, "改了") }) {
		t.Errorf("what was undone is found: %+v", a.Results)
	}
	w.as(w.adminKey, "GET", "/v1/imports/none", "").problem(404)
	w.as(w.adminKey, "POST", "/v1/imports/none/undo", "").problem(404)
	w.as(w.readKey, "GET", path, "").problem(403)
}

func TestALeadThatComesDuringAnUndoIsSeen(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	x := &leadIndex{store: w.svc.Store}
	for _, step := range []struct {
		method, path, body string
		want               int // documents with leads
	}{
		{"PATCH", "/v1/needs/n1", `{"goal":"一"}`, 0},
		{"PATCH", "/v1/needs/n1", `{"goal":"二"}`, 0},
		{"POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`, 2},
		{"PATCH", "/v1/needs/n1", `{"goal":"三"}`, 2},
		{"POST", "/v1/leads", `{"need":"n1","achievement":"a2"}`, 3},
	} {
		if r := w.as(w.adminKey, step.method, step.path, step.body); r.StatusCode >= 300 {
			t.Fatal(r.body)
		}
		of, err := x.read()
		w.must(err)
		if len(of) != step.want {
			t.Errorf("after %s %s: %v", step.method, step.path, of)
		}
	}
}

func TestAWalkOverImportsDeliversEachOnce(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 5 {
		w.as(w.adminKey, "POST", "/v1/import?kind=need", fmt.Sprintf("编号,名称\n%d,需求\n", i)).want(200)
	}
	seen := map[string]bool{}
	for next, pages := "", 0; pages == 0 || next != ""; pages++ {
		page := decodeAs[struct {
			Imports []corpus.ImportRecord
			Next    string
		}](w.as(w.adminKey, "GET", "/v1/imports?limit=2&after="+next, "").want(200))
		for _, r := range page.Imports {
			seen[r.ID] = true
		}
		if next = page.Next; pages > 5 || len(page.Imports) > 2 {
			t.Fatalf("page %d: %+v", pages, page)
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d imports", len(seen))
	}
}

func TestAMapIsSavedUsedAndForgotten(t *testing.T) {
	w := newWorld(t, nil)
	load := func(query, file string) []ImportEvent {
		return events(t, strings.NewReader(w.as(w.adminKey, "POST", "/v1/import?kind=need&"+query, file).want(200).body))
	}
	file := "编号,名称,甲,乙\n1,需求,通辽市,无\n"
	maps := func() []market.Map {
		return decodeAs[struct{ Maps []market.Map }](w.as(w.adminKey, "GET", "/v1/maps", "").want(200)).Maps
	}
	load("dry_run=true&save_map=kj&map=甲=region", file)
	load("save_map=kj&map=丙=region", file) // there is no such column
	if all := maps(); len(all) != 0 {
		t.Errorf("saved %+v", all)
	}
	load("save_map=kj&map=甲=region&map=乙=", file)
	load("save_map=both&use_map=kj&map=乙=org", file)
	all := maps()
	if len(all) != 2 || all[1].Name != "kj" || all[1].Columns["甲"] != "region" || all[1].Columns["乙"] != "-" || all[0].Columns["甲"] != "region" || all[0].Columns["乙"] != "org" {
		t.Errorf("saved %+v", all)
	}
	if e := load("source=kj", file)[0]; e.Table == nil || e.Table.Map != "kj" || e.Table.Columns[2].Field != "region" || e.Table.Columns[3].Field != "-" {
		t.Errorf("%+v", e.Table)
	}
	if d := decodeAs[corpus.Doc](w.as(w.adminKey, "GET", "/v1/needs/kj~1", "").want(200)); d.Region != "150500" || len(d.Extra) != 0 {
		t.Errorf("%+v", d)
	}
	for _, query := range []string{"use_map=none", "save_map=x", "save_map=x/y&map=甲=region", "save_map=x&map=甲=nothing"} {
		w.as(w.adminKey, "POST", "/v1/import?"+query, file).problem(422)
	}
	w.as(w.adminKey, "DELETE", "/v1/maps/kj", "").want(204)
	w.as(w.adminKey, "DELETE", "/v1/maps/kj", "").problem(404)
	if e := load("source=kj", file)[0]; e.Table.Map != "" {
		t.Errorf("%+v", e.Table)
	}
}
