package web

import (
	"cmp"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"duijie/api"
	"duijie/corpus"
)

const (
	importsShown = 20
	// undoLooked is how many documents an undo may have for the page before it to look at each.
	undoLooked = 20_000
	keptShown  = 50
	maxSource  = 64      // characters
	maxField   = 4096    // bytes of a field beside the file
	maxBeside  = 1 << 20 // bytes of all that stands beside it
)

// An importsPage lists imports and takes a file for another one.
type importsPage struct {
	Form     uploadForm
	Takes    bool // files
	Waiting  []param
	Rows     []importRow
	Next     string
	UndoDays int
}

// An uploadForm is what was typed beside a file.
type uploadForm struct {
	Kind   corpus.Kind
	Source string
	Wrong  map[string]string // by name of the input
}

// An importRow is an import in the list.
type importRow struct {
	ID, File, Kind, Source, By, When, State, Counts string
	Undo                                            bool
}

func (s *site) imports(r request) (page, error) {
	return s.importsPage(r, uploadForm{})
}

func (s *site) importsPage(r request, form uploadForm) (page, error) {
	p := importsPage{Form: form, Takes: s.svc.Uploads != ""}
	names := s.keyNames(r)
	uploads, err := s.svc.WaitingUploads(r.caller)
	if err != nil {
		return page{}, err
	}
	list, next, err := s.svc.Imports(r.Context(), r.caller, importsShown, r.URL.Query().Get("after"))
	if err != nil {
		return page{}, err
	}
	for _, u := range uploads {
		switch {
		case u.Begun.IsZero():
			p.Waiting = append(p.Waiting, param{u.Name, s.url("/imports/" + u.ID + "/check")})
		case !slices.ContainsFunc(list, func(i corpus.ImportRecord) bool { return i.ID == u.ID }):
			list = append([]corpus.ImportRecord{{ID: u.ID}}, list...)
		}
	}
	for _, one := range list {
		st, err := s.svc.ImportStatus(r.caller, one.ID)
		if err != nil {
			return page{}, err
		}
		p.Rows = append(p.Rows, s.importRow(r, st, names))
	}
	if next != "" {
		p.Next = s.url("/imports?after=" + next)
	}
	return page{Template: "imports", Title: r.t("imports.title"), Nav: "imports", Data: p}, nil
}

func (s *site) importRow(r request, st api.ImportStatus, names map[string]string) importRow {
	row := importRow{ID: st.ID, File: st.File, Source: st.Source, By: r.actor(names, st.By), When: r.moment(st.Begun), State: r.importState(st), Counts: r.importCounts(st), Undo: s.undoable(st)}
	if st.Kind != "" {
		row.Kind = corpus.Label(st.Kind, r.lang)
	}
	return row
}

// keyNames are the names of keys and accounts as imports name them.
func (s *site) keyNames(r request) map[string]string {
	names := map[string]string{"socket": r.t("imports.socket")}
	keys, err := s.svc.Keys(r.Context(), r.caller)
	if err != nil {
		s.svc.Log.WarnContext(r.Context(), "keys can't be named", "error", err)
	}
	for _, k := range keys {
		names["key:"+k.ID] = k.Name
	}
	accounts, err := s.svc.Accounts(r.Context(), r.caller)
	if err != nil {
		s.svc.Log.WarnContext(r.Context(), "accounts can't be named", "error", err)
	}
	for _, a := range accounts {
		names["account:"+a.ID] = a.Name
	}
	return names
}

// actor is who stands behind the actor that a record names, as it is where nobody knows.
func (r request) actor(names map[string]string, by string) string {
	if strings.HasPrefix(by, "link:") {
		return r.t("imports.link")
	}
	return cmp.Or(names[by], by)
}

func (r request) importState(st api.ImportStatus) string {
	if st.Waiting {
		return r.t("import.state.waiting")
	}
	return r.t("import.state." + string(st.State))
}

func (r request) importCounts(st api.ImportStatus) string {
	text := r.t("import.counts", count(st.Read), count(st.Created), count(st.Updated), count(st.Unchanged), count(st.Bad))
	if u := st.Undo; u != nil {
		text += " " + r.t("import.undone", count(u.Restored), count(u.Deleted), count(u.Kept))
	}
	return text
}

// moment writes a time to the minute.
func (r request) moment(t time.Time) string { return t.In(shanghai).Format("2006-01-02 15:04") }

// undoable reports whether an undo is worth offering.
func (s *site) undoable(st api.ImportStatus) bool {
	return !st.Working() && st.Earlier.Documents > 0 && s.now().Before(st.UndoUntil)
}

// upload takes a file and leads to the page that shows what is in it.
func (s *site) upload(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	if !c.Admin {
		s.show(s.signedIn(s.imports))(w, r)
		return
	}
	api.Allow(r, s.svc.Limits.Time(api.TimeUpload))
	r.Body = http.MaxBytesReader(w, r.Body, s.svc.Limits.Bytes(api.BodyUpload)+maxBeside)
	u, form, err := s.readUpload(c, r)
	if err == nil {
		http.Redirect(w, r, s.url("/imports/"+u.ID+"/check"), http.StatusSeeOther)
		return
	}
	s.show(s.signedIn(func(rq request) (page, error) {
		e, ok := errors.AsType[*corpus.Error](err)
		_, large := errors.AsType[*http.MaxBytesError](err)
		switch {
		case large || ok && e.Code == corpus.TooLarge:
			form.Wrong = map[string]string{"file": rq.t("imports.large", s.most(api.BodyUpload))}
		case ok && e.Code == corpus.Invalid:
			form.Wrong = map[string]string{e.Field: rq.t("imports.wrong." + e.Field)}
		case ok:
			return page{}, err
		default:
			s.svc.Log.WarnContext(rq.Context(), "an upload broke off", "error", err)
			form.Wrong = map[string]string{"file": rq.t("imports.broken")}
		}
		p, err := s.importsPage(rq, form)
		p.Status = http.StatusUnprocessableEntity
		return p, err
	}))(w, r)
}

// readUpload reads the form, whose fields may stand before and behind the file.
func (s *site) readUpload(c api.Caller, r *http.Request) (u api.Upload, form uploadForm, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return u, form, err
	}
	refused := error(&corpus.Error{Code: corpus.Invalid, Field: "file", Message: "no file was chosen"})
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		switch {
		case err != nil:
		case part.FormName() != "file":
			err = form.read(part)
		case part.FileName() != "" && u.ID == "":
			u, refused = s.svc.AddUpload(c, api.Upload{Name: shortName(part.FileName())}, part)
			if corpus.CodeOf(refused) != corpus.Invalid {
				err = refused
			}
		}
		if err != nil {
			return u, form, s.without(c, u, err)
		}
	}
	if refused == nil && utf8.RuneCountInString(form.Source) > maxSource {
		refused = &corpus.Error{Code: corpus.Invalid, Field: "source", Message: "the source is too long"}
	}
	if refused != nil {
		return u, form, s.without(c, u, refused)
	}
	u, err = s.svc.ChangeUpload(c, u.ID, func(u *api.Upload) error {
		u.Kind, u.Source = form.Kind, form.Source
		return nil
	})
	return u, form, err
}

// without drops the file, if it was kept, of a form that has an error.
func (s *site) without(c api.Caller, u api.Upload, err error) error {
	if dropped := s.svc.DropUpload(c, u.ID); dropped != nil && corpus.CodeOf(dropped) != corpus.NotFound {
		err = errors.Join(err, dropped)
	}
	return err
}

// read reads a field beside the file.
func (f *uploadForm) read(part *multipart.Part) error {
	b, err := io.ReadAll(io.LimitReader(part, maxField))
	switch part.FormName() {
	case "kind":
		if k := corpus.Kind(b); slices.Contains(corpus.Kinds, k) {
			f.Kind = k
		}
	case "source":
		f.Source = strings.TrimSpace(string(b))
	}
	return err
}

// shortName is the name of a file for messages.
func shortName(name string) string {
	name = corpus.CleanLine(name[strings.LastIndexAny(name, `/\`)+1:])
	if r := []rune(name); len(r) > 100 {
		name = string(r[:60]) + "…" + string(r[len(r)-39:])
	}
	return name
}

// An undoPage asks once more before an import is undone.
type undoPage struct {
	importRow
	Looked bool // at each document
	Undone corpus.Undone
	Until  string
	Kept   []keptRow
	More   int // kept documents that are not shown
}

type keptRow struct {
	Kind           corpus.Kind
	Name, URL, Why string
}

func (s *site) undoForm(r request) (page, error) {
	st, err := s.svc.ImportStatus(r.caller, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	if _, err := s.svc.Store.Undoable(st.ID); err != nil {
		return page{}, err
	}
	names := s.keyNames(r)
	p := undoPage{importRow: s.importRow(r, st, names), Until: r.moment(st.UndoUntil), Looked: st.Earlier.Documents <= undoLooked}
	if p.Looked {
		would, err := s.svc.Undo(r.Context(), r.caller, st.ID, corpus.UndoOptions{DryRun: true, Kept: func(k corpus.Kept) {
			if len(p.Kept) == keptShown {
				p.More++
				return
			}
			row := keptRow{Kind: k.Kind, Name: k.ID, Why: r.keptWhy(k, names)}
			if d, err := s.svc.Store.Get(k.Kind, k.ID); err == nil { // else it was deleted or merged
				row.Name = d.Title
				if d.Status == corpus.Published {
					row.URL = s.docURL(k.Kind, k.ID)
				}
			}
			p.Kept = append(p.Kept, row)
		}})
		if err != nil {
			return page{}, err
		}
		p.Undone = *would.Undo
		if before := st.Undo; before != nil { // what the first undo did is done
			p.Undone.Restored -= before.Restored
			p.Undone.Deleted -= before.Deleted
		}
	}
	return page{Template: "undo", Title: r.t("undo.title"), Nav: "imports", Data: p}, nil
}

// keptWhy says why an undo leaves a document as it is.
func (r request) keptWhy(k corpus.Kept, names map[string]string) string {
	by := r.actor(names, k.By)
	switch k.Reason {
	case corpus.KeptImported:
		return r.t("undo.kept.imported", k.Import, r.moment(k.At))
	case corpus.KeptLead:
		return r.t("undo.kept.lead")
	case corpus.KeptMerged:
		return r.t("undo.kept.merged")
	case corpus.KeptInto:
		return r.t("undo.kept.into", by, r.moment(k.At), k.Into)
	case corpus.KeptDeleted:
		return r.t("undo.kept.deleted", by, r.moment(k.At))
	}
	return r.t("undo.kept.edited", by, r.moment(k.At))
}

func (s *site) undo(r request) (page, error) {
	// A reader who leaves does not stop it.
	id := r.PathValue("id")
	return page{Redirect: "/imports/" + id}, s.svc.StartUndo(context.WithoutCancel(r.Context()), r.caller, id)
}
