package api

import (
	"fmt"
	"strings"
	"testing"

	"duijie/corpus/market"
)

func TestTheReportCountsWhatIsRegistered(t *testing.T) {
	w := newWorld(t, nil)
	const contract = `{"title":"甲","kind":%q,"seller":"某大学","buyer":"某厂","value":%q,"signed":%q,"number":%q}`
	for i, c := range []struct{ kind, value, signed, to string }{
		{"service", "5万元", "2026-11-01", "registered"}, {"service", "6万元", "2026-11-02", "registered performed"},
		{"service", "7万元", "2026-11-03", "registered void"}, {"transfer", "8万元", "2026-11-04", ""}, {"licence", "9万元", "2025-11-04", "registered"},
	} {
		at := w.as(w.adminKey, "POST", "/v1/contracts", fmt.Sprintf(contract, c.kind, c.value, c.signed, fmt.Sprint("2026", i))).want(201).Header.Get("Location")
		for to := range strings.FieldsSeq(c.to) {
			w.as(w.adminKey, "PATCH", at, `{"state":"`+to+`"}`).want(200)
		}
	}
	r := decodeAs[market.ContractReport](w.as(w.adminKey, "GET", "/v1/reports/contracts?from=2026", "").want(200))
	if len(r.Rows) != 1 || r.Rows[0].Code != "service" || r.Rows[0].Count != 2 || r.Total.ValueFen != 11_000_000 || len(r.Total.Contracts) != 2 || r.By != "kind" {
		t.Errorf("%+v", r)
	}
	for _, id := range r.Total.Contracts {
		w.as(w.adminKey, "GET", "/v1/contracts/"+id, "").want(200)
	}
	if r := decodeAs[market.ContractReport](w.as(w.adminKey, "GET", "/v1/reports/contracts?by=buyer_region&until=2025年11月", "").want(200)); r.Total.Count != 1 || r.Rows[0].Name != "未填" {
		t.Errorf("%+v", r)
	}
	for _, wrong := range []string{"by=title", "from=always", "until=x"} {
		w.as(w.adminKey, "GET", "/v1/reports/contracts?"+wrong, "").problem(422)
	}
	for _, role := range []market.Role{market.Broker, market.Firm, market.Holder, market.Reader} {
		w.as(w.key(role), "GET", "/v1/reports/contracts", "").problem(403)
	}
}
