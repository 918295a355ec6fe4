package web

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// An outlet is a place that gives postings.
type outlet struct {
	name, method, address string
	body                  string       // of JSON for the API, of a form for pages
	most                  corpus.Level // that it shows, whoever asks; "": what its reader may read
	reading               bool         // it opens what a promise opens
	whole                 bool         // it shows all of a posting that its reader may read
	has                   string       // a mark that it shows while all is disclosed
	by                    string       // readers who are not sent away; "": all
	named                 bool         // its address names a posting, which is found no more once it is withdrawn
	file                  func() string
}

// ids are those of the postings that the outlets give, one of each kind.
var ids = map[corpus.Kind]string{corpus.Achievement: "a9", corpus.Need: "n9", corpus.Expert: "e9", corpus.Project: "p9"}

// Marks stand in fields of the postings, each with the level of its field.
func marks() map[string]corpus.Level {
	return map[string]corpus.Level{"qopenq": corpus.Public, "qtextq": corpus.Public, "qsigninq": corpus.SignedIn, "qpromiseq": corpus.Promised, "qstrainq": corpus.Promised,
		"qclosedq": corpus.Confidential, "qextraq": corpus.Confidential}
}

// outletDocs are the postings, whose text has a level, with a status.
func outletDocs(text corpus.Level, status corpus.Status) (docs []corpus.Doc) {
	for _, k := range corpus.Kinds {
		d := corpus.Doc{Kind: k, SourceID: ids[k], Title: "玉米湿磨短时浸泡 qopenq qopen" + string(k), Text: "将玉米在水中浸泡并加入亚硫酸，缩短浸泡时间，破坏蛋白网络 qtextq。", Status: status,
			Org: "通辽湿磨研究所", Region: "150502", Field: []string{"1391"}, Keywords: []string{"qsigninq"}, Indicators: []string{"浸泡时间 ≤ 12 h qpromiseq"}, Contact: "qclosedq", PublishedOn: "2026-11-22",
			Extra:      map[string]string{"菌株": "qstrainq", "内部": "qextraq"},
			Disclosure: map[string]corpus.Level{"text": text, "keywords": corpus.SignedIn, "indicators": corpus.Promised, "extra.菌株": corpus.Promised}}
		docs = append(docs, d)
	}
	return docs
}

const typedText = "玉米湿磨短时浸泡，缩短浸泡时间，减少亚硫酸用量，破坏蛋白网络"

// outletWorld is a world with the postings, and the cookies of its readers.
type outletWorld struct {
	*world
	readers map[string]string
	site    string // key
	sheet   string // address of its link
	lead    string // address of its page
	given   string // id of the sheet
}

func newOutletWorld(t *testing.T) *outletWorld {
	w := &outletWorld{world: newWorld(t, Options{Base: ""}, append(fixtures(), outletDocs(corpus.Public, corpus.Published)...))}
	broker, _ := w.key(market.Broker)
	w.readers = map[string]string{"nobody": "", "known": w.join(w.invite(market.Reader), "known@x.example"), "promised": w.join(w.invite(market.Reader), "promised@x.example"),
		"broker": w.signInWith(broker), "admin": w.signIn()}
	text, err := w.svc.PromiseText("zh")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range corpus.Kinds {
		w.add(w.readers["promised"], market.Promises, url.Values{string(k): {ids[k]}, "edition": {text.Edition}})
	}
	w.site = w.siteKey(market.SiteKey{PerMinute: market.MaxPerMinute}, "https://www.example.cn").Key
	w.lead = w.add(w.readers["known"], market.Leads, url.Values{"need": {"n9"}, "achievement": {"a9"}})
	sheet := w.add(w.readers["broker"], market.Sheets, url.Values{"need": {"n9"}, "achievement_1": {"a9"}, "achievement_2": {"A1"}, "achievement_3": {"A2"}})
	w.given = strings.TrimPrefix(sheet, "/sheets/")
	_, token, err := w.svc.SendSheet(t.Context(), operator, w.given)
	if err != nil {
		t.Fatal(err)
	}
	w.sheet = api.SheetPath + token
	return w
}

// outlets are all that outlets.txt names.
func (w *outletWorld) outlets() (list []outlet) {
	const public = corpus.Public
	typed, ours := url.Values{"text": {typedText}}.Encode(), url.QueryEscape("通辽湿磨研究所") // pages say again what was asked
	form := with(with(draft, "text", typedText), "do", "match")
	list = []outlet{
		{name: "search", address: "/v1/search?q=qopenq&facets=true", has: "qopenachievement"},
		{name: "search", address: "/v1/search?q=qopenq&key=" + w.site, has: "qopenachievement", most: public, by: "nobody"},
		{name: "match need", method: "POST", address: "/v1/match", body: `{"need":"n9"}`, has: "qopenachievement", most: public},
		{name: "match need", method: "POST", address: "/v1/match", body: `{"achievement":"a9"}`, has: "qopenneed", most: public},
		{name: "match need", method: "POST", address: "/v1/match", body: fmt.Sprintf(`{"text":%q}`, typedText), has: "qopenachievement", most: public},
		{name: "match batch", method: "POST", address: "/v1/match/batch", body: `{"questions":[{"need":"n9"}]}`, has: "qopenachievement", most: public, by: "known promised broker admin"},
		{name: "coach", method: "POST", address: "/v1/coach", body: fmt.Sprintf(`{"text":%q}`, typedText), most: public},
		{name: "need matches", address: "/v1/needs/n9/matches", has: "qopenachievement", most: public, named: true},
		{name: "need matches", address: "/v1/needs/N1/matches", has: "qopenachievement", most: public},
		{name: "achievement matches", address: "/v1/achievements/a9/matches", has: "qopenneed", most: public, named: true},
		{name: "experts", address: "/v1/needs/N1/experts", has: "qopenexpert", most: public},
		{name: "suggest", address: "/v1/suggest?q=" + url.QueryEscape("玉米湿磨短时"), has: "qopenq", most: public},
		{name: "export jsonl", address: "/v1/export?format=jsonl", has: "qopenachievement", whole: true},
		{name: "export jsonl", address: "/v1/export?format=csv", has: "qopenneed", whole: true},
		{name: "changes", address: "/v1/changes?after=0&limit=500", has: "qopenachievement", whole: true},
		{name: "desk API", address: "/v1/desk", by: "broker admin"},
		{name: "desk", address: "/desk", by: "broker admin"},
		{name: "home", address: "/", has: "qopenachievement", most: public},
		{name: "search page", address: "/search?q=" + ours, has: "qopenexpert", most: public},
		{name: "search file", address: "/search/file?q=" + ours, has: "qopenexpert", most: public},
		{name: "match page", method: "POST", address: "/match", body: typed, has: "qopenachievement", most: public},
		{name: "match file", method: "POST", address: "/match/file", body: typed, has: "qopenachievement", most: public},
		{name: "need form", method: "POST", address: "/needs/new", body: form.Encode(), has: "qopenachievement", most: public},
		{name: "need form file", method: "POST", address: "/needs/new/file", body: form.Encode(), most: public},
		{name: "paste page", method: "POST", address: "/needs/paste", body: typed, most: public},
		{name: "compare", address: "/compare?need=N1&a=a9&a=A1", has: "qopenachievement", most: public},
		{name: "compare", address: "/compare?need=n9&a=A1&a=A2", has: "qopenneed", most: public, named: true},
		{name: "need file", address: "/needs/n9/file", has: "qopenachievement", most: public, named: true},
		{name: "achievement file", address: "/achievements/a9/file", has: "qopenneed", most: public, named: true},
		{name: "sheet form", address: "/needs/n9/sheet", has: "qopenneed", by: "broker admin"},
		{name: "paper", address: "/sheets/" + w.given + "/paper", has: "qopenachievement", by: "broker admin"},
		{name: "sheet link", address: w.sheet, most: public},
		{name: "sheet opened", method: "POST", address: w.sheet, body: "do=open", has: "qopenachievement", most: public},
		{name: "page of a lead", address: w.lead, has: "qopenneed", by: "known broker admin"},
		{name: "embed of a need", address: "/embed/" + w.site + ".html?need=N1", has: "qopenachievement", most: public},
		{name: "embed of a need", address: "/embed/" + w.site + ".html?query=" + ours, has: "qopenachievement", most: public},
		{name: "embed of a need", address: "/embed/" + w.site + ".html?interest=achievement:a9", has: "qopenachievement", most: public, named: true},
		{name: "embed of a text", method: "POST", address: "/embed/" + w.site + ".html", body: typed, has: "qopenachievement", most: public},
		{name: "publish", address: "publish", by: "admin", has: "qopenachievement", most: public, file: func() string {
			files, err := Publish(w.t.Context(), w.svc, Options{Base: "https://duijie.example"}, w.site, url.Values{"need": {"N1"}})
			return fmt.Sprint(files, err)
		}},
	}
	for _, k := range corpus.Kinds {
		all, mark := k.Plural(), "qopen"+string(k)
		at := all + "/" + ids[k]
		list = append(list,
			outlet{name: "feed of " + all, address: "/v1/feed/" + all + ".jsonl", has: mark, most: public, whole: true},
			outlet{name: "list of " + all, address: "/v1/" + all, has: mark, whole: true},
			outlet{name: "one of " + all, address: "/v1/" + at, has: mark, whole: true, reading: true, named: true},
			outlet{name: "history of " + all, address: "/v1/" + at + "/history", named: true},
			outlet{name: "page of " + all, address: "/" + at, has: mark, whole: true, reading: true, named: true},
			outlet{name: "history page of " + all, address: "/" + at + "/history", has: mark, named: true})
	}
	for _, t := range market.Tables {
		name := t.About().Name
		list = append(list, outlet{name: "API of " + name, address: "/v1/" + name, most: "none"}, outlet{name: "pages of " + name, address: "/" + name},
			outlet{name: "form of " + name, address: "/" + name + "/new?need=n9"})
	}
	for i := range list {
		if list[i].method == "" {
			list[i].method = "GET"
		}
	}
	return list
}

// An answerOf is what an outlet said to a reader.
type answerOf struct {
	status     int
	tag, whole string
}

func (w *outletWorld) asks(o outlet, reader, tag string) answerOf {
	w.t.Helper()
	if o.file != nil {
		return answerOf{200, "", o.file()}
	}
	r := httptest.NewRequest(o.method, o.address, strings.NewReader(o.body))
	if o.method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if strings.HasPrefix(o.address, "/v1/") {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	if cookie := w.readers[reader]; cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	b, err := io.ReadAll(rec.Result().Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answerOf{rec.Code, rec.Header().Get("ETag"), string(b)}
}

// level is what a reader may read at an outlet.
func (o outlet) level(reader string) corpus.Level {
	own := map[string]corpus.Level{"nobody": corpus.Public, "known": corpus.SignedIn, "promised": corpus.SignedIn, "broker": corpus.SignedIn, "admin": corpus.Confidential}[reader]
	if reader == "promised" && o.reading {
		own = corpus.Promised
	}
	if o.most != "" {
		return o.most
	}
	return own
}

// put writes the postings in a state, and the index follows.
func (w *outletWorld) put(text corpus.Level, status corpus.Status) {
	w.t.Helper()
	for _, d := range outletDocs(text, status) {
		if _, err := w.svc.Replace(w.t.Context(), operator, ids[d.Kind], d, 0); err != nil {
			w.t.Fatal(err)
		}
	}
}

// finds returns how many postings a search finds, and the sum of what a facet counts.
func (w *outletWorld) finds(query string) (total, facet int) {
	w.t.Helper()
	var a api.SearchAnswer
	if err := json.Unmarshal([]byte(w.asks(outlet{method: "GET", address: "/v1/search?facets=true&q=" + query}, "nobody", "").whole), &a); err != nil {
		w.t.Fatal(err)
	}
	for _, f := range a.Facets {
		if f.Name == "kind" {
			for _, v := range f.Values {
				facet += v.Count
			}
		}
	}
	return a.Total, facet
}

// What each outlet shows as each reader: what is disclosed to that reader, none of what was closed since, and nothing of what is
// withdrawn but to admins. Answers that callers have are not confirmed once they hold what was closed.
func TestOutletsShowWhatIsDisclosedAndNoMore(t *testing.T) {
	w := newOutletWorld(t)
	readers := slices.Sorted(maps.Keys(w.readers))
	had := map[string]answerOf{}
	all, counted := w.finds("")
	for _, state := range []string{"disclosed", "closed", "withdrawn"} {
		level := marks()
		switch state {
		case "closed":
			w.put(corpus.Confidential, corpus.Published)
			level["qtextq"] = corpus.Confidential
		case "withdrawn":
			w.put(corpus.Public, corpus.Withdrawn)
		}
		for _, o := range w.outlets() {
			for _, reader := range readers {
				at := reader + " " + o.method + " " + o.address
				got := w.asks(o, reader, "")
				if got.status >= 500 {
					t.Errorf("%s, %s: %d", state, at, got.status)
				}
				may := o.level(reader)
				if o.most == "none" {
					may = ""
				}
				sees := func(mark string) bool {
					return o.most != "none" && may.Opens(level[mark]) && (state != "withdrawn" || may == corpus.Confidential)
				}
				for mark := range level {
					if there := strings.Contains(got.whole, mark); there && !sees(mark) {
						i := strings.Index(got.whole, mark)
						t.Errorf("%s, %s: shows %s: …%s…", state, at, mark, got.whole[max(0, i-80):i])
					} else if !there && o.whole && sees(mark) && state != "withdrawn" {
						t.Errorf("%s, %s: %d without %s", state, at, got.status, mark)
					}
				}
				if asked := o.by == "" || slices.Contains(strings.Fields(o.by), reader); state != "withdrawn" && asked && !strings.Contains(got.whole, o.has) {
					t.Errorf("%s, %s: %d without %s", state, at, got.status, o.has)
				}
				if state == "withdrawn" && o.named && reader != "admin" && got.status != 404 {
					t.Errorf("%s, %s: %d", state, at, got.status)
				}
				if was := had[at]; was.tag != "" && was.whole != got.whole {
					if again := w.asks(o, reader, was.tag); again.status == http.StatusNotModified {
						t.Errorf("%s, %s: an old answer is still good", state, at)
					}
				}
				had[at] = got
			}
		}
		for mark, l := range level {
			want := 0
			if l == corpus.Public && state != "withdrawn" {
				want = len(ids)
			}
			if total, facet := w.finds(mark); total != want || facet != want {
				t.Errorf("%s: a search for %s finds %d, its facet counts %d, want %d", state, mark, total, facet, want)
			}
		}
	}
	if total, facet := w.finds(""); total != all-len(ids) || facet != counted-len(ids) {
		t.Errorf("of %d postings %d are left, of %d in the facet %d", all, total, counted, facet)
	}
	for _, k := range corpus.Kinds {
		if got := w.asks(outlet{method: "GET", address: "/v1/" + k.Plural() + "/" + ids[k]}, "admin", ""); got.status != 200 || !strings.Contains(got.whole, "qopenq") {
			t.Errorf("an admin reads of a withdrawn %s: %d", k, got.status)
		}
	}
}

// outletTable reads outlets.txt: routes, and how each is tested.
func outletTable(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/outlets.txt")
	if err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	names := map[string][]string{}
	for _, k := range corpus.Kinds {
		names["KINDS"] = append(names["KINDS"], k.Plural())
	}
	expand := func(line string) (rows []string) {
		for word, list := range names {
			if strings.Contains(line, word) {
				for _, name := range list {
					rows = append(rows, strings.ReplaceAll(line, word, name))
				}
				return rows
			}
		}
		return []string{line}
	}
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if list, isList := strings.CutPrefix(line, "RECORDS "); isList {
			names["RECORDS"] = strings.Fields(list)
			continue
		}
		for _, row := range expand(line) {
			route, how, ok := strings.Cut(row, " | ")
			if !ok || table[route] != "" {
				t.Errorf("outlets.txt: %s has no bar, or is there twice", row)
			}
			table[route] = how
		}
	}
	return table
}

// patterns are those of a mux, which it shows to nobody: another release of Go may call them otherwise.
func patterns(mux *http.ServeMux) (list []string) {
	index := reflect.ValueOf(mux).Elem().FieldByName("index")
	known := map[string]bool{}
	add := func(all reflect.Value) {
		for i := range all.Len() {
			known[all.Index(i).Elem().FieldByName("str").String()] = true
		}
	}
	add(index.FieldByName("multis"))
	for segments := index.FieldByName("segments").MapRange(); segments.Next(); {
		add(segments.Value())
	}
	return slices.Sorted(maps.Keys(known))
}

func TestEveryOutletIsTested(t *testing.T) {
	w := newOutletWorld(t)
	table := outletTable(t)
	routes := map[string]bool{}
	for path, item := range api.OpenAPI().Paths {
		for method, op := range map[string]any{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if !reflect.ValueOf(op).IsNil() {
				routes[method+" "+path] = true
			}
		}
	}
	pages, err := Handler(w.svc, Options{})
	if err != nil {
		t.Fatal(err)
	}
	of := patterns(pages.(guarded).ServeMux)
	if len(of) < 100 {
		t.Fatalf("of the pages %d patterns are read", len(of))
	}
	for _, p := range of {
		routes[p] = true
	}
	for r := range routes {
		if table[r] == "" {
			t.Errorf("say in testdata/outlets.txt which test holds %s to what is disclosed", r)
		}
	}
	asked := map[string]bool{}
	for _, o := range w.outlets() {
		asked[o.name] = true
	}
	tests := testNames(t)
	used := map[string]bool{}
	for r, how := range table {
		word, what, _ := strings.Cut(how, " ")
		if ours := strings.HasPrefix(r, "OUT ") || strings.HasPrefix(r, "RUN "); !ours && !routes[r] {
			t.Errorf("outlets.txt: there is no route %s", r)
		}
		switch word {
		case "outlet":
			if used[what] = true; !asked[what] {
				t.Errorf("outlets.txt: %s: there is no outlet %q", r, what)
			}
		case "test":
			if !tests[what] {
				t.Errorf("outlets.txt: %s: there is no test %s", r, what)
			}
		case "none", "self":
			if what == "" {
				t.Errorf("outlets.txt: %s: say why", r)
			}
		case "admin": // what refuses all others is no outlet
			method, path, _ := strings.Cut(r, " ")
			for _, reader := range []string{"nobody", "known", "broker"} {
				got := w.asks(outlet{method: method, address: regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "a9"), body: "{}"}, reader, "")
				if got.status != 401 && got.status != 403 && got.status != 303 {
					t.Errorf("outlets.txt: %s is not for admins alone: %s gets %d", r, reader, got.status)
				}
			}
		default:
			t.Errorf("outlets.txt: %s: %q", r, how)
		}
	}
	for name := range asked {
		if !used[name] {
			t.Errorf("outlets.txt: the outlet %q belongs to no route", name)
		}
	}
}

// testNames are the tests of the API and of the pages.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, dir := range []string{".", ".."} {
		files, err := filepath.Glob(dir + "/*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(b), -1) {
				names[m[1]] = true
			}
		}
	}
	return names
}
