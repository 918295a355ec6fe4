package api

import (
	"net/url"
	"strings"
	"testing"

	"duijie/corpus"
)

// Every way to read, asked by the public, for what only admins may see and for what only key holders may see.
func TestClosedFieldsAreInNoAnswer(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	marked := url.QueryEscape(marker)
	paths := []string{
		"/v1/status", "/openapi.json",
		"/v1/search?facets=true&limit=100", "/v1/search?q=" + marked, "/v1/search?facets=true&q=" + url.QueryEscape("淀粉"), "/v1/search?q=org:" + url.QueryEscape(openToKeys),
		"/v1/needs/n1/matches", "/v1/achievements/a1/matches", "/v1/achievements/a2/matches",
		"/v1/achievements/draft", "/v1/achievements/draft/matches",
	}
	for _, k := range corpus.Kinds {
		paths = append(paths, "/v1/"+k.Plural())
		for _, format := range []string{"csv", "jsonl"} {
			paths = append(paths, "/v1/export?kind="+string(k)+"&format="+format)
		}
	}
	for _, d := range testDocs() {
		paths = append(paths, "/v1/"+d.Kind.Plural()+"/"+d.SourceID)
	}
	read := func(key string) (all string) {
		for _, path := range paths {
			r := w.as(key, "GET", path, "")
			if r.StatusCode == 500 {
				t.Errorf("%s: %s", path, r.body)
			}
			all += r.body
		}
		for _, body := range []string{`{"need":"n1"}`, `{"achievement":"a2"}`, `{"text":"淀粉废水 ` + openToKeys[:6] + `"}`} {
			all += w.as(key, "POST", "/v1/match", body).want(200).body
		}
		return all
	}
	public, signedIn, admin := read(""), read(w.readKey), read(w.adminKey)
	for _, test := range []struct {
		who, text      string
		marker, opened bool
	}{{"the public", public, false, false}, {"a key holder", signedIn, false, true}, {"an admin", admin, true, true}} {
		if strings.Contains(test.text, marker) != test.marker {
			t.Errorf("%s sees confidential text: %v", test.who, !test.marker)
		}
		if strings.Contains(test.text, openToKeys) != test.opened {
			t.Errorf("%s sees what is open to keys: %v", test.who, !test.opened)
		}
	}
	for _, q := range []string{marker, openToKeys, "内部备注"} {
		if a := decodeAs[SearchAnswer](w.as(w.adminKey, "GET", "/v1/search?q="+url.QueryEscape(q), "").want(200)); a.Total != 0 {
			t.Errorf("%q finds %d documents: closed text is in the index", q, a.Total)
		}
	}
}

func TestADraftIsNotThereForOthers(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, key := range []string{"", w.readKey} {
		hidden, none := w.as(key, "GET", "/v1/achievements/draft", "").problem(404), w.as(key, "GET", "/v1/achievements/drafu", "").problem(404)
		if strings.Replace(none.Detail, "drafu", "draft", 1) != hidden.Detail || none.Fix != hidden.Fix {
			t.Errorf("a draft (%+v) can be told from nothing (%+v)", hidden, none)
		}
		w.as(key, "GET", "/v1/achievements/draft/matches", "").problem(404)
	}
	w.as(w.adminKey, "GET", "/v1/achievements/draft", "").want(200)
}
