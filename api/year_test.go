package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"duijie/corpus"
	"duijie/corpus/market"
)

// contract makes one through the API and returns its id.
func (w *world) contract(fields string) string {
	w.Helper()
	body := `{"title":"淀粉废水处理工艺开发","kind":"development","seller":"某大学","buyer":"某厂","value":"80万元","signed":"2026-05-20"` + fields + `}`
	return strings.TrimPrefix(w.as(w.adminKey, "POST", "/v1/contracts", body).want(201).Header.Get("Location"), "/v1/contracts/")
}

// lead makes one in the name of a broker and returns its path.
func (w *world) lead(need, achievement string) string {
	w.Helper()
	return w.as(w.key(market.Broker), "POST", "/v1/leads", fmt.Sprintf(`{"need":%q,"achievement":%q}`, need, achievement)).want(201).Header.Get("Location")
}

// yearOf reads the report of 2026.
func (w *world) yearOf(path string) market.YearReport {
	w.Helper()
	return decodeAs[market.YearReport](w.as(w.adminKey, "GET", path, "").want(200))
}

func TestEveryNumberOfAYearOpensItsRecords(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	lead := w.lead("n1", "a1")
	w.as(w.adminKey, "PATCH", lead, `{"state":"talking"}`).want(200)
	id := w.contract(`,"number":"20260001"`)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+id, `{"state":"registered"}`).want(200)
	w.as(w.adminKey, "POST", "/v1/targets", `{"year":"2026","measure":"contract_value","goal":"100万元"}`).want(201)
	if got := w.as(w.adminKey, "POST", "/v1/targets", `{"year":"2026","measure":"contract_value","goal":"200万元"}`).problem(409); got.Errors == nil || got.Errors[0].Field != "measure" {
		t.Errorf("a second target: %+v", got)
	}
	r := w.yearOf("/v1/reports/year?year=2026")
	if got := *r.Measure(market.MValue).Target.Reached; got != 8_000 {
		t.Errorf("%d reached", got)
	}
	for _, m := range r.Measures {
		var sum int64
		for _, one := range m.Records {
			sum += one.Amount
			w.as(w.adminKey, "GET", "/v1/"+one.Table+"/"+one.ID, "").want(200)
		}
		if m.Of == nil && m.Unit != market.InDays && (m.Value == nil || *m.Value != sum) {
			t.Errorf("%s: its records come to %d", m.Name, sum)
		}
		if m.Of == nil && len(m.Records) == 0 && m.Name != market.MBenefit && m.Name != market.MLarge && m.Name != market.MTechnical && m.Name != market.MConverted && m.Name != market.MLibraryOld && m.Name != market.MConvOld && m.Name != market.MAnswerDays {
			t.Errorf("%s counts nothing", m.Name)
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader([]byte(w.as(w.adminKey, "GET", "/v1/reports/year/file?year=2026", "").want(200).body)))
	w.must(err)
	sheets := book.GetSheetList()
	rows, err := book.GetRows(sheets[1])
	w.must(err)
	total := 1
	for _, m := range r.Measures {
		total += len(m.Records)
	}
	if len(sheets) != 2 || len(rows) != total || !strings.Contains(fmt.Sprint(rows), id) {
		t.Errorf("%d sheets, %d rows, want %d", len(sheets), len(rows), total)
	}
	w.as(w.adminKey, "GET", "/v1/reports/year?year=26", "").problem(422)
	w.as(w.key(market.Broker), "GET", "/v1/reports/year", "").problem(403)
}

func TestWhoAskedAnswersNoNeed(t *testing.T) {
	w := newWorld(t, nil, append(testDocs(), corpus.Doc{Kind: corpus.Need, SourceID: "n3", Title: "乳清回收"}, corpus.Doc{Kind: corpus.Need, SourceID: "n4", Title: "铝灰处置"})...)
	one, heir, member, colleague := w.broker("王"), w.broker("李"), w.broker("赵"), w.broker("孙")
	for _, c := range []*Caller{&member, &colleague} {
		a, _, err := market.AccountOf(w.svc.Store, c.Account)
		w.must(err)
		a.Organisation, c.Organisation = "ours", "ours"
		body, err := json.Marshal(a)
		w.must(err)
		_, err = w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "test", Records: []corpus.Record{{Table: market.Accounts, ID: a.ID, Body: body}}})
		w.must(err)
	}
	for _, c := range []struct {
		need      string
		by, moves Caller
	}{{"n1", one, one}, {"n3", member, colleague}, {"n4", one, heir}} {
		r, err := w.svc.CreateRecord(t.Context(), c.by, &market.LeadType, map[string]string{"need": c.need, "achievement": "a1"})
		w.must(err)
		_, err = w.svc.ChangeRecord(t.Context(), c.moves, &market.LeadType, *r.Head().ID, map[string]string{"state": "declined", "reason": "too_early"}, 0)
		w.must(err)
	}
	for range 2 {
		r := w.yearOf("/v1/reports/year?year=2026")
		if m := r.Measure(market.MAnswered); len(m.Records) != 1 || m.Records[0].ID != "n4" {
			t.Errorf("answered: %+v", m.Records)
		}
		_, err := w.svc.HandOver(t.Context(), Caller{Name: "test", Admin: true}, one.Account, w.broker("周").Account)
		w.must(err)
	}
}

func TestAFrozenReportStaysAndListsCorrections(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	id := w.contract(`,"number":"20260001"`)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+id, `{"state":"registered"}`).want(200)
	made := w.as(w.adminKey, "POST", "/v1/reports/frozen", `{"year":"2026","signed":"王科长"}`).want(201)
	at := made.Header.Get("Location")
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+id, `{"value":"90万元"}`).want(200)
	other := w.contract(`,"number":"20260002"`)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+other, `{"state":"registered"}`).want(200)
	if after := w.as(w.adminKey, "GET", at, "").want(200); after.body != made.body {
		t.Errorf("what was frozen is else:\n%s\n%s", made.body, after.body)
	}
	c := decodeAs[market.Corrections](w.as(w.adminKey, "GET", at+"/corrections", "").want(200))
	var got []string
	for _, one := range c.Records {
		got = append(got, fmt.Sprint(one.Measure, " ", one.What, " ", one.Difference))
		if one.What == "added" && one.ID != other || one.What == "changed" && one.ID != id {
			t.Errorf("%+v", one)
		}
	}
	slices.Sort(got)
	const want = "contract_value added 80000000; contract_value changed 10000000; contracts added 1; contracts changed 0"
	if strings.Join(got, "; ") != want || len(c.Measures) != 2 || c.Report.Signed != "王科长" {
		t.Errorf("%q, %+v", got, c.Measures)
	}
	id = strings.TrimPrefix(at, "/v1/reports/frozen/")
	if head, err := w.svc.Store.Record(market.FrozenReports, id); err != nil || strings.Contains(string(head.Body), "measures") {
		t.Errorf("lists read the figures too: %s, %v", head.Body, err)
	}
	for _, table := range []string{market.FrozenReports, market.FrozenFigures} {
		for _, r := range []corpus.Record{{Table: table, ID: id, Body: []byte("{}")}, {Table: table, ID: id, Deleted: true}} {
			if _, err := w.svc.Store.Write(t.Context(), corpus.Batch{Actor: "test", Records: []corpus.Record{r}}); corpus.CodeOf(err) != corpus.Conflict {
				t.Errorf("%+v is written: %v", r, err)
			}
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := w.svc.Freeze(ended, Caller{Admin: true}, "2031", "", "", ""); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("the library is read before what was typed: %v", err)
	}
	list := decodeAs[struct{ Frozen []market.FrozenHead }](w.as(w.adminKey, "GET", "/v1/reports/frozen", "").want(200))
	if len(list.Frozen) != 1 || "/v1/reports/frozen/"+list.Frozen[0].ID != at {
		t.Errorf("%+v", list)
	}
	w.as(w.adminKey, "GET", at+"/file", "").want(200)
	w.as(w.adminKey, "GET", "/v1/reports/frozen/none/corrections", "").problem(404)
	for body, field := range map[string]string{`{"year":"2026","signed":" "}`: "signed", `{"year":"2031","signed":"王科长"}`: "until"} {
		if p := w.as(w.adminKey, "POST", "/v1/reports/frozen", body).problem(422); p.Errors == nil || p.Errors[0].Field != field {
			t.Errorf("%s: %+v", body, p)
		}
	}
}

func TestAContractIsRewardedOnce(t *testing.T) {
	w := newWorld(t, nil)
	id := w.contract(`,"number":"20260001","technical":"10万元"`)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+id, `{"state":"registered"}`).want(200)
	reward := fmt.Sprintf(`{"contract":%q,"papers":"档案 1","shares":`, id)
	if p := w.as(w.adminKey, "POST", "/v1/rewards", reward+`"甲 60%\n乙 30%"}`).problem(422); p.Errors == nil || p.Errors[0].Field != "shares" {
		t.Errorf("shares of 90%%: %+v", p)
	}
	at := w.as(w.adminKey, "POST", "/v1/rewards", reward+`"甲 60%\n乙 40%"}`).want(201).Header.Get("Location")
	if p := w.as(w.adminKey, "POST", "/v1/rewards", reward+`"丙 100%"}`).problem(409); p.Errors == nil || p.Errors[0].Field != "contract" {
		t.Errorf("a second reward: %+v", p)
	}
	w.as(w.adminKey, "PATCH", at, `{"state":"paid"}`).problem(409)
	for _, state := range []string{"approved", "paid"} {
		w.as(w.adminKey, "PATCH", at, `{"state":"`+state+`"}`).want(200)
	}
	w.as(w.adminKey, "PATCH", at, `{"papers":"档案 2"}`).problem(409)
	r := decodeAs[market.RewardReport](w.as(w.adminKey, "GET", "/v1/reports/rewards?year=2026", "").want(200))
	if len(r.Payees) != 2 || r.Payees[0].TechnicalFen != 6_000_000 || r.Payees[0].RewardFen != nil || r.Payees[0].Contracts[0].Papers != "档案 1" || r.Payees[0].Contracts[0].State != market.Paid {
		t.Errorf("%+v", r)
	}
	rule, err := market.ReadRewardRule([]byte(`{"basis":"technical","bands":[{"from":"0","percent":100}]}`))
	w.must(err)
	w.svc.Reward = rule
	if r := decodeAs[market.RewardReport](w.as(w.adminKey, "GET", "/v1/reports/rewards", "").want(200)); *r.Payees[1].RewardFen != 40_000 {
		t.Errorf("%+v", r)
	}
}

func TestTheTrueLeadIsProposedFirst(t *testing.T) {
	docs := testDocs()
	docs = append(docs, corpus.Doc{Kind: corpus.Need, SourceID: "n8", Title: "马铃薯全粉加工废水回收利用技术", Org: "通辽某薯业有限公司", Text: "废水里的蛋白要回收。"},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "a8", Title: "马铃薯加工废水蛋白回收工艺", Org: "某农业大学", Text: "从马铃薯加工废水里回收蛋白。"})
	w := newWorld(t, nil, docs...)
	w.lead("n1", "a1")
	w.lead("n8", "a1")
	wanted := w.lead("n8", "a8")
	id := w.contract(`,"number":"1"`)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+id, `{"title":"马铃薯加工废水蛋白回收工艺开发","seller":"某农业大学","buyer":"通辽某薯业有限责任公司","signed":"2026-11-23"}`).want(200)
	type proposals struct{ Proposals []LeadProposal }
	list := decodeAs[proposals](w.as(w.adminKey, "GET", "/v1/contracts/"+id+"/proposals", "").want(200)).Proposals
	if len(list) != 2 || "/v1/leads/"+list[0].Lead != wanted || list[0].Points <= list[1].Points || len(list[0].Reasons) < 3 {
		t.Errorf("%+v", list)
	}
	stranger := w.contract(`,"number":"2","field":"A"`)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+stranger, `{"title":"卫星轨道测控软件","seller":"某航天所","buyer":"某测绘院"}`).want(200)
	if list := decodeAs[proposals](w.as(w.adminKey, "GET", "/v1/contracts/"+stranger+"/proposals", "").want(200)).Proposals; len(list) != 0 {
		t.Errorf("invented: %+v", list)
	}
	for body, want := range map[string]int{`{}`: 422, `{"lead":"x","none":true}`: 422, `{"lead":"x"}`: 404} {
		w.as(w.adminKey, "POST", "/v1/contracts/"+id+"/lead", body).problem(want)
	}
	linked := decodeAs[market.Contract](w.as(w.adminKey, "POST", "/v1/contracts/"+id+"/lead", fmt.Sprintf(`{"lead":%q}`, list[0].Lead)).want(200))
	if lead := decodeAs[market.Lead](w.as(w.adminKey, "GET", wanted, "").want(200)); linked.Lead != lead.ID || lead.State != market.Contracted {
		t.Errorf("%+v, %+v", linked, lead)
	}
	if steps := w.as(w.adminKey, "GET", wanted+"/history", "").want(200).body; !strings.Contains(steps, `"move":"contracted"`) {
		t.Error(steps)
	}
	w.as(w.adminKey, "POST", "/v1/contracts/"+id+"/lead", `{"none":true}`).problem(409)
	w.as(w.adminKey, "POST", "/v1/contracts/"+stranger+"/lead", `{"none":true}`).want(200)
	if left := w.as(w.adminKey, "GET", "/v1/contracts/unlinked", "").want(200).body; strings.Contains(left, id) || strings.Contains(left, stranger) {
		t.Error(left)
	}
	broker := w.key(market.Broker)
	w.as(broker, "GET", "/v1/contracts/"+id+"/proposals", "").problem(404)
	third := w.contract(`,"number":"3"`)
	declined := w.lead("n1", "a2")
	w.as(w.adminKey, "PATCH", declined, `{"state":"declined","reason":"too_early"}`).want(200)
	w.as(w.adminKey, "POST", "/v1/contracts/"+third+"/lead", fmt.Sprintf(`{"lead":%q}`, strings.TrimPrefix(declined, "/v1/leads/"))).problem(409)
	if c := decodeAs[market.Contract](w.as(w.adminKey, "GET", "/v1/contracts/"+third, "").want(200)); c.Lead != "" {
		t.Errorf("half of a move: %+v", c)
	}
}
