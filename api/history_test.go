package api

import (
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
)

// told writes a history as "move by field:before>after ...; ...", and "field" alone without what it said.
func (w *world) told(key, path string) string {
	w.Helper()
	h := decodeAs[History](w.as(key, "GET", path+"/history", "").want(200))
	var out []string
	for _, c := range h.Changes {
		line := string(c.Move) + " " + c.By
		for _, f := range c.Fields {
			if line += " " + f.Name; f.Before+f.After != "" {
				line += ":" + f.Before + ">" + f.After
			}
		}
		if c.Actor != "" && key != w.adminKey || c.Import != "" && key != w.adminKey || c.Other != "" && key != w.adminKey {
			w.Errorf("who is no admin is told %+v", c)
		}
		out = append(out, line)
	}
	if !h.Complete {
		out = append(out, "...")
	}
	return strings.Join(out, "; ")
}

func TestAHistoryHoldsWhatItsReaderMayRead(t *testing.T) {
	w := newWorld(t, nil)
	broker := w.key(market.Broker)
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"甲","source_id":"1","tried":"试过","disclosure":{"tried":"signed_in"}}`).want(201)
	w.as(w.adminKey, "POST", "/v1/experts", `{"title":"草稿专家","source_id":"e1","status":"draft"}`).want(201)
	for _, step := range []struct {
		patch                       string
		public, key, broker, admins string // what a history gets in front; "": nothing
	}{
		{`{"title":"乙 13900000000"}`, "edit admin title", "edit admin title", "edit admin title:甲>乙 13900000000", "edit admin title:甲>乙 13900000000"},
		{`{"title":"乙"}`, "edit admin title", "edit admin title", "edit admin title:乙 13900000000>乙", "edit admin title:乙 13900000000>乙"},
		{`{"tried":"又试"}`, "", "edit admin tried", "edit admin tried:试过>又试", "edit admin tried:试过>又试"},
		{`{"contact":"13800000000"}`, "", "", "", "edit admin contact:>13800000000"},
		{`{"links":[{"kind":"expert","id":"e1"}]}`, "", "", "", "edit admin links:>expert:e1"},
		{`{"status":"withdrawn","goal":"快"}`, "edit admin status:已发布>已撤回", "edit admin status:已发布>已撤回", "edit admin status:已发布>已撤回", "edit admin status:已发布>已撤回 goal:>快"},
		{`{"text":"内部的话"}`, "", "", "", "edit admin text:>内部的话"},
		{`{"text":null,"status":"published"}`, "edit admin status:已撤回>已发布", "edit admin status:已撤回>已发布", "edit admin status:已撤回>已发布", "edit admin status:已撤回>已发布 text:内部的话>"},
	} {
		want := map[string]string{"": step.public, w.readKey: step.key, broker: step.broker, w.adminKey: step.admins}
		before := map[string]string{}
		for key := range want {
			if d := w.as(key, "GET", "/v1/needs/1", ""); d.StatusCode == 200 {
				before[key] = w.told(key, "/v1/needs/1")
			}
		}
		w.as(w.adminKey, "PATCH", "/v1/needs/1", step.patch, "Content-Type", "application/merge-patch+json").want(200)
		for key, line := range want {
			if d := w.as(key, "GET", "/v1/needs/1", ""); d.StatusCode != 200 {
				w.as(key, "GET", "/v1/needs/1/history", "").problem(404)
				continue
			}
			got := w.told(key, "/v1/needs/1")
			switch was, known := before[key]; {
			case known && line != "":
				line += "; " + was
			case known:
				line = was
			default: // it was away
				line = strings.Join([]string{line, "edit admin status:已发布>已撤回"}, "; ")
				got = got[:min(len(line), len(got))]
			}
			if got != line {
				t.Errorf("%s: with key %q: %q, want %q", step.patch, key, got, line)
			}
		}
	}
	// What is closed now is closed in the past too.
	w.as(w.adminKey, "PATCH", "/v1/needs/1", `{"disclosure":{"tried":"signed_in","title":"confidential"}}`, "Content-Type", "application/merge-patch+json").want(200)
	for _, key := range []string{"", w.readKey, broker} {
		if got := w.told(key, "/v1/needs/1"); strings.Contains(got, "title") || !strings.Contains(got, "status") || !strings.HasSuffix(got, "; made admin") {
			t.Errorf("after the title was closed: %s", got)
		}
	}
	w.as("", "GET", "/v1/experts/e1/history", "").problem(404)
	if r := w.as("", "GET", "/v1/needs/1/history", "", "Accept-Language", "en").want(200); !strings.Contains(r.body, `"before":"Withdrawn"`) {
		t.Errorf("in English: %s", r.body)
	}
}

func TestAnAdminRemovesAHistory(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"text":"电话 13900000000"}`, "Content-Type", "application/merge-patch+json").want(200)
	w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"text":"电话见联系方式"}`, "Content-Type", "application/merge-patch+json").want(200)
	if got := w.as(w.adminKey, "GET", "/v1/needs/n1/history", "").body; !strings.Contains(got, "13900000000") {
		t.Fatalf("before: %s", got)
	}
	w.as(w.key(market.Broker), "DELETE", "/v1/needs/n1/history", "").problem(403)
	w.as(w.adminKey, "DELETE", "/v1/needs/n1/history", "").want(204)
	if got := w.told(w.adminKey, "/v1/needs/n1"); got != "forget admin; made ; ..." {
		t.Errorf("after: %s", got)
	}
	if got := w.told("", "/v1/needs/n1"); got != "made ; ..." {
		t.Errorf("to everybody: %s", got)
	}
	w.as(w.adminKey, "GET", "/v1/needs/n1", "").want(200)
	w.as(w.adminKey, "DELETE", "/v1/needs/none/history", "").problem(404)
	w.as(w.adminKey, "POST", "/v1/needs/n2/merge", `{"into":"n1"}`).want(200)
	w.as(w.adminKey, "DELETE", "/v1/needs/n2/history", "").problem(409)
}

func TestAHistoryNamesRoles(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	k, err := w.svc.CreateKey(t.Context(), Caller{Name: "test", Admin: true}, "x", market.Admin, day.AddDate(1, 0, 0))
	w.must(err)
	for _, by := range []struct{ actor, role string }{
		{"socket", "admin"}, {"key:" + k.ID, "admin"}, {"key:gone", ""}, {"account:gone", ""}, {"link:abc", "owner"}, {"feed:chifeng", "feed"}, {"", ""}, {"other:x", ""},
	} {
		if got, err := w.svc.roleOf(by.actor); err != nil || got != by.role {
			t.Errorf("%q: %q, %v, want %q", by.actor, got, err, by.role)
		}
	}
	w.as(w.adminKey, "POST", "/v1/needs/n2/merge", `{"into":"n1"}`).want(200)
	if r := w.as("", "GET", "/v1/needs/n2/history", ""); r.problem(308).Type != "/problems/moved" || r.Header.Get("Location") != "/v1/needs/n1/history" {
		t.Errorf("of a merged one: %s", r.Header.Get("Location"))
	}
	h := decodeAs[History](w.as(w.adminKey, "GET", "/v1/needs/n1/history", "").want(200))
	if len(h.Changes) != 2 || h.Changes[0].Move != corpus.MoveMerge || h.Changes[0].Other != "n2" || !strings.HasPrefix(h.Changes[0].Actor, "key:") {
		t.Errorf("of a merge: %+v", h)
	}
}
