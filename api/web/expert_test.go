package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// lonely is a need that no achievement fits, with an expert and a team that know, and what nobody may know of.
func lonely() []corpus.Doc {
	var docs []corpus.Doc
	for _, d := range fixtures() {
		if d.ID == "" && (d.SourceID == "N1" || strings.HasPrefix(d.SourceID, "W")) {
			docs = append(docs, d)
		}
	}
	expert := corpus.Link{Kind: corpus.Expert, ID: "E1"}
	return append(docs, corpus.Doc{Kind: corpus.Expert, SourceID: "E1", Title: "罗清源 玉米湿磨", Position: "研究员", Org: "蒙东淀粉工程中心",
		Text: "从事玉米湿磨工艺二十余年，做过缩短玉米浸泡时间、降低亚硫酸用量的工程试验，熟悉淀粉收率。"},
		corpus.Doc{Kind: corpus.Project, SourceID: "P1", Title: "玉米短时浸泡降硫关键技术", Text: "缩短玉米浸泡时间，降低亚硫酸用量，提高淀粉收率。", Org: "松辽谷物研究院", People: []string{"佟晓岩"}},
		corpus.Doc{Kind: corpus.Project, SourceID: "P2", Title: "玉米浸泡降硫" + secret, Text: "缩短玉米浸泡时间，降低亚硫酸用量。", Status: corpus.Withdrawn, Links: []corpus.Link{expert}})
}

func TestANeedThatNothingFitsNamesWhoKnowsAndGoesToABroker(t *testing.T) {
	w := newWorld(t, Options{Base: "/duijie"}, lonely())
	doc, source := w.get("/needs/N1")
	section := byID(doc, "experts")
	if section.Data == "" || strings.Contains(source, secret) {
		t.Fatalf("the page of a need that nothing fits: %s", source)
	}
	said := text(section)
	for _, want := range []string{"罗清源 玉米湿磨", "研究员", "佟晓岩", "团队", "科技项目： 玉米短时浸泡降硫关键技术", "交给经纪人", "合计"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
	links := ""
	for _, a := range tags(section, "a") {
		links += attr(a, "href") + " "
	}
	if !strings.Contains(links, "/duijie/experts/E1 ") || !strings.Contains(links, "/duijie/signin?to=%2Fneeds%2FN1") || len(tags(section, "form")) != 0 {
		t.Errorf("who is not signed in can go to %s", links)
	}
	if doc, _ := w.get("/needs/N1", "lang=en"); !strings.Contains(text(byID(doc, "experts")), "Give it to a broker") {
		t.Error("the page is not in English")
	}

	in := w.signIn()
	doc, _ = w.get("/needs/N1", in)
	form := tags(byID(doc, "experts"), "form")
	if len(form) != 1 || attr(form[0], "action") != "/duijie/leads/new" {
		t.Fatalf("the signed in can't give it to a broker: %s", text(byID(doc, "experts")))
	}
	values := url.Values{}
	for _, i := range tags(form[0], "input") {
		values.Set(attr(i, "name"), attr(i, "value"))
	}
	at := strings.TrimPrefix(w.add(in, "leads", values), "/duijie")
	if doc, _ := w.get(at, in); !strings.Contains(text(doc), "交给经纪人") || !strings.Contains(text(doc), "2026-11-26") || strings.Contains(text(doc), "逾期") {
		t.Errorf("the lead: %s", text(doc))
	}
	given, err := w.svc.Store.Record(market.Leads, strings.TrimPrefix(at, "/leads/"))
	if err != nil {
		t.Fatal(err)
	}
	var newer corpus.Batch
	for i := range 101 { // of the same maker
		newer.Records = append(newer.Records, corpus.Record{Table: market.Leads, ID: fmt.Sprint("f", i), Body: bytes.ReplaceAll(given.Body, []byte(`"need":"N1"`), []byte(`"need":"N2"`))})
	}
	if _, err := w.svc.Store.Write(t.Context(), newer); err != nil {
		t.Fatal(err)
	}
	doc, _ = w.get("/needs/N1", in)
	if s := byID(doc, "experts"); len(tags(s, "form")) != 0 || !strings.Contains(text(s), "承诺在 2026-11-26 前答复") {
		t.Errorf("it can be given twice: %s", text(s))
	}

	var gone corpus.Batch
	for _, r := range newer.Records {
		gone.Records = append(gone.Records, corpus.Record{Table: r.Table, ID: r.ID, Deleted: true})
	}
	if _, err := w.svc.Store.Write(t.Context(), gone); err != nil {
		t.Fatal(err)
	}

	w.later(4 * 24 * time.Hour)
	in = w.signIn()
	overdue := func() (rows int, chips string) {
		doc, _ := w.get("/leads?overdue=true", in)
		return len(classes(doc, "entry")), text(classes(doc, "chips")[0])
	}
	if rows, chips := overdue(); rows != 1 || !strings.Contains(chips, "已逾期 1") {
		t.Errorf("%d overdue, %s", rows, chips)
	}
	if doc, _ := w.get("/leads", in); !strings.Contains(text(classes(doc, "entry")[0]), "已逾期") {
		t.Errorf("the list of all: %s", text(doc))
	}
	if doc, _ := w.get(at, in); !strings.Contains(text(doc), "新意向、已逾期") {
		t.Errorf("the overdue lead: %s", text(doc))
	}
	w.ask(http.MethodPost, at, url.Values{"do": {"talking"}, "version": {"1"}}, in)
	if rows, chips := overdue(); rows != 0 || !strings.Contains(chips, "已逾期 0") {
		t.Errorf("after the answer %d are overdue, %s", rows, chips)
	}
}

func TestWhereSomethingFitsNobodyElseIsNamed(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, at := range []string{"/needs/N1", "/achievements/A1", "/experts/E1"} {
		if doc, _ := w.get(at); byID(doc, "experts").Data != "" {
			t.Errorf("%s names experts", at)
		}
	}
	doc, _ := w.get("/experts/E1")
	said := text(doc)
	if !strings.Contains(said, "相关科技成果") || !strings.Contains(said, "同一单位的其他信息") || !strings.Contains(said, "玉米湿磨关键技术") {
		t.Errorf("an expert's page: %s", said)
	}
}
