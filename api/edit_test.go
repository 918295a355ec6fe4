package api

import (
	"fmt"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestAnEditChangesWhatItsFilterKeeps(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       string // chosen, updated, unchanged, failed
		after      string // valid_until of n1, n2
	}{
		{"by region", `{"kind":"need","filter":{"region":["150521"]},"set":{"valid_until":"2027-12-31"}}`, "1 1 0 0", "2027-06-01 2027-12-31"},
		{"by words", `{"kind":"need","q":"淀粉","set":{"valid_until":"2027-12-31"}}`, "1 1 0 0", "2027-12-31 2026-10-01"},
		{"by ids", `{"kind":"need","ids":["n1","n2","n1"],"set":{"valid_until":null}}`, "2 2 0 0", " "},
		{"all must hold", `{"kind":"need","ids":["n1"],"filter":{"region":["15"]},"set":{"valid_until":null}}`, "1 1 0 0", " 2026-10-01"},
		{"what is so already", `{"kind":"need","filter":{"region":["15"]},"set":{"valid_until":"2027-06-01"}}`, "2 1 1 0", "2027-06-01 2027-06-01"},
		{"a dry run", `{"kind":"need","filter":{"region":["15"]},"set":{"valid_until":null},"dry_run":true}`, "2 2 0 0", "2027-06-01 2026-10-01"},
		{"unknown ids beside good ones", `{"kind":"need","ids":["n1","none"],"set":{"valid_until":null}}`, "2 1 0 1", " 2026-10-01"},
		{"a wrong value", `{"kind":"need","ids":["n1"],"set":{"valid_until":"someday"}}`, "1 0 0 1", "2027-06-01 2026-10-01"},
		{"an unknown member", `{"kind":"need","ids":["n1"],"set":{"valid":"2027"}}`, "1 0 0 1", "2027-06-01 2026-10-01"},
		{"an identity", `{"kind":"need","ids":["n1"],"set":{"source_id":"x"}}`, "1 0 0 1", "2027-06-01 2026-10-01"},
		{"as many as expected", `{"kind":"need","filter":{"region":["15"]},"set":{"valid_until":null},"expect":2}`, "2 2 0 0", " "},
		{"none", `{"kind":"need","q":"没有这样的词组","set":{"valid_until":null}}`, "0 0 0 0", "2027-06-01 2026-10-01"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, nil, testDocs()...)
			a := decodeAs[EditAnswer](w.as(w.adminKey, "POST", "/v1/edit", test.body).want(200))
			if got := fmt.Sprint(a.Chosen, a.Updated, a.Unchanged, a.Failed); got != test.want || len(a.Results) != a.Chosen {
				t.Errorf("%s, want %s: %+v", got, test.want, a)
			}
			var after []string
			for _, id := range []string{"n1", "n2"} {
				d, err := w.svc.Store.Get(corpus.Need, id)
				w.must(err)
				after = append(after, string(d.ValidUntil))
			}
			if got := strings.Join(after, " "); got != test.after {
				t.Errorf("after it: %q, want %q", got, test.after)
			}
			for _, r := range a.Results {
				if (r.Outcome == "failed") != (len(r.Errors) > 0) {
					t.Errorf("%+v", r)
				}
			}
		})
	}
}

func TestAnEditIsRefusedWhole(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, test := range []struct {
		body   string
		status int
	}{
		{`{"kind":"need","set":{"valid_until":null}}`, 422},
		{`{"kind":"need","filter":{"region":[]},"q":" ","ids":[],"set":{"valid_until":null}}`, 422},
		{`{"kind":"need","q":"？！","set":{"valid_until":null}}`, 422},
		{`{"kind":"need","q":"\"\"","set":{"valid_until":null}}`, 422},
		{`{"kind":"need","q":"-不存在的词","set":{"valid_until":null}}`, 422},
		{`{"kind":"need","filter":{"region":["99"]},"set":{"valid_until":null}}`, 422},
		{`{"kind":"need","ids":["n1"],"set":{}}`, 422},
		{`{"kind":"need","ids":["n1"]}`, 422},
		{`{"kind":"needs","ids":["n1"],"set":{"valid_until":null}}`, 422},
		{`{"kind":"need","filter":{"region":["15"]},"set":{"valid_until":null},"expect":3}`, 409},
	} {
		w.as(w.adminKey, "POST", "/v1/edit", test.body).problem(test.status)
	}
	w.as(w.readKey, "POST", "/v1/edit", `{"kind":"need","ids":["n1"],"set":{"valid_until":null}}`).problem(403)
	w.as("", "POST", "/v1/edit", `{"kind":"need","ids":["n1"],"set":{"valid_until":null}}`).problem(401)
	last, err := w.svc.Store.Get(corpus.Need, "n1")
	w.must(err)
	if last.Version != 1 {
		t.Errorf("a refused edit made version %d", last.Version)
	}
}

func TestAnEditIsOneEntryInTheAudit(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	w.as(w.adminKey, "POST", "/v1/edit", `{"kind":"need","ids":["n1","n2"],"set":{"valid_until":"2028","level":"秘密的"}}`).want(200)
	audits, err := w.svc.Store.Audits(1)
	w.must(err)
	if got := audits[0]; !strings.HasPrefix(got.Actor, "key:") || got.Action != "edit 2 needs: set level, valid_until" || got.Last-got.First != 1 {
		t.Errorf("audit %+v", got)
	}
}

func TestTooManyForOneEdit(t *testing.T) {
	var docs []corpus.Doc
	for i := range maxEdit + 1 {
		docs = append(docs, corpus.Doc{Kind: corpus.Project, SourceID: fmt.Sprint("p", i), Title: fmt.Sprint("项目", i), Region: "150502"})
	}
	w := newWorld(t, nil, docs...)
	if p := w.as(w.adminKey, "POST", "/v1/edit", `{"kind":"project","filter":{"region":["15"]},"set":{"level":"x"},"dry_run":true}`).problem(413); !strings.Contains(p.Detail, "1001") {
		t.Errorf("%+v", p)
	}
}

func TestWhatIsIncompleteIsTheAdmins(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for key, status := range map[string]int{"": 401, w.readKey: 403, w.adminKey: 200} {
		w.as(key, "GET", "/v1/incomplete?kind=need&limit=1", "").want(status)
	}
	w.as(w.adminKey, "GET", "/v1/incomplete?kind=expert", "").problem(422)
}
