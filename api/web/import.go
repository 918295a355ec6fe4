package web

import (
	"encoding/json"
	"fmt"
	"net/http"

	"duijie/api"
	"duijie/corpus"
)

// An importPage shows an import: while it is at work how far it is, then what became of it and which rows are left.
type importPage struct {
	importRow
	Status   api.ImportStatus
	Ended    string
	Until    string // an undo is possible
	Text     string // counts
	Fault    string // why it ended early
	BadRows  []rowTable
	Faults   []cellFault
	More     int // rows that are left and not shown
	Mendable bool
	Same     int // rows that say what another posting says, or stood in the file before
}

func (s *site) importPage(r request) (page, error) {
	id := r.PathValue("id")
	st, err := s.svc.ImportStatus(r.caller, id)
	if _, missing := s.svc.Upload(r.caller, id); err != nil && missing == nil {
		return page{Redirect: "/imports/" + id + "/check"}, nil
	}
	if err != nil {
		return page{}, err
	}
	p := importPage{importRow: s.importRow(r, st, s.keyNames(r)), Status: st, Text: r.importCounts(st), Same: st.SameText + st.Repeated}
	if !st.Ended.IsZero() {
		p.Ended = r.moment(st.Ended)
	}
	if p.Undo {
		p.Until = r.moment(st.UndoUntil)
	}
	if st.State == corpus.ImportFailed || st.State == corpus.ImportBroken {
		p.Fault = r.t("import.fault." + string(st.State))
	}
	if st.Rest > 0 && st.Next == "" && st.State != corpus.ImportUndone {
		rows, err := s.svc.FirstRest(r.caller, id)
		if err != nil {
			return page{}, err
		}
		p.BadRows = r.rowTables(rows, st.File, r.t("upload.bad"))
		p.Faults, p.More, p.Mendable = r.faultsOf(p.BadRows), st.Rest-len(rows), true
	}
	return page{Template: "import", Title: r.t("import.title"), Nav: "imports", Refresh: st.Working(), Data: p}, nil
}

// mendImport makes another upload of the rows that an import did not take, and imports it or shows it.
func (s *site) mendImport(r request) (page, error) {
	id := r.PathValue("id")
	u, err := s.svc.MendRest(r.caller, id, readEdits(r.PostForm))
	if corpus.CodeOf(err) == corpus.Conflict {
		return page{Redirect: "/imports/" + id}, nil
	}
	if err != nil || r.PostFormValue("do") != "import" {
		return page{Redirect: "/imports/" + u.ID + "/check"}, err
	}
	_, err = s.svc.StartImport(r.caller, u.ID)
	return page{Redirect: "/imports/" + u.ID}, err
}

// restFile answers with the rows that an import did not take as a table to be mended and imported again.
func (s *site) restFile(w http.ResponseWriter, r *http.Request) {
	c, id := s.caller(r), r.PathValue("id")
	st, err := s.svc.ImportStatus(c, id)
	if err == nil && st.Rest == 0 {
		err = corpus.Errorf(corpus.NotFound, "import %s has taken all rows", id)
	}
	if err != nil {
		s.show(s.signedIn(func(request) (page, error) { return page{}, err }))(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+id+`.csv"`)
	h.Set("Cache-Control", "no-store")
	out, err := corpus.NewErrorWriter(w)
	for row, rowErr := range s.svc.Rest(c, id) {
		if err == nil {
			err = rowErr
		}
		if err == nil {
			err = out.Write(row)
		}
		if err != nil {
			s.svc.Log.ErrorContext(r.Context(), "rows broke off", "error", err)
			panic(http.ErrAbortHandler) // half a file must not pass for a whole one
		}
	}
	out.Close() // a reader who left needs no answer
}

// events tells a page of an import how far it is.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	c, id := s.caller(r), r.PathValue("id")
	if _, err := s.svc.ImportStatus(c, id); err != nil {
		s.show(s.signedIn(func(request) (page, error) { return page{}, err }))(w, r)
		return
	}
	lang, _ := s.language(w, r)
	rq := request{Request: r, templates: s.templates[lang], caller: c}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // of nginx, which would keep events back
	for st, err := range s.svc.WatchImport(r.Context(), c, id) {
		if err != nil {
			s.svc.Log.WarnContext(r.Context(), "events broke off", "error", err)
			return
		}
		name := "progress"
		if !st.Working() {
			name = "end"
		}
		line, err := json.Marshal(map[string]any{"share": st.Share, "state": rq.importState(st), "text": rq.importCounts(st)})
		if err == nil {
			_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, line)
		}
		if err != nil { // the reader has left
			return
		}
		http.NewResponseController(w).Flush()
	}
}
