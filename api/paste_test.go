package api

import (
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

const pasted = `{"text":"企业名称：科尔沁淀粉公司\n联系人：于工 13800000000\n需求1：玉米浸泡时间太长，想缩短到24小时以内\n需求2：玉米浆蒸发器结垢，寻求防垢办法"`

func TestAMessageBecomesDraftsThatAreStored(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	before, err := w.svc.Store.LastChange()
	w.must(err)
	dry := decodeAs[PasteAnswer](w.as(w.adminKey, "POST", "/v1/paste", pasted+`,"dry_run":true}`).want(200))
	if len(dry.Drafts) != 2 {
		t.Fatalf("%d drafts", len(dry.Drafts))
	}
	for _, d := range dry.Drafts {
		if d.Doc.Status != corpus.Draft || d.Doc.Source != PasteSource || d.Doc.Org != "科尔沁淀粉公司" || d.Doc.Contact != "于工 13800000000" ||
			!slices.Equal(d.Derived, []string{"title"}) || d.Advice == nil || len(d.Questions) != 2 || d.Questions[0] != d.Advice.Missing[0] || d.Outcome != "" {
			t.Errorf("a draft %+v", d)
		}
	}
	if after, err := w.svc.Store.LastChange(); err != nil || after != before {
		t.Errorf("a dry run was stored: change %d to %d, %v", before, after, err)
	}
	stored := decodeAs[PasteAnswer](w.as(w.adminKey, "POST", "/v1/paste", pasted+`}`).want(200))
	if r := decodeAs[corpus.ImportRecord](w.as(w.adminKey, "GET", "/v1/imports/"+stored.Import, "").want(200)); r.Created != 2 || r.File != "paste" || r.Source != PasteSource || r.Kind != corpus.Need {
		t.Errorf("the import: %+v", r)
	}
	path := "/v1/needs/" + stored.Drafts[1].Doc.ID
	if d := decodeAs[corpus.Doc](w.as(w.adminKey, "GET", path, "").want(200)); stored.Drafts[1].Outcome != "created" || d.Status != corpus.Draft || d.Source != PasteSource {
		t.Errorf("%s, stored as %+v", stored.Drafts[1].Outcome, d)
	}
	w.as("", "GET", path, "").problem(404)
	w.as(w.adminKey, "PATCH", path, `{"status":"published"}`).want(200)
	again := decodeAs[PasteAnswer](w.as(w.adminKey, "POST", "/v1/paste", pasted+`}`).want(200))
	if again.Drafts[0].Outcome != "unchanged" || again.Drafts[1].Outcome != "unchanged" {
		t.Errorf("pasted again: %s, %s", again.Drafts[0].Outcome, again.Drafts[1].Outcome)
	}
	if d := decodeAs[corpus.Doc](w.as("", "GET", path, "").want(200)); d.Status != corpus.Published || d.Contact != "" {
		t.Errorf("a published one became %+v", d)
	}
	w.as(w.adminKey, "POST", "/v1/imports/"+stored.Import+"/undo", "").want(200)
	w.as(w.adminKey, "GET", path, "").want(200) // somebody published it
	w.as(w.adminKey, "GET", "/v1/needs/"+stored.Drafts[0].Doc.ID, "").problem(404)
	if strings.Contains(w.log.String(), "13800000000") || strings.Contains(w.log.String(), "浸泡") {
		t.Error("the message is logged")
	}
}

func TestWhatBelongsElsewhereIsNotStored(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	a := decodeAs[PasteAnswer](w.as(w.adminKey, "POST", "/v1/paste", `{"lang":"en","text":"我公司急需招聘焊接工程师5名，待遇面议。"}`).want(200))
	if len(a.Drafts) != 1 || a.Drafts[0].Elsewhere == nil || a.Drafts[0].Elsewhere.Code != "staff" || !strings.HasPrefix(a.Drafts[0].Elsewhere.Text, "This asks for people") || a.Drafts[0].Outcome != "" {
		t.Errorf("%+v", a.Drafts)
	}
	w.as(w.adminKey, "GET", "/v1/needs/"+a.Drafts[0].Doc.ID, "").problem(404)
}

func TestPasteSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for body, status := range map[string]int{`{"text":""}`: 422, `{"text":"谢谢"}`: 422, `{"text":"` + strings.Repeat("长", 22_000) + `"}`: 413, `{"text":"x","kind":"y"}`: 422} {
		if p := w.as(w.adminKey, "POST", "/v1/paste", body).problem(status); len(p.Errors) != 1 {
			t.Errorf("%.40s: %+v", body, p)
		}
	}
	w.as("", "POST", "/v1/paste", pasted+`}`).problem(401)
	if a := decodeAs[PasteAnswer](w.as(w.adminKey, "POST", "/v1/paste", `{"kind":"achievement","text":"成果名称：沙棘籽油提取\n完成人：何一\n成果简介：提取率8%"}`).want(200)); a.Drafts[0].Outcome != "created" || a.Drafts[0].Advice != nil || a.Drafts[0].Doc.Kind != corpus.Achievement {
		t.Errorf("an achievement: %+v", a.Drafts)
	}
	send(t, Handler(unstarted(w), nil), "POST", "/v1/paste", pasted+`}`)
}
