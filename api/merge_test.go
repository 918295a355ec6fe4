package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

// twinDocs are testDocs with copies of some.
func twinDocs() []corpus.Doc {
	docs := testDocs()
	for i, title := range map[int]string{0: "玉米淀粉废水的厌氧处理与沼气回收技术", 4: "玉米淀粉生产废水的达标排放", 3: "未公开的副本"} {
		d := docs[i]
		d.SourceID, d.Title, d.Links, d.Extra = d.SourceID+"-copy", title, nil, map[string]string{"来源": "门户"}
		docs = append(docs, d)
	}
	docs = append(docs, corpus.Doc{Kind: corpus.Expert, SourceID: "e2", Title: "另一位专家", Links: []corpus.Link{{Kind: corpus.Achievement, ID: "a1-copy"}, {Kind: corpus.Achievement, ID: "a1"}}})
	return docs
}

func TestAMergedDocumentLeadsOn(t *testing.T) {
	w := newWorld(t, nil, twinDocs()...)
	lead := decodeAs[market.Lead](w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1-copy","achievement":"a1-copy"}`).want(201))
	w.as(w.adminKey, "POST", "/v1/feedback", `{"feedback":[{"need":"n1-copy","act":"opened","achievement":"a1-copy"}]}`).want(204)
	before := w.as(w.adminKey, "GET", "/v1/achievements/a1", "").want(200).body

	r := w.as(w.adminKey, "POST", "/v1/achievements/a1-copy/merge", `{"into":"a1"}`).want(200)
	if d := decodeAs[corpus.Doc](r); d.ID != "a1" || d.Version != 2 || d.Extra["来源"] != "门户" || r.Header.Get("ETag") != `"2"` {
		t.Errorf("%s", r.body)
	}
	w.as(w.adminKey, "POST", "/v1/needs/n1-copy/merge", `{"into":"n1"}`).want(200)

	for _, key := range []string{"", w.readKey, w.adminKey} {
		r = w.as(key, "GET", "/v1/achievements/a1-copy", "")
		if p := r.problem(308); r.Header.Get("Location") != "/v1/achievements/a1" || p.Type != "/problems/moved" {
			t.Errorf("Location %q: %s", r.Header.Get("Location"), r.body)
		}
	}
	for _, write := range []string{"PUT", "PATCH", "DELETE"} {
		p := w.as(w.adminKey, write, "/v1/achievements/a1-copy", `{"title":"改"}`).problem(409)
		if !strings.Contains(p.Detail, `merged into "a1"`) {
			t.Errorf("%s: %s", write, p.Detail)
		}
	}
	w.as(w.adminKey, "POST", "/v1/achievements", `{"title":"改","source_id":"a1-copy"}`).problem(409)
	if a := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?kind=achievement&q="+url.QueryEscape("淀粉废水"), "").want(200)); a.Total != 1 || a.Results[0].ID != "a1" {
		t.Errorf("found %+v", a.Results)
	}

	// Links, leads, feedback and match lists.
	if d := decodeAs[corpus.Doc](w.as("", "GET", "/v1/experts/e2", "").want(200)); fmt.Sprint(d.Links) != "[{achievement a1}]" {
		t.Errorf("links %v", d.Links)
	}
	for _, c := range []Caller{{Name: "anonymous"}, {Name: "test", Admin: true}} {
		a1, err := w.svc.Document(t.Context(), c, corpus.Achievement, "a1")
		w.must(err)
		e2, err := w.svc.Document(t.Context(), c, corpus.Expert, "e2")
		w.must(err)
		for d, want := range map[*corpus.Doc]string{&a1: "e1 p1 e2", &e2: "a1"} {
			linked, err := w.svc.Linked(t.Context(), c, *d)
			w.must(err)
			var got []string
			for _, l := range linked {
				got = append(got, l.ID)
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s is linked with %q for %s, want %s", d.ID, got, c.Name, want)
			}
		}
	}
	for _, l := range decodeAs[struct{ Leads []market.Lead }](w.as(w.readKey, "GET", "/v1/leads", "").want(200)).Leads {
		if l.ID != lead.ID || l.Need != "n1" || l.Achievement != "a1" {
			t.Errorf("lead %+v", l)
		}
	}
	if l := decodeAs[market.Lead](w.as(w.adminKey, "PATCH", "/v1/leads/"+lead.ID, `{"state":"talking"}`).want(200)); l.Need != "n1" || l.Achievement != "a1" {
		t.Errorf("moved lead %+v", l)
	}
	if l := decodeAs[market.Lead](w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1-copy","achievement":"a2"}`).want(201)); l.Need != "n1" {
		t.Errorf("new lead %+v", l)
	}
	w.as(w.adminKey, "POST", "/v1/feedback", `{"feedback":[{"need":"n1-copy","act":"opened","achievement":"a1-copy"}]}`).want(204)
	told := decodeAs[struct{ Feedback []market.Feedback }](w.as(w.adminKey, "GET", "/v1/feedback", "").want(200)).Feedback
	if len(told) == 0 || told[0].Need != "n1" || told[0].Achievement != "a1" {
		t.Errorf("feedback %+v", told)
	}
	want := w.as("", "GET", "/v1/needs/n1/matches", "").want(200).body
	if got := w.as("", "GET", "/v1/needs/n1-copy/matches", "").want(200).body; got != want || !strings.Contains(got, `"id":"a1"`) || strings.Contains(got, "a1-copy") {
		t.Errorf("matches %s, want %s", got, want)
	}
	if a := decodeAs[matcher.Answer](w.as("", "POST", "/v1/match", `{"achievement":"a1-copy"}`).want(200)); len(a.Matches) == 0 || a.Matches[0].ID != "n1" {
		t.Errorf("matches %+v", a.Matches)
	}

	list := decodeAs[struct {
		Merges []corpus.Merged
		Next   string
	}](w.as(w.adminKey, "GET", "/v1/merges?limit=1", "").want(200))
	if m := list.Merges[0]; len(list.Merges) != 1 || m.ID != "a1-copy" || m.Into != "a1" || !strings.HasPrefix(m.By, "key:") || !m.At.Equal(day) || list.Next != "achievement/a1-copy" {
		t.Errorf("%+v", list)
	}
	if r := w.as(w.adminKey, "GET", "/v1/merges?after="+url.QueryEscape(list.Next), "").want(200); !strings.Contains(r.body, `"n1-copy"`) || strings.Contains(r.body, "a1-copy") || strings.Contains(r.body, "next") {
		t.Errorf("%s", r.body)
	}
	audits, err := w.svc.Store.Audits(20)
	w.must(err)
	if !strings.Contains(fmt.Sprint(audits), "merge achievement a1-copy into a1") {
		t.Errorf("%+v", audits)
	}

	u := decodeAs[Unmerged](w.as(w.adminKey, "POST", "/v1/achievements/a1-copy/unmerge", "").want(200))
	if u.Document.ID != "a1-copy" || u.Into != "a1" || len(u.Kept) > 0 {
		t.Errorf("%+v", u)
	}
	w.as("", "GET", "/v1/achievements/a1-copy", "").want(200)
	after := w.as(w.adminKey, "GET", "/v1/achievements/a1", "").want(200).body
	if strings.Replace(after, `"version":3`, `"version":1`, 1) != before {
		t.Errorf("%s, want\n%s", after, before)
	}
	w.as(w.adminKey, "POST", "/v1/achievements/a1-copy/unmerge", "").problem(404)
	w.as(w.adminKey, "POST", "/v1/achievements/a1/merge", `{"into":"none"}`).problem(404)
	w.as(w.adminKey, "POST", "/v1/achievements/a1/merge", `{"into":"a1"}`).problem(409)
}

func TestAMergeTellsNobodyOfWhatIsHidden(t *testing.T) {
	w := newWorld(t, nil, twinDocs()...)
	w.as(w.adminKey, "POST", "/v1/achievements/draft/merge", `{"into":"a1"}`).want(200)
	w.as(w.adminKey, "POST", "/v1/achievements/a2/merge", `{"into":"draft-copy"}`).want(200)
	for _, id := range []string{"draft", "a2"} {
		unknown := w.as("", "GET", "/v1/achievements/none", "").problem(404)
		if p := w.as("", "GET", "/v1/achievements/"+id, "").problem(404); p.Detail != strings.Replace(unknown.Detail, "none", id, 1) {
			t.Errorf("%s: %s", id, p.Detail)
		}
		w.as("", "GET", "/v1/achievements/"+id+"/matches", "").problem(404)
		w.as(w.adminKey, "GET", "/v1/achievements/"+id, "").problem(308)
	}
	w.as(w.adminKey, "DELETE", "/v1/achievements/a1", "").want(204)
	w.as(w.adminKey, "GET", "/v1/achievements/draft", "").problem(404)
}

func TestDuplicatesAreListedInPages(t *testing.T) {
	w := newWorld(t, nil, twinDocs()...)
	ask := func(query string) Duplicates {
		t.Helper()
		return decodeAs[Duplicates](w.as(w.adminKey, "GET", "/v1/duplicates?least=0.7"+query, "").want(200))
	}
	pairs := func(d Duplicates) (out []string) {
		for _, g := range d.Groups {
			for _, p := range g.Pairs {
				out = append(out, p.A+"="+p.B)
				if p.Likeness != g.Likeness || len(p.Reasons) == 0 || len(g.Documents) != 2 || (g.Keep != p.A && g.Keep != p.B) {
					t.Errorf("%+v", g)
				}
			}
		}
		return out
	}
	all := ask("")
	if got := strings.Join(pairs(all), " "); all.Total != 2 || !strings.Contains(got, "a1=a1-copy") || !strings.Contains(got, "n1=n1-copy") {
		t.Errorf("%d groups: %s", all.Total, got)
	}
	first := ask("&limit=1")
	second := ask("&limit=1&after=" + first.Next)
	if got := pairs(Duplicates{Groups: append(first.Groups, second.Groups...)}); fmt.Sprint(got) != fmt.Sprint(pairs(all)) || second.Next != "" {
		t.Errorf("page by page %q, at once %q", got, pairs(all))
	}
	if got := pairs(ask("&kind=need")); strings.Join(got, " ") != "n1=n1-copy" {
		t.Errorf("of needs %q", got)
	}
	// What was merged since the list was made is left out of it, and a new one knows.
	w.as(w.adminKey, "POST", "/v1/needs/n1-copy/merge", `{"into":"n1"}`).want(200)
	if rest := ask("&limit=2&after=" + strings.Split(first.Next, "-")[0] + "-0"); len(rest.Groups) != 1 || rest.Total != 2 {
		t.Errorf("%+v", rest)
	}
	if now := ask(""); now.Total != 1 {
		t.Errorf("%+v", now)
	}
	// Of three of which the one that joined them is merged away, two are left.
	for i, text := range []string{"甲", "甲乙", "甲乙丙"} {
		text = strings.Repeat("采用高效厌氧反应器处理淀粉加工的废水并回收沼气用于锅炉", 2) + text
		w.as(w.adminKey, "PUT", fmt.Sprint("/v1/projects/x", i), fmt.Sprintf(`{"title":"三个题目","text":%q}`, text)).want(201)
	}
	three := ask("&kind=project&limit=1")
	if len(three.Groups) != 1 || len(three.Groups[0].Documents) != 3 || len(three.Groups[0].Pairs) != 2 {
		t.Fatalf("%+v", three)
	}
	middle := three.Groups[0].Pairs[0].B
	if p := three.Groups[0].Pairs[1]; middle != p.A && middle != p.B {
		middle = three.Groups[0].Pairs[0].A
	}
	w.as(w.adminKey, "DELETE", "/v1/projects/"+middle, "").want(204)
	held := w.svc.twins.of[corpus.Project]
	if left, err := w.svc.duplicateGroup(groupsOf(corpus.Project, held.pairs, .7)[0], .7); err != nil || len(left.Documents) != 2 || len(left.Pairs) != 1 {
		t.Errorf("%+v, %v", left, err)
	}
	for _, query := range []string{"least=0.5", "least=2", "kind=firm", "limit=0", "after=7", "after=7-1", "after=" + first.Next} {
		w.as(w.adminKey, "GET", "/v1/duplicates?"+query, "").problem(422)
	}
}
