package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A recordKind is the pages of one sort of market record.
type recordKind struct {
	*site
	table market.Table
	*market.Declared
}

// recordKinds are those of all sorts.
func (s *site) recordKinds() (kinds []recordKind) {
	for _, t := range market.Tables {
		kinds = append(kinds, recordKind{s, t, t.About()})
	}
	return kinds
}

// register adds the pages to mux; guard lets forms of our own pages act.
func (k recordKind) register(mux *http.ServeMux, guard *http.CrossOriginProtection) {
	all, one := "/"+k.Name, "/"+k.Name+"/{id}"
	for _, p := range []struct {
		path, move string
		view       view
	}{{all, "list", k.list}, {all + "/new", "create", k.newForm}, {one, "read", k.one}, {one + "/edit", "update", k.editForm}} {
		mux.HandleFunc("GET "+p.path, k.show(k.with(k.Name, p.move, p.view)))
	}
	for _, p := range []struct {
		path, move string
		view       view
	}{{all + "/new", "create", k.create}, {one, "read", k.move}, {one + "/edit", "update", k.edit}} {
		mux.Handle("POST "+p.path, guard.Handler(k.showForm(k.with(k.Name, p.move, p.view))))
	}
	mux.HandleFunc("GET "+all+"/export", k.exportFile)
	mux.Handle("POST "+all+"/import", guard.Handler(http.HandlerFunc(k.importFile)))
}

func (k recordKind) path(rest ...string) string { return k.url("/" + k.Name + strings.Join(rest, "")) }

// kindLinks lead to the other sorts that the caller may list.
func (k recordKind) kindLinks(r request) (links []link) {
	if r.caller.Allowed("desk", "read") != market.None {
		links = append(links, link{Name: r.t("desk.title"), URL: k.url("/desk"), Here: r.URL.Path == "/desk"})
	}
	if r.caller.Allowed(market.Submissions, string(market.Online)) != market.None {
		links = append(links, link{Name: r.t("review.title"), URL: k.url("/review"), Here: r.URL.Path == "/review"})
	}
	for _, other := range k.recordKinds() {
		if r.caller.Allowed(other.Name, "list") != market.None {
			links = append(links, link{Name: other.Many.In(r.lang), URL: other.path(), Here: strings.HasPrefix(r.URL.Path+"/", "/"+other.Name+"/")})
		}
	}
	if r.caller.Allowed("reports", "read") != market.None {
		links = append(links, link{Name: r.t("report.pages"), URL: k.url("/reports"), Here: r.URL.Path == "/reports" || strings.HasPrefix(r.URL.Path, "/reports/")})
	}
	return links
}

func (k recordKind) word(r request, value market.State) string {
	for _, n := range slices.Concat(k.States, k.Acts) {
		if n.Value == string(value) {
			return n.In(r.lang)
		}
	}
	return r.t("records.move." + string(value))
}

// names returns who made or moved a record, as the caller may know it.
func (k recordKind) names(r request) func(by string) string {
	known := map[string]string{}
	if r.caller.Admin {
		known = k.keyNames(r)
	}
	return func(by string) string {
		if by == r.caller.Name {
			return r.t("records.me")
		}
		if name := known[by]; name != "" {
			return name
		}
		return cmp.Or(k.svc.Known(r.caller, by), by)
	}
}

// titleOf is what people call a record: the text of its first field that is set, of a posting or another record its title. One that
// the reader may not see has code NotFound; "" is the title of one whose posting they may not see.
func (k recordKind) titleOf(r request, table, id string) (string, error) {
	t := market.TableOf(table)
	one, err := k.svc.Record(r.Context(), r.caller, t, id)
	if err != nil {
		return "", err
	}
	for _, f := range t.About().Fields {
		text := one.Text(f.Name)
		switch {
		case text == "":
			continue
		case f.Kind != "":
			var d corpus.Doc
			d, err = k.svc.Document(r.Context(), r.caller, f.Kind, text)
			text = d.Title
		case f.Record != "":
			text, err = k.titleOf(r, f.Record, text)
		}
		if corpus.CodeOf(err) == corpus.NotFound {
			err = nil
		}
		return text, err
	}
	return "", nil
}

// facts are the fields of a record that are set; those of several lines, but for reasons, where long says so. A posting is named by its
// title where the caller may see it.
func (k recordKind) facts(r request, one market.Row, long bool) (facts []fact, err error) {
	for _, f := range slices.Concat(k.Fields, k.Derived) {
		text := one.Text(f.Name)
		if text == "" || f.Lines > 0 && f.With == "" && !long {
			continue
		}
		v := value{Text: text}
		for _, c := range f.Choices {
			if c.Value == text {
				v.Text = c.In(r.lang)
			}
		}
		if lead, ok := one.Whole().(market.Lead); ok && f.Name == "asker" {
			v.Text = lead.Asker.In(r.lang)
		}
		if f.Codes != "" {
			v = value{Text: codeName(string(f.Codes), text), Code: codeTitle(string(f.Codes), text)}
		}
		if f.Kind != "" {
			d, err := k.svc.Document(r.Context(), r.caller, f.Kind, text)
			if err == nil {
				v = value{Text: d.Title, Code: text, URL: k.docURL(f.Kind, text)}
			} else if corpus.CodeOf(err) != corpus.NotFound {
				return nil, err
			}
		}
		if f.Record != "" {
			title, err := k.titleOf(r, f.Record, text)
			if err == nil {
				v = value{Text: cmp.Or(title, text), Code: text, URL: k.url("/" + f.Record + "/" + text)}
			} else if corpus.CodeOf(err) != corpus.NotFound {
				return nil, err
			}
		}
		facts = append(facts, fact{f.Words.In(r.lang), []value{v}})
	}
	return facts, nil
}
