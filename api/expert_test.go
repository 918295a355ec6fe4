package api

import (
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

// whoKnows writes an answer as e1=a1+e1 for an expert with two documents; a team has its name.
func whoKnows(a matcher.ExpertAnswer) string {
	var out []string
	for _, e := range a.Experts {
		var ids []string
		for _, r := range e.Reasons {
			ids = append(ids, r.ID)
		}
		name := e.ID
		if name == "" {
			name = e.Name
		}
		out = append(out, name+"="+strings.Join(ids, "+"))
	}
	return strings.Join(out, " ")
}

func TestExpertsAreWhatThePublicMayKnowOf(t *testing.T) {
	docs := append(testDocs(), corpus.Doc{Kind: corpus.Expert, SourceID: "e2", Title: "诗歌朗诵", Text: "少儿朗诵与主持培训。"},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "d2", Title: "淀粉废水厌氧处理", Text: "淀粉废水厌氧处理，回收沼气。" + marker, Status: corpus.Draft, Links: []corpus.Link{{Kind: corpus.Expert, ID: "e2"}}})
	w := newWorld(t, nil, docs...)
	ask := func(key string) string {
		return w.as(key, "GET", "/v1/needs/n1/experts", "").want(200).body
	}
	check := func(what, want string) {
		t.Helper()
		r := w.as("", "GET", "/v1/needs/n1/experts", "").want(200)
		if got := whoKnows(decodeAs[matcher.ExpertAnswer](r)); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		if strings.Contains(r.body, marker) {
			t.Errorf("%s: the answer shows what is confidential: %s", what, r.body)
		}
		if admin, reader := ask(w.adminKey), ask(w.readKey); admin != r.body || reader != r.body {
			t.Errorf("%s: others are answered %s and %s", what, admin, reader)
		}
	}
	patch := func(path, body string) { t.Helper(); w.as(w.adminKey, "PATCH", path, body).want(200) }
	check("at first", "e1=a1+e1")
	patch("/v1/achievements/a1", `{"status":"withdrawn"}`)
	check("the achievement is taken down", "e1=e1")
	patch("/v1/achievements/a1", `{"status":"published","disclosure":{"links":"confidential"}}`)
	check("its links are closed", "通辽市生态工程研究所=a1 e1=e1")
	patch("/v1/achievements/a1", `{"disclosure":{"org":"signed_in"}}`)
	check("and its holder", "e1=e1")
	patch("/v1/achievements/a1", `{"disclosure":null}`)
	patch("/v1/experts/e1", `{"status":"withdrawn"}`)
	check("the expert is taken down", "通辽市生态工程研究所=a1")
	patch("/v1/experts/e1", `{"status":"published","text":"从事少儿朗诵培训。","title":"朗诵","people":null}`)
	check("the expert's own posting fits no more", "e1=a1")
	w.as(w.adminKey, "DELETE", "/v1/experts/e1", "").want(204)
	check("there is no expert", "通辽市生态工程研究所=a1")

	patch("/v1/needs/n2", `{"status":"draft"}`)
	for _, key := range []string{"", w.readKey, w.adminKey} {
		w.as(key, "GET", "/v1/needs/n2/experts", "").problem(404)
		w.as(key, "GET", "/v1/needs/none/experts", "").problem(404)
	}
	for _, limit := range []string{"0", "21", "x"} {
		w.as("", "GET", "/v1/needs/n1/experts?limit="+limit, "").problem(422)
	}
}

func TestASiteKeyReadsOfExpertsWhatItsKindsAre(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, test := range []struct {
		key    market.SiteKey
		status int
		want   string
	}{
		{market.SiteKey{}, 200, "e1=a1+e1"},
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Achievement}}, 403, ""},
		{market.SiteKey{Kinds: []corpus.Kind{corpus.Expert}}, 200, "e1=e1"},
		{market.SiteKey{Regions: []string{"15"}}, 200, "e1=a1+e1"},
		{market.SiteKey{Regions: []string{"22"}}, 200, ""},
	} {
		test.key.PerMinute = market.MaxPerMinute
		r := w.ask(w.siteKey(test.key).Key, "https://www.example.cn", "GET", "/v1/needs/n1/experts", "").want(test.status)
		if test.status == 200 && whoKnows(decodeAs[matcher.ExpertAnswer](r)) != test.want {
			t.Errorf("%+v reads %s", test.key, r.body)
		}
	}
}

func TestAnAnswerNamesWhatHasToDoWithADocument(t *testing.T) {
	org := func(k corpus.Kind, id string, links ...corpus.Link) corpus.Doc {
		return corpus.Doc{Kind: k, SourceID: id, Title: id, Org: "甲研究所", Links: links}
	}
	hidden := org(corpus.Achievement, "h")
	hidden.Status = corpus.Draft
	closed := org(corpus.Achievement, "c")
	closed.Disclosure = map[string]corpus.Level{"org": corpus.Confidential}
	w := newWorld(t, nil, org(corpus.Expert, "e"), org(corpus.Project, "p"), org(corpus.Achievement, "a", corpus.Link{Kind: corpus.Expert, ID: "e"}, corpus.Link{Kind: corpus.Project, ID: "p"}),
		hidden, closed, org(corpus.Achievement, "1"), org(corpus.Achievement, "2"), org(corpus.Achievement, "3"), org(corpus.Achievement, "4"), org(corpus.Need, "n", corpus.Link{Kind: corpus.Achievement, ID: "h"}))
	check := func(key, path, linked, org string) {
		t.Helper()
		p := decodeAs[Posting](w.as(key, "GET", "/v1/"+path, "").want(200))
		ids := func(docs []LinkedDoc) string {
			var out []string
			for _, d := range docs {
				out = append(out, d.ID)
			}
			return strings.Join(out, " ")
		}
		if got := ids(p.Linked); got != linked {
			t.Errorf("%s is linked with %q, want %q", path, got, linked)
		}
		if got := ids(p.SameOrg); got != org {
			t.Errorf("%s is of the organisation of %q, want %q", path, got, org)
		}
	}
	check("", "achievements/a", "e p", "4 3 2 n")
	check("", "experts/e", "a", "4 3 2 n p")
	check("", "projects/p", "a", "4 3 2 n e")
	check("", "needs/n", "", "4 3 2 e p")
	check(w.adminKey, "needs/n", "h", "4 3 2 e p")
	check("", "achievements/c", "", "")
	w.as(w.adminKey, "PATCH", "/v1/achievements/4", `{"org":"乙公司","links":[{"kind":"expert","id":"e"}]}`).want(200)
	w.as(w.adminKey, "DELETE", "/v1/achievements/3", "").want(204)
	check("", "experts/e", "a 4", "2 1 n p")
	w.as(w.adminKey, "POST", "/v1/achievements/4/merge", `{"into":"2"}`).want(200)
	check("", "experts/e", "a 2", "1 n p")
	w.as(w.adminKey, "POST", "/v1/achievements/4/unmerge", "").want(200)
	check("", "experts/e", "a 4", "2 1 n p")
	if list := w.as("", "GET", "/v1/achievements", "").want(200).body; strings.Contains(list, `"linked"`) || strings.Contains(list, `"same_org"`) {
		t.Errorf("a list names them: %s", list)
	}
	whole := w.as(w.adminKey, "GET", "/v1/achievements/a", "").want(200)
	if back := w.as(w.adminKey, "PUT", "/v1/achievements/a", whole.body).want(200); back.body != whole.body {
		t.Errorf("put back, it became %s from %s", back.body, whole.body)
	}
}

func TestLeadsThatWaitLongerThanPromisedAreListed(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	made := decodeAs[market.Lead](w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","ask":"broker","message":"想找人看看"}`).want(201))
	if made.Due != "2026-11-26" || made.Achievement != "" {
		t.Fatalf("made %+v", made)
	}
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","achievement":"a1"}`).want(201)
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1"}`).problem(422)
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).problem(409)
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","ask":"broker","due":"2030-01-01"}`).problem(422)
	late := func(key, query string) int {
		t.Helper()
		return len(decodeAs[struct{ Leads []market.Lead }](w.as(key, "GET", "/v1/leads?"+query, "").want(200)).Leads)
	}
	broker := w.key(market.Broker)
	if n := late(broker, "overdue=true"); n != 0 {
		t.Errorf("on the first day %d are overdue", n)
	}
	w.svc.Now = func() time.Time { return day.AddDate(0, 0, 4) }
	for query, want := range map[string]int{"overdue=true": 1, "overdue=false": 2, "overdue=true&state=new": 1, "overdue=true&state=talking": 0, "overdue=true&limit=1": 1} {
		if n := late(broker, query); n != want {
			t.Errorf("%s: %d leads, want %d", query, n, want)
		}
	}
	if n := late(w.key(market.Firm), "overdue=true"); n != 0 {
		t.Errorf("somebody else sees %d", n)
	}
	w.as(broker, "GET", "/v1/subscriptions?overdue=true", "").problem(422)
	if r := w.as(broker, "GET", "/v1/leads/export", "").want(200); !strings.Contains(r.body, "承诺答复日期") || !strings.Contains(r.body, "交给经纪人,,2026-11-26") {
		t.Errorf("the export: %s", r.body)
	} else if sum := decodeAs[RecordImport](w.as(broker, "POST", "/v1/leads/import", r.body, "Content-Type", "text/csv").want(200)); sum.Unchanged != 2 || sum.Bad != 0 {
		t.Errorf("the export is read as %+v", sum)
	}
	w.as(broker, "PATCH", "/v1/leads/"+made.ID, `{"state":"talking"}`).want(200)
	if n := late(broker, "overdue=true"); n != 0 {
		t.Errorf("after the answer %d are overdue", n)
	}
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).problem(409) // it is open
	w.as(w.key(market.Firm), "POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).want(201)
	w.as(w.readKey, "PATCH", "/v1/leads/"+made.ID, `{"state":"declined","reason":"already_solved"}`).want(200)
	w.as(w.readKey, "POST", "/v1/leads", `{"need":"n1","ask":"broker"}`).want(201)
}
