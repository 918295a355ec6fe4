package api

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestADocumentIsCreatedReadChangedAndDeleted(t *testing.T) {
	w := newWorld(t, nil)
	for _, k := range corpus.Kinds {
		t.Run(string(k), func(t *testing.T) {
			w := &world{TB: t, svc: w.svc, http: w.http, adminKey: w.adminKey}
			all := "/v1/" + k.Plural()
			r := w.as(w.adminKey, "POST", all, `{"title":"硅砂提纯","source_id":"x1","price":"80万元","extra":{"编号":"7"}}`).want(201)
			one := all + "/x1"
			if r.Header.Get("Location") != one || r.Header.Get("ETag") != `"1"` {
				t.Errorf("Location %q, ETag %q", r.Header.Get("Location"), r.Header.Get("ETag"))
			}
			d := decodeAs[corpus.Doc](w.as(w.adminKey, "GET", one, "").want(200))
			if d.Kind != k || d.ID != "x1" || d.Version != 1 || d.Status != corpus.Published || d.Price == nil || d.Price.Min != 80_000_000 || d.Extra["编号"] != "7" {
				t.Errorf("read back: %+v", d)
			}

			r = w.as(w.adminKey, "PATCH", one, `{"text":"酸浸","price":null,"extra":{"产地":"奈曼"}}`, "If-Match", `"1"`, "Content-Type", "application/merge-patch+json").want(200)
			d = decodeAs[corpus.Doc](r)
			if r.Header.Get("ETag") != `"2"` || d.Title != "硅砂提纯" || d.Text != "酸浸" || d.Price != nil || d.Extra["编号"] != "7" || d.Extra["产地"] != "奈曼" {
				t.Errorf("patched: %s", r.body)
			}

			put := `{"title":"硅砂提纯与分级"}`
			r = w.as(w.adminKey, "PUT", one, put, "If-Match", `"2"`).want(200)
			if d = decodeAs[corpus.Doc](r); d.Title != "硅砂提纯与分级" || d.Text != "" || d.SourceID != "x1" || d.Version != 3 {
				t.Errorf("replaced: %s", r.body)
			}
			r = w.as(w.adminKey, "PUT", one, put, "If-Match", `"3"`).want(200)
			if r.Header.Get("ETag") != `"3"` {
				t.Errorf("the same PUT again makes ETag %s", r.Header.Get("ETag"))
			}

			w.as(w.adminKey, "DELETE", one, "", "If-Match", `"1"`).problem(412)
			if r = w.as(w.adminKey, "DELETE", one, "", "If-Match", `"3"`).want(204); r.body != "" {
				t.Errorf("a 204 with the body %q", r.body)
			}
			w.as(w.adminKey, "GET", one, "").problem(404)
			w.as(w.adminKey, "DELETE", one, "").problem(404)
		})
	}
}

func TestWhatWasReadCanBePut(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	r := w.as(w.adminKey, "GET", "/v1/achievements/a1", "").want(200)
	back := w.as(w.adminKey, "PUT", "/v1/achievements/a1", r.body, "If-Match", r.Header.Get("ETag")).want(200)
	if back.body != r.body || back.Header.Get("ETag") != `"1"` || !strings.HasPrefix(r.Header.Get("ETag"), `"1-`) {
		t.Errorf("put back unchanged, it became\n%s\nfrom\n%s", back.body, r.body)
	}
}

func TestPutCreatesUnderAnIDThatTheSourceGives(t *testing.T) {
	w := newWorld(t, nil)
	for _, test := range []struct {
		id, body string
		status   int
	}{
		{"plain-1", `{"title":"x"}`, 201},
		{"plain-2", `{"title":"x","source_id":"plain-2"}`, 201},
		{"zj~77", `{"title":"x","source":"zj","source_id":"77"}`, 201},
		{"zj~78", `{"title":"x"}`, 201},
		{"zj~79", `{"title":"x","source":"zj"}`, 422},
		{"other", `{"title":"x","source_id":"plain-3"}`, 422},
		{"habcdefgh234567ab", `{"title":"x"}`, 422}, // the form of hashes
		{"plain-4", `{"title":"x","id":"plain-5"}`, 422},
		{"plain-4", `{"title":"x","kind":"expert"}`, 422},
	} {
		w.as(w.adminKey, "PUT", "/v1/needs/"+test.id, test.body).want(test.status)
		found := 200
		if test.status != 201 {
			found = 404
		}
		w.as("", "GET", "/v1/needs/"+test.id, "").want(found)
	}
	w.as(w.adminKey, "PUT", "/v1/needs/plain-1", `{"title":"y","source_id":"plain-2"}`).problem(409)
}

func TestAWriteOnAnotherVersionFails(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		body := `{"title":"改"}`
		if method == "DELETE" {
			body = ""
		}
		for _, tag := range []string{`"2"`, `"0"`, `W/"1"`, `1`, `"x"`, `""`} {
			if p := w.as(w.adminKey, method, "/v1/needs/n1", body, "If-Match", tag).problem(412); p.Type != "/problems/precondition_failed" {
				t.Errorf("%s with If-Match %s: %s", method, tag, p.Type)
			}
		}
	}
	w.as(w.adminKey, "PUT", "/v1/needs/none", `{"title":"x"}`, "If-Match", "*").problem(412)
	w.as(w.adminKey, "PUT", "/v1/needs/none", `{"title":"x"}`, "If-Match", `"1"`).problem(412)
	if r := w.as(w.adminKey, "PATCH", "/v1/needs/n1", `{"title":"改"}`, "If-Match", "*").want(200); r.Header.Get("ETag") != `"2"` {
		t.Errorf("If-Match * gives ETag %s", r.Header.Get("ETag"))
	}
	w.as(w.adminKey, "POST", "/v1/needs", `{"title":"x","source_id":"n2"}`).problem(409)
}

func TestOfManyWritersOnOneVersionOneWins(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	const writers = 8
	statuses := make(chan int, writers)
	for i := range writers {
		go func() {
			r := httptest.NewRequest("PATCH", "/v1/needs/n1", strings.NewReader(fmt.Sprintf(`{"title":"改%d"}`, i)))
			r.Header.Set("If-Match", `"1"`)
			rec := httptest.NewRecorder()
			w.admin.ServeHTTP(rec, r)
			statuses <- rec.Code
		}()
	}
	got := map[int]int{}
	for range writers {
		got[<-statuses]++
	}
	if got[200] != 1 || got[412] != writers-1 {
		t.Errorf("%d writers get %v, want one 200 and else 412", writers, got)
	}
}

func TestAPatchThatGivesNoDocumentIsRefused(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for _, test := range []struct{ body, field string }{
		{`{"title":null}`, "title"},
		{`{"titel":"x"}`, ""},
		{`{"title":7}`, ""},
		{`[]`, ""},
		{`"x"`, ""},
		{`{"source_id":"n9"}`, ""},
		{`{"kind":"expert"}`, ""},
		{`{"stage":"ripe"}`, "stage"},
		{`{"price":"3万4万5万"}`, ""},
	} {
		p := w.as(w.adminKey, "PATCH", "/v1/needs/n1", test.body).problem(422)
		if test.field != "" && (len(p.Errors) != 1 || p.Errors[0].Field != test.field) {
			t.Errorf("%s: errors %+v, want one of %s", test.body, p.Errors, test.field)
		}
	}
	for _, patch := range []string{`{"title":"改"} {"text":"x"}`, `{"title":"改"}]`} {
		w.as(w.adminKey, "PATCH", "/v1/needs/n1", patch).problem(400)
		if _, err := w.svc.Patch(t.Context(), Caller{Admin: true}, corpus.Need, "n1", []byte(patch), 0); corpus.CodeOf(err) != corpus.Invalid {
			t.Errorf("%s is taken: %v", patch, err)
		}
	}
	if d := decodeAs[corpus.Doc](w.as("", "GET", "/v1/needs/n1", "")); d.Version != 1 {
		t.Errorf("a refused patch made version %d", d.Version)
	}
}

func TestAllWrongFieldsAreNamedAtOnce(t *testing.T) {
	w := newWorld(t, nil)
	p := w.as(w.adminKey, "POST", "/v1/needs", `{"title":" ","published":"soon","valid_until":"2026-13"}`).problem(422)
	var fields []string
	for _, f := range p.Errors {
		fields = append(fields, f.Field)
		if f.Detail == "" || f.Fix == "" {
			t.Errorf("fault %+v says too little", f)
		}
	}
	slices.Sort(fields)
	if !slices.Equal(fields, []string{"published", "title", "valid_until"}) {
		t.Errorf("faults of %v", fields)
	}
}

// RFC 7396, appendix A.
func TestMergePatch(t *testing.T) {
	for _, test := range []struct{ target, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		var target, patch any
		if err := json.Unmarshal([]byte(test.target), &target); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(test.patch), &patch); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(merged(target, patch))
		if err != nil || string(got) != test.want {
			t.Errorf("merged(%s, %s) = %s, %v; want %s", test.target, test.patch, got, err, test.want)
		}
	}
}

func TestALargeDocumentIsTakenAndALargerBodyRefused(t *testing.T) {
	w := newWorld(t, nil)
	long := strings.Repeat("长", corpus.MaxText/len("长"))
	w.as(w.adminKey, "POST", "/v1/needs", fmt.Sprintf(`{"title":"x","text":%q,"goal":%q}`, long, long)).want(201)
	p := w.as(w.adminKey, "POST", "/v1/needs", fmt.Sprintf(`{"title":"x","text":%q}`, strings.Repeat("a", int(BodyJSON.Default)))).problem(413)
	if p.Type != "/problems/too_large" {
		t.Errorf("type %s", p.Type)
	}
}

func TestACreatedDocumentIsFoundByTheNextSearch(t *testing.T) {
	w := newWorld(t, nil)
	for i := range 20 {
		title := fmt.Sprintf("编号%d的蒙药", i)
		w.as(w.adminKey, "POST", "/v1/achievements", fmt.Sprintf(`{"title":%q,"source_id":"s%d"}`, title, i)).want(201)
		if a := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?q=%E8%92%99%E8%8D%AF", "").want(200)); a.Total != i+1 {
			t.Fatalf("after %d documents %d are found", i+1, a.Total)
		}
	}
	w.as(w.adminKey, "PATCH", "/v1/achievements/s3", `{"status":"withdrawn"}`).want(200)
	if a := decodeAs[SearchAnswer](w.as("", "GET", "/v1/search?q=%E8%92%99%E8%8D%AF", "").want(200)); a.Total != 19 {
		t.Errorf("after one of 20 was withdrawn %d are found", a.Total)
	}
}
