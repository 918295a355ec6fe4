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

// A recordPage is what record.html shows of one record.
type recordPage struct {
	Crumb           link
	Title, State    string
	Facts           []fact
	Secrets         []string // shown this once
	Action, Version string
	Edit            string // address
	Buttons         []link // of Name and URL, which is the move
	Moves           []recordMove
	Delete          bool
	Steps           []recordStep
	More            []link   // to make records that name this one
	Changed         bool     // somebody else was first
	Wrong           bool     // something that comes with a move
	Refused         []string // what else keeps a move from being made
	ID, By, On      string
	Members         *memberList // nil: it has none, or they are not the reader's to keep
	Talk            *talk       // of a lead; nil: none, or not the reader's
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
		ID: *h.ID, By: names(*h.By), On: r.moment(*h.Created), Changed: wrong != nil && corpus.CodeOf(wrong) == corpus.Conflict}
	if k.Overdue(one, k.now()) {
		p.State += r.t("and") + r.t("records.overdue")
	}
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
		case k.Name == market.Sheets && move == string(market.Sent): // by its link, on the page where it is made
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
	if wrong != nil && !p.Changed && !p.Wrong {
		for _, e := range faultsIn(wrong) {
			said := r.says(e)
			if found, ok := errors.AsType[*market.FoundError](e); ok {
				said = found.In(r.lang)
			} else if f := k.FieldOf(e.Field); f != nil {
				said = r.t("records.refused", f.Words.In(r.lang), said)
			}
			p.Refused = append(p.Refused, said)
		}
	}
	for _, other := range k.recordKinds() {
		for _, f := range other.Fields {
			if f.Record == k.Name && r.caller.Allowed(other.Name, "create") != market.None {
				p.More = append(p.More, link{Name: r.t("records.new", other.One.In(r.lang)), URL: other.path("/new?", url.Values{f.Name: {*h.ID}}.Encode())})
			}
		}
	}
	if link, ok := k.linkLink(r, one); ok {
		p.More = append(p.More, link)
	}
	p.More = append(append(p.More, k.deskLinks(r, one)...), k.reviewLinks(r, one)...)
	if p.Members, err = k.members(r, *h.ID); err != nil {
		return page{}, err
	}
	if p.Talk, err = k.talk(r, one); err != nil {
		return page{}, err
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
