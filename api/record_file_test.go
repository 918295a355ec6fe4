package api

import (
	"fmt"
	"strings"
	"testing"

	"duijie/corpus/market"
)

func TestRecordsComeBackFromTheFilesThatAreWritten(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for i := range 3 {
		w.as(w.readKey, "POST", "/v1/leads", fmt.Sprintf(`{"need":"n1","achievement":"a1","message":"=留言 %d\n第二行"}`, i)).want(201)
	}
	last := decodeAs[leadPage](w.as(w.readKey, "GET", "/v1/leads", "").want(200)).Leads[0]
	w.as(w.adminKey, "PATCH", "/v1/leads/"+last.ID, `{"state":"declined","reason":"price_or_terms"}`).want(200)
	table := ""
	for _, format := range []string{"csv", "xlsx", "jsonl"} {
		file := w.as(w.readKey, "GET", "/v1/leads/export?format="+format, "").want(200)
		sum := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", file.body, "Content-Type", file.Header.Get("Content-Type")).want(200))
		if sum.Read != 3 || sum.Unchanged != 3 || len(sum.Unknown) > 0 {
			t.Errorf("%s is read as %+v", format, sum)
		}
		if format == "csv" {
			table = file.body
		}
	}
	// Without their ids the rows make new ones, but for a state that only a move gives.
	table = strings.ReplaceAll(strings.ReplaceAll(table, "编号", "旧编号"), "\ufeff", "")
	sum := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", table, "Content-Type", "text/csv").want(200))
	if sum.Created != 2 || sum.Bad != 1 || sum.Rows[0].Line != 2 || strings.Join(sum.Unknown, " ") != "旧编号" {
		t.Errorf("without ids it is read as %+v", sum)
	}
	if now := decodeAs[leadPage](w.as(w.readKey, "GET", "/v1/leads?state=declined", "").want(200)); len(now.Leads) != 1 {
		t.Errorf("%d are declined", len(now.Leads))
	}
	if w.as(w.adminKey, "GET", "/v1/leads/export", "").want(200).body == w.as(w.key(market.Firm), "GET", "/v1/leads/export", "").want(200).body {
		t.Error("a firm exports what others made")
	}
}

func TestABadRowCostsNoOther(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	own := decodeAs[market.Lead](w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID
	other := decodeAs[market.Lead](w.as(w.adminKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)).ID
	file := "编号,技术需求,科技成果,状态,谢绝的原因,备注\n" +
		own + ",n1,a1,已谢绝,技术过早,x\n" +
		other + ",n1,a1,已谢绝,技术过早,x\n" +
		",n1,none,,,\n,n1,,,,\n,n1,draft,,,\n,n1,a2,,,\n" +
		own + ",n1,a1,洽谈中,,\n" + own + ",n1,a2,,,\n"
	sum := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", file, "Content-Type", "text/csv").want(200))
	var wrong []string
	for _, r := range sum.Rows {
		wrong = append(wrong, fmt.Sprint(r.Line, r.Faults[0].Field))
	}
	if got := strings.Join(wrong, " "); got != "3 4achievement 5achievement 6achievement 8state 9" || sum.Read != 8 || sum.Created != 1 || sum.Changed != 1 || sum.Bad != 6 || sum.Error != nil {
		t.Errorf("%q of %+v", got, sum)
	}
	if l := decodeAs[market.Lead](w.as(w.readKey, "GET", "/v1/leads/"+own, "").want(200)); l.State != market.Declined || l.Reason != market.TooEarly {
		t.Errorf("the row made %+v", l)
	}
	broken := decodeAs[RecordImport](w.as(w.readKey, "POST", "/v1/leads/import", "%PDF-1.4", "Content-Type", "text/csv").want(200))
	if broken.Error == nil || broken.Read != 0 {
		t.Errorf("a PDF is read as %+v", broken)
	}
}
