package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

const recordsShown = 20

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
	for path, v := range map[string]view{all: k.list, all + "/new": k.newForm, one: k.one, one + "/edit": k.editForm} {
		mux.HandleFunc("GET "+path, k.show(k.signedIn(v)))
	}
	for path, v := range map[string]view{all + "/new": k.create, one: k.move, one + "/edit": k.edit} {
		mux.Handle("POST "+path, guard.Handler(k.showForm(k.signedIn(v))))
	}
	mux.HandleFunc("GET "+all+"/export", k.exportFile)
	mux.Handle("POST "+all+"/import", guard.Handler(http.HandlerFunc(k.importFile)))
}

func (k recordKind) path(rest ...string) string { return k.url("/" + k.Name + strings.Join(rest, "")) }

// A recordList is what records.html shows.
type recordList struct {
	Kinds, States []link
	Heading       string
	Empty         string
	New           string // addresses
	Form          string // to which a file is posted; "": nobody may
	Files         []link
	Rows          []recordRow
	Next          string
	Import        *recordImport
}

// A link is an address with its name, how many stand behind it, and whether this is where the reader is.
type link struct {
	Name, URL, Count string
	Here             bool
}

// A recordRow is one record in a list.
type recordRow struct {
	URL, Title, State, When, By string
	Facts                       []fact
}

// A recordImport says what became of a file.
type recordImport struct {
	Counts string
	Failed string
	Rows   []string
}

func (k recordKind) list(r request) (page, error) { return k.listPage(r, nil) }

func (k recordKind) listPage(r request, imported *recordImport) (page, error) {
	q := r.URL.Query()
	state := q.Get("state")
	counts, err := k.svc.CountRecords(r.caller, k.table)
	if err != nil {
		return page{}, err
	}
	p, err := k.svc.Records(r.Context(), r.caller, k.table, api.RecordQuery{State: market.State(state), Limit: recordsShown, After: q.Get("after")})
	if err != nil {
		return page{}, err
	}
	l := recordList{Kinds: k.kindLinks(r), Heading: k.Many.In(r.lang), Import: imported, Empty: r.t("records.none")}
	total := 0
	for _, n := range counts {
		total += n
	}
	l.States = []link{{r.t("records.all"), k.path(), count(total), state == ""}}
	for _, n := range k.States {
		l.States = append(l.States, link{n.In(r.lang), k.path("?state=", n.Value), count(counts[market.State(n.Value)]), state == n.Value})
	}
	if r.caller.Allowed(k.Name, "create") != market.None {
		l.New, l.Form = k.path("/new"), k.path("/import")
	}
	for _, f := range []corpus.Format{corpus.CSV, corpus.XLSX} {
		l.Files = append(l.Files, link{Name: strings.ToUpper(string(f)), URL: k.path("/export?", url.Values{"format": {string(f)}, "state": {state}}.Encode())})
	}
	names := k.names(r)
	for _, one := range p.Records {
		h := one.Head()
		facts, err := k.facts(r, one, false)
		if err != nil {
			return page{}, err
		}
		row := recordRow{URL: k.path("/", *h.ID), Title: *h.ID, State: k.word(r, *h.State), When: r.moment(*h.Updated), By: names(*h.By), Facts: facts}
		if len(facts) > 0 {
			row.Title, row.Facts = facts[0].Values[0].Text, unlinkedFacts(facts[1:])
		}
		l.Rows = append(l.Rows, row)
	}
	if p.Next != "" {
		l.Next = k.path("?", url.Values{"state": {state}, "after": {p.Next}}.Encode())
	}
	return page{Template: "records", Title: l.Heading, Nav: "records", Data: l}, nil
}

func unlinkedFacts(facts []fact) []fact {
	for _, f := range facts {
		unlinked(f.Values)
	}
	return facts
}

// kindLinks lead to the other sorts that the caller may list.
func (k recordKind) kindLinks(r request) (links []link) {
	for _, other := range k.recordKinds() {
		if r.caller.Allowed(other.Name, "list") != market.None {
			links = append(links, link{Name: other.Many.In(r.lang), URL: other.path(), Here: other.Name == k.Name})
		}
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
		return by
	}
}

// facts are the fields of a record that are set; those of several lines where long says so. A posting is named by its
// title where the caller may see it.
func (k recordKind) facts(r request, one market.Row, long bool) (facts []fact, err error) {
	for _, f := range k.Fields {
		text := one.Text(f.Name)
		if text == "" || f.Lines > 0 && !long {
			continue
		}
		v := value{Text: text}
		for _, c := range f.Choices {
			if c.Value == text {
				v.Text = c.In(r.lang)
			}
		}
		if f.Kind != "" {
			d, err := k.svc.Document(r.Context(), r.caller, f.Kind, text)
			if err == nil {
				v = value{Text: d.Title, Code: text, URL: k.docURL(f.Kind, text)}
			} else if corpus.CodeOf(err) != corpus.NotFound {
				return nil, err
			}
		}
		facts = append(facts, fact{f.Words.In(r.lang), []value{v}})
	}
	return facts, nil
}

// A recordPage is what record.html shows of one record.
type recordPage struct {
	Crumb            link
	Title, State     string
	Facts            []fact
	Secrets          []string // shown this once
	Action, Version  string
	Edit             string // address
	Buttons          []link // of Name and URL, which is the move
	Moves            []recordMove
	Delete           bool
	Steps            []recordStep
	Changed          bool // somebody else was first
	Wrong            bool
	JSON, ID, By, On string
}

// A recordMove is a move that something comes with.
type recordMove struct {
	To, Name string
	Fields   []recordField
}

type recordStep struct{ When, By, What string }

func (k recordKind) one(r request) (page, error) {
	one, err := k.svc.Record(r.Context(), r.caller, k.table, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	return k.onePage(r, one, nil)
}

// onePage shows a record. wrong is what is wrong with a move that was tried.
func (k recordKind) onePage(r request, one api.Record, wrong error) (page, error) {
	h, names := one.Head(), k.names(r)
	p := recordPage{Crumb: link{Name: k.Many.In(r.lang), URL: k.path()}, State: k.word(r, *h.State), Action: k.path("/", *h.ID), Version: strconv.FormatUint(one.Version, 10),
		ID: *h.ID, By: names(*h.By), On: r.moment(*h.Created), JSON: k.url("/v1/" + k.Name + "/" + *h.ID), Changed: wrong != nil && corpus.CodeOf(wrong) == corpus.Conflict}
	var err error
	if p.Facts, err = k.facts(r, one, true); err != nil {
		return page{}, err
	}
	if p.Title = k.One.In(r.lang); len(p.Facts) > 0 {
		p.Title = p.Facts[0].Values[0].Text
	}
	values := map[string]string{}
	if wrong != nil {
		values = k.typed(r)
	}
	for _, move := range k.svc.MovesOf(r.caller, k.table, one) {
		var fields []recordField
		for _, f := range k.Fields {
			if f.With == market.State(move) && move != "" {
				fields = append(fields, k.field(r, f, values[f.Name], wrong))
			}
		}
		name := k.word(r, market.State(move))
		if slices.ContainsFunc(k.States, func(n market.Named) bool { return n.Value == move }) {
			name = r.t("records.to", name)
		}
		switch {
		case move == "update":
			p.Edit = k.path("/", *h.ID, "/edit")
		case move == "delete":
			p.Delete = true
		case fields != nil:
			p.Moves = append(p.Moves, recordMove{move, name, fields})
			p.Wrong = p.Wrong || slices.ContainsFunc(fields, func(f recordField) bool { return f.Error != "" })
		default:
			p.Buttons = append(p.Buttons, link{Name: name, URL: move})
		}
	}
	steps, err := k.svc.RecordSteps(r.Context(), r.caller, k.table, *h.ID)
	if err != nil {
		return page{}, err
	}
	for _, st := range steps {
		p.Steps = append(p.Steps, recordStep{r.moment(st.At), names(st.By), k.word(r, market.State(st.Move))})
	}
	out := page{Template: "record", Title: p.Title, Nav: "records", Data: p}
	if wrong != nil {
		out.Status = http.StatusUnprocessableEntity
		if p.Changed {
			out.Status = http.StatusConflict
		}
	}
	return out, nil
}

// withSecrets adds what is shown once to the page of a record.
func (k recordKind) withSecrets(r request, one api.Record) (page, error) {
	out, err := k.onePage(r, one, nil)
	if p, ok := out.Data.(recordPage); ok && err == nil {
		_, p.Secrets = one.Shown(market.Own)
		out.Data = p
	}
	return out, err
}

// move does what a button says.
func (k recordKind) move(r request) (page, error) {
	id, do := r.PathValue("id"), r.PostFormValue("do")
	version, err := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = 0
	}
	one, err := k.svc.Record(r.Context(), r.caller, k.table, id)
	if err != nil {
		return page{}, err
	}
	switch isAct := slices.ContainsFunc(k.Acts, func(n market.Named) bool { return n.Value == do }); {
	case r.PostFormValue("lang") != "" || do == "":
		return k.onePage(r, one, nil)
	case do == "delete":
		if err = k.svc.DeleteRecord(r.Context(), r.caller, k.table, id, version); err == nil {
			return page{Redirect: "/" + k.Name}, nil
		}
	case isAct:
		var next api.Record
		if next, err = k.svc.ActOnRecord(r.Context(), r.caller, k.table, id, do, version); err == nil {
			return k.withSecrets(r, next)
		}
	default:
		values := map[string]string{"state": do}
		for _, f := range k.Fields {
			if f.With == market.State(do) {
				values[f.Name] = r.PostFormValue(f.Name)
			}
		}
		if _, err = k.svc.ChangeRecord(r.Context(), r.caller, k.table, id, values, version); err == nil {
			return page{Redirect: "/" + k.Name + "/" + id}, nil
		}
	}
	if code := corpus.CodeOf(err); code == corpus.Conflict || code == corpus.Invalid {
		return k.onePage(r, one, err)
	}
	return page{}, err
}

// typed is what was typed into the fields of a form.
func (k recordKind) typed(r request) map[string]string {
	values := map[string]string{}
	for _, f := range k.Fields {
		if r.PostForm.Has(f.Name) {
			values[f.Name] = strings.ReplaceAll(r.PostFormValue(f.Name), "\r\n", "\n")
		}
	}
	return values
}

// exportFile answers with the list as a file.
func (k recordKind) exportFile(w http.ResponseWriter, r *http.Request) {
	c, f := k.caller(r), corpus.Format(r.URL.Query().Get("format"))
	if c.Allowed(k.Name, "list") == market.None || f != corpus.CSV && f != corpus.XLSX {
		k.show(k.signedIn(k.list))(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", map[corpus.Format]string{corpus.CSV: "text/csv; charset=utf-8", corpus.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[f])
	h.Set("Content-Disposition", "attachment; filename="+k.Name+"-"+k.now().Format("2006-01-02")+"."+string(f))
	h.Set("Cache-Control", "no-store")
	err := k.svc.ExportRecords(r.Context(), c, w, k.table, api.RecordQuery{State: market.State(r.URL.Query().Get("state"))}, f)
	if err != nil {
		k.svc.Log.WarnContext(r.Context(), "an export broke off", "error", err)
		panic(http.ErrAbortHandler) // so that the part is not taken for the whole
	}
}

// importFile reads a table that was posted and shows the list with what became of its rows.
func (k recordKind) importFile(w http.ResponseWriter, r *http.Request) {
	if k.caller(r).Allowed(k.Name, "create") == market.None {
		k.show(k.signedIn(k.list))(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, api.MaxRecordFile+1<<20)
	file, _, err := r.FormFile("file")
	if err == nil {
		defer file.Close() // it was read to its end, or is not needed
	}
	k.show(k.signedIn(func(rq request) (page, error) {
		result := &recordImport{}
		_, large := errors.AsType[*http.MaxBytesError](err)
		switch {
		case large:
			result.Failed = rq.t("records.large")
		case err != nil:
			result.Failed = rq.t("imports.wrong.file")
		default:
			sum := k.svc.ImportRecords(rq.Context(), rq.caller, k.table, file)
			result.Counts = rq.t("records.imported", count(sum.Read), count(sum.Created), count(sum.Changed), count(sum.Unchanged), count(sum.Bad))
			if sum.Error != nil {
				result.Failed = rq.t("records.unread")
			}
			for _, row := range sum.Rows {
				result.Rows = append(result.Rows, rq.t("records.line", row.Line)+k.faultText(rq, row.Faults))
			}
			if sum.Unknown != nil {
				result.Rows = append(result.Rows, rq.t("records.unknown", strings.Join(sum.Unknown, rq.t("and"))))
			}
		}
		p, err := k.listPage(rq, result)
		if result.Failed != "" {
			p.Status = http.StatusUnprocessableEntity
		}
		return p, err
	}))(w, r)
}

// faultText says what is wrong with a row.
func (k recordKind) faultText(r request, faults []api.Fault) string {
	var said []string
	for _, f := range faults {
		if field := k.FieldOf(f.Field); field != nil {
			said = append(said, field.Words.In(r.lang)+r.t("colon")+field.Hint.In(r.lang))
		} else {
			said = append(said, r.t("records.row"))
		}
	}
	return strings.Join(said, " ")
}
