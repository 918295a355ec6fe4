package web

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"net/url"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A talk is what the page of a lead shows of its thread and contacts.
type talk struct {
	Remarks []talkRemark
	Action  string // of the form; "": nothing is written any more
	Typed   string
	Wrong   string
	Sides   []talkSide
	Consent string // address of the form; "": the reader speaks for no side
	Open    bool
	Broker  bool // the reader speaks for sides with nobody here
}

type talkRemark struct {
	By, Side, When, Text string
	Files                []link
}

type talkSide struct{ Name, State, Contact string }

// talkRoutes add what the page of a lead sends and links to.
func (s *site) talkRoutes(mux *http.ServeMux, guard *http.CrossOriginProtection) {
	mux.HandleFunc("GET /leads/{id}/files/{file}", s.attachment)
	mux.Handle("POST /leads/{id}/remarks", guard.Handler(http.HandlerFunc(s.writeRemark)))
	mux.Handle("POST /leads/{id}/contacts", guard.Handler(s.show(s.with(market.Remarks, "contacts", s.openContacts))))
	for _, k := range []corpus.Kind{corpus.Achievement, corpus.Need} {
		mux.Handle("POST /"+k.Plural()+"/{id}/questions", guard.Handler(s.show(s.with(market.Questions, "create", s.ask(k)))))
	}
}

// talk is the thread of a record that is a lead, for who may read it; nil of others.
func (k recordKind) talk(r request, one api.Record) (*talk, error) {
	if k.Name != market.Leads || r.caller.Allowed(market.Remarks, "list") == market.None {
		return nil, nil
	}
	ctx, l, here := r.Context(), one.Whole().(market.Lead), k.path("/", *one.Head().ID)
	remarks, _, err := k.svc.Remarks(ctx, r.caller, l.ID, market.MaxRemarks, "")
	if err != nil {
		return nil, err
	}
	t, names := &talk{}, k.names(r)
	for _, m := range remarks {
		row := talkRemark{By: names(m.By), Side: r.side(l.SideOf(m.By, m.Organisation)), When: r.moment(m.Created), Text: m.Text}
		if row.By == m.By { // an id says nothing
			row.By = ""
		}
		for _, a := range m.Files {
			row.Files = append(row.Files, link{Name: a.Name + r.t("talk.size", api.BodyUpload.Text(a.Bytes)), URL: here + "/files/" + url.PathEscape(a.ID)})
		}
		t.Remarks = append(t.Remarks, row)
	}
	if l.State != market.Declined {
		t.Action = here + "/remarks"
	}
	contacts, err := k.svc.Contacts(ctx, r.caller, l.ID)
	if err != nil {
		return nil, err
	}
	t.Open = contacts.Open
	if len(contacts.Mine) > 0 {
		t.Consent, t.Broker = here+"/contacts", l.SideOf(r.caller.Name, r.caller.Organisation) == ""
	}
	for _, side := range contacts.Sides {
		state := "talk.closed"
		if side.Open {
			state = "talk.open"
		}
		t.Sides = append(t.Sides, talkSide{r.side(side.Side), r.t(state), side.Contact})
	}
	return t, nil
}

func (r request) side(side market.Side) string {
	return r.t("talk.side." + cmp.Or(string(side), "broker"))
}

// attachment answers with a file of a thread, to be kept and not shown.
func (s *site) attachment(w http.ResponseWriter, r *http.Request) {
	c := s.caller(r)
	if c.Session == "" {
		s.show(s.with(market.Remarks, "list", s.missing))(w, r)
		return
	}
	a, content, err := s.svc.Attachment(r.Context(), c, r.PathValue("id"), r.PathValue("file"))
	if err != nil {
		s.show(func(request) (page, error) { return page{}, err })(w, r)
		return
	}
	api.GiveAttachment(w.Header(), a)
	w.Write(content) // an error means that the reader has gone
}

// writeRemark takes a text with files and leads back to the thread; the form keeps what was typed where something is wrong.
func (s *site) writeRemark(w http.ResponseWriter, r *http.Request) {
	c, id := s.caller(r), r.PathValue("id")
	k := recordKind{s, &market.LeadType, market.LeadType.About()}
	one, err := s.svc.Record(r.Context(), c, k.table, id)
	if c.Session == "" || err != nil || c.Allowed(market.Remarks, "create") == market.None {
		s.show(s.with(market.Remarks, "create", func(request) (page, error) { return page{}, cmp.Or(err, errNoRemark) }))(w, r)
		return
	}
	api.Allow(r, s.svc.Limits.Time(api.TimeUpload))
	r.Body = http.MaxBytesReader(w, r.Body, mostFiles*api.MaxAttachment+maxBeside)
	text, files, err := readRemark(r)
	if err == nil {
		_, err = s.svc.AddRemark(r.Context(), c, id, text, files)
	}
	s.show(func(rq request) (page, error) {
		if err == nil {
			return page{Redirect: "/leads/" + id + "#thread"}, nil
		}
		e, ok := errors.AsType[*corpus.Error](err)
		if ok && e.Code != corpus.Invalid && e.Code != corpus.TooLarge && e.Code != corpus.Conflict {
			return page{}, err
		}
		p, failed := k.onePage(rq, one, nil)
		data, is := p.Data.(recordPage)
		if failed != nil || !is || data.Talk == nil {
			return p, failed
		}
		_, large := errors.AsType[*http.MaxBytesError](err)
		data.Talk.Typed = text
		switch {
		case large || ok && e.Code == corpus.TooLarge:
			data.Talk.Wrong = rq.t("talk.wrong.large")
		case ok && e.Field == "files":
			data.Talk.Wrong = rq.t("talk.wrong.files")
		case ok && e.Field == "text":
			data.Talk.Wrong = rq.t("talk.wrong.text")
		case ok:
			data.Talk.Wrong = rq.t("talk.wrong.changed")
		default:
			s.svc.Log.WarnContext(rq.Context(), "a remark broke off", "error", err)
			data.Talk.Wrong = rq.t("imports.broken")
		}
		p.Data, p.Status = data, http.StatusUnprocessableEntity
		return p, nil
	})(w, r)
}

var errNoRemark error = corpus.Errorf(corpus.Forbidden, "nothing is to be written here")

const (
	mostFiles = 5     // of one remark
	mostTyped = 30000 // bytes of its text
)

// readRemark reads the form. A file that is left empty is none.
func readRemark(r *http.Request) (text string, files []api.NewFile, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", nil, err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return text, files, nil
		}
		if err != nil {
			return text, files, err
		}
		limit := int64(mostTyped)
		if part.FormName() == "files" {
			limit = api.MaxAttachment + 1
		}
		b, err := io.ReadAll(io.LimitReader(part, limit))
		switch {
		case err != nil:
			return text, files, err
		case part.FormName() == "text":
			text = string(b)
		case part.FormName() == "files" && part.FileName() != "" && len(files) <= mostFiles:
			files = append(files, api.NewFile{Name: part.FileName(), Content: b})
		}
	}
}

// openContacts ticks for the reader's sides.
func (s *site) openContacts(r request) (page, error) {
	id := r.PathValue("id")
	_, err := s.svc.OpenContacts(r.Context(), r.caller, id, r.PostFormValue("open") != "")
	return page{Redirect: "/leads/" + id + "#contacts"}, err
}
