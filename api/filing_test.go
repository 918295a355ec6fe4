package api

import (
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

func TestABrokerFilesANeedWithConsent(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	key, name := w.keyOf(market.Broker)
	other, _ := w.keyOf(market.Broker)
	w.as(key, "POST", "/v1/filings", `{"title":"污泥减量","text":"浸泡车间的污泥","firm":"某厂","consent_by":"王厂长"}`).problem(422) // how they agreed
	f := decodeAs[market.Filing](w.as(key, "POST", "/v1/filings", `{"title":"污泥减量","text":"浸泡车间的污泥","firm":"某厂","contact":"13812345678","budget":"30-50万元","region":"通辽市",
		"indicators":"含水率 ≤ 60 %\n\n干度 ≥ 40 %","consent_by":"王厂长","consent_how":"call"}`).want(201))
	at, need := "/v1/filings/"+f.ID, "/v1/needs/"+f.Need
	draft := func() corpus.Doc { return decodeAs[corpus.Doc](w.as(w.adminKey, "GET", need, "").want(200)) }
	if d := draft(); d.Status != corpus.Draft || d.Org != "某厂" || d.Region != "150500" || d.Budget.Min != 30_000_000 || len(d.Indicators) != 2 || !strings.HasPrefix(d.Extra["代报同意"], "王厂长，20") || !strings.HasSuffix(d.Extra["代报同意"], "，电话") {
		t.Errorf("the draft: %+v", d)
	}
	w.as(key, "GET", need, "").problem(404) // a draft is the operator's
	w.as(other, "GET", at, "").problem(404)
	w.as(other, "PATCH", at, `{"title":"别人的"}`).problem(404)
	w.as(w.adminKey, "PATCH", need, `{"goal":"年减量一半"}`).want(200)
	w.as(key, "PATCH", at, `{"title":"污泥减量一半"}`).want(200)
	if d := draft(); d.Title != "污泥减量一半" || d.Goal != "年减量一半" {
		t.Errorf("the draft after both have changed it: %+v", d)
	}
	w.as(w.adminKey, "PATCH", need, `{"status":"published"}`).want(200)
	w.as(key, "PATCH", at, `{"title":"再改"}`).problem(409)
	w.as(key, "PATCH", at, `{"state":"ended"}`).problem(409)
	if d := draft(); d.Title != "污泥减量一半" || d.Status != corpus.Published {
		t.Errorf("the published need: %+v", d)
	}
	if public := w.as("", "GET", need, "").want(200).body; strings.Contains(public, "王厂长") || strings.Contains(public, "13812345678") {
		t.Errorf("the public reads who agreed: %s", public)
	}
	audits, err := w.svc.Store.Audits(10)
	if w.must(err); !slices.ContainsFunc(audits, func(a corpus.Audit) bool { return a.Actor == name && a.Action == "create filing "+f.ID }) {
		t.Errorf("the audit %+v", audits)
	}
	taken := decodeAs[market.Filing](w.as(key, "POST", "/v1/filings", `{"title":"收回的","text":"x","firm":"某厂","consent_by":"王厂长","consent_how":"paper"}`).want(201))
	w.as(key, "PATCH", "/v1/filings/"+taken.ID, `{"state":"ended"}`).want(200)
	if d := decodeAs[corpus.Doc](w.as(w.adminKey, "GET", "/v1/needs/"+taken.Need, "").want(200)); d.Status != corpus.Withdrawn {
		t.Errorf("what the firm took back is %s", d.Status)
	}
}
