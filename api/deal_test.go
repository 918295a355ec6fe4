package api

import (
	"fmt"
	"strings"
	"testing"

	"duijie/corpus/market"
)

// contractOf is the body of a contract that names a lead.
func contractOf(lead, number string) string {
	return fmt.Sprintf(`{"title":"浸泡工艺开发","number":%q,"kind":"development","seller":"某大学","buyer":"某淀粉厂","value":"80万元","signed":"2026-11-20","lead":%q}`, number, lead)
}

// newLead makes a lead and returns its id.
func (w *world) newLead(key string) string {
	w.Helper()
	return decodeAs[market.Lead](w.as(key, "POST", "/v1/leads", `{"need":"n1","achievement":"a1","contact":"13800000000"}`).want(201)).ID
}

func TestWhoBrokeredALeadReadsItsContract(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	firm, _ := w.keyOf(market.Firm)
	other, _ := w.keyOf(market.Broker)
	for name, brokers := range map[string]func(broker, lead string, contract func() string) string{
		"moved before": func(broker, lead string, contract func() string) string {
			w.as(broker, "PATCH", "/v1/leads/"+lead, `{"state":"talking"}`).want(200)
			return contract()
		},
		"moved after": func(broker, lead string, contract func() string) string {
			id := contract()
			w.as(broker, "GET", "/v1/contracts/"+id, "").problem(404)
			w.as(broker, "PATCH", "/v1/leads/"+lead, `{"state":"talking"}`).want(200)
			return id
		},
		"claimed": func(broker, lead string, contract func() string) string {
			w.as(broker, "POST", "/v1/claims", `{"lead":"`+lead+`"}`).want(201)
			return contract()
		},
	} {
		broker, _ := w.keyOf(market.Broker)
		lead := w.newLead(firm)
		id := brokers(broker, lead, func() string {
			return decodeAs[market.Contract](w.as(firm, "POST", "/v1/contracts", contractOf(lead, "")).want(201)).ID
		})
		at := "/v1/contracts/" + id
		w.as(broker, "GET", at, "").want(200)
		if list := w.as(broker, "GET", "/v1/contracts", "").want(200); strings.Count(list.body, id) != 1 {
			t.Errorf("%s: the list %s", name, list.body)
		}
		if list := w.as(broker, "GET", "/v1/contracts?state=signed", "").want(200); strings.Count(list.body, id) != 1 {
			t.Errorf("%s: those that are signed %s", name, list.body)
		}
		w.as(broker, "PATCH", at, `{"title":"我的"}`).problem(403)
		reward := fmt.Sprintf(`{"contract":%q,"shares":"张三 100%%","papers":"档案 1"}`, id)
		w.as(other, "GET", at, "").problem(404)
		w.as(other, "POST", "/v1/rewards", reward).problem(404)
		w.as(broker, "POST", "/v1/rewards", reward).want(201)
		if list := w.as(other, "GET", "/v1/contracts", "").want(200); strings.Contains(list.body, id) {
			t.Errorf("%s: another broker lists %s", name, list.body)
		}
		if name == "claimed" {
			claims := decodeAs[struct{ Claims []market.Claim }](w.as(broker, "GET", "/v1/claims", "").want(200)).Claims
			w.as(broker, "PATCH", "/v1/claims/"+claims[0].ID, `{"state":"released"}`).want(200)
		}
	}
}

func TestAClaimAfterTheContractReadsNothing(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	firm, _ := w.keyOf(market.Firm)
	late, _ := w.keyOf(market.Broker)
	lead := w.newLead(firm)
	id := decodeAs[market.Contract](w.as(firm, "POST", "/v1/contracts", contractOf(lead, "2026001")).want(201)).ID
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+id, `{"state":"registered"}`).want(200)
	w.as(late, "POST", "/v1/claims", `{"lead":"`+lead+`"}`).want(201)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+id, `{"title":"浸泡工艺"}`).want(200)
	w.as(late, "GET", "/v1/contracts/"+id, "").problem(404)
}

func TestALeadHasOneContractWhichMovesItWhenItIsRegistered(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	firm, _ := w.keyOf(market.Firm)
	lead := w.newLead(firm)
	stateOf := func(lead, want string) {
		t.Helper()
		if l := decodeAs[market.Lead](w.as(firm, "GET", "/v1/leads/"+lead, "").want(200)); string(l.State) != want {
			t.Errorf("the lead is %s, want %s", l.State, want)
		}
	}
	first := decodeAs[market.Contract](w.as(firm, "POST", "/v1/contracts", contractOf(lead, "2026001")).want(201))
	if r := w.as(w.adminKey, "POST", "/v1/contracts", contractOf(lead, "2026002")); r.StatusCode != 409 || !strings.Contains(r.body, "2026001") || !strings.Contains(r.body, `"field":"lead"`) {
		t.Errorf("a second contract of the lead: %d %s", r.StatusCode, r.body)
	}
	stateOf(lead, "new")
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+first.ID, `{"state":"registered"}`).want(200)
	stateOf(lead, "contracted")
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+first.ID, `{"state":"void"}`).want(200)
	second := decodeAs[market.Contract](w.as(w.adminKey, "POST", "/v1/contracts", contractOf(lead, "2026002")).want(201))
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+second.ID, `{"state":"registered"}`).want(200)

	declined := w.newLead(firm)
	third := decodeAs[market.Contract](w.as(firm, "POST", "/v1/contracts", contractOf(declined, "2026003")).want(201))
	w.as(firm, "PATCH", "/v1/leads/"+declined, `{"state":"declined","reason":"too_early"}`).want(200)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+third.ID, `{"state":"registered"}`).problem(409)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+third.ID, `{"lead":""}`).want(200)
	w.as(w.adminKey, "PATCH", "/v1/contracts/"+third.ID, `{"state":"registered"}`).want(200)
	w.as(firm, "POST", "/v1/leads", `{"need":"n1"}`).problem(422)
	list := w.as(w.adminKey, "POST", "/v1/contracts/import", "合同名称,合同登记编号,合同类别,卖方名称,买方名称,合同金额,签订日期,对接意向\n甲,2026004,技术服务,某大学,某淀粉厂,8万元,2026-11-20,"+w.newLead(firm)+"\n", "Content-Type", "text/csv").want(200)
	if !strings.Contains(list.body, `"created":1`) {
		t.Errorf("a registered contract with its lead by a file: %s", list.body)
	}
}
