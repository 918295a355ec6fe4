package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A recordForm is what record_form.html shows: a new record, or one that is edited.
type recordForm struct {
	Crumb         link
	Title, Action string
	Version       string
	Fields        []recordField
	Errors        bool
	Changed       bool // somebody else was first
	Full          int  // how many its maker may have, who has them
}

// A recordField is one input.
type recordField struct {
	Name, Label, Hint, Value, Error, DescribedBy string
	Lines, Max                                   int
	Required, Day                                bool
	Choices                                      []choice
}

// field is the input of a field; wrong may say what is wrong with it.
func (k recordKind) field(r request, f market.Field, value string, wrong error) recordField {
	in := recordField{Name: f.Name, Label: f.Words.In(r.lang), Hint: f.Hint.In(r.lang), Value: value, Lines: f.Lines, Max: f.Length(), Required: f.Required, Day: f.Day}
	none := "records.nochoice"
	if f.Required {
		none = "records.choose"
	}
	if f.Choices != nil {
		in.Choices = []choice{{Name: r.t(none), Chosen: value == ""}}
	}
	for _, c := range f.Choices {
		in.Choices = append(in.Choices, choice{Value: c.Value, Name: c.In(r.lang), Chosen: c.Value == value})
	}
	for _, e := range faultsIn(wrong) {
		if e.Field != f.Name {
			continue
		}
		taken, claimed := errors.AsType[*api.ClaimedError](e)
		switch {
		case claimed:
			in.Error = r.claimed(taken)
		case e.Code == corpus.NotFound && f.Record != "":
			in.Error = r.t("records.wrong.record")
		case e.Code == corpus.NotFound:
			in.Error = r.t("records.wrong.posting")
		case e.Code == corpus.Conflict && f.Taken != "":
			in.Error = r.t("records.wrong.exists", k.One.In(r.lang))
		case e.Code == corpus.Conflict && f.Kind == "":
			in.Error = r.t("records.wrong.taken", k.One.In(r.lang))
		case e.Code == corpus.Conflict:
			in.Error = r.t("records.wrong.over")
		case value == "" && f.Required:
			in.Error = r.t("records.wrong.missing")
		default:
			in.Error = r.t("records.wrong")
		}
	}
	in.DescribedBy = f.Name + "-hint"
	if in.Error != "" {
		in.DescribedBy = f.Name + "-error " + in.DescribedBy
	}
	return in
}

// faultsIn are the errors that an error is made of.
func faultsIn(err error) corpus.Faults {
	if all, ok := errors.AsType[corpus.Faults](err); ok {
		return all
	}
	if e, ok := errors.AsType[*corpus.Error](err); ok {
		return corpus.Faults{e}
	}
	return nil
}

// newForm is the form of a new record; its address may fill fields in.
func (k recordKind) newForm(r request) (page, error) {
	if r.caller.Allowed(k.Name, "create") == market.None {
		return page{}, corpus.Errorf(corpus.Forbidden, "no record of %s is to be made", k.Name)
	}
	values := map[string]string{}
	for _, f := range k.Fields {
		values[f.Name] = r.URL.Query().Get(f.Name)
	}
	return k.formPage(r, nil, values, nil), nil
}

// formPage shows the form of a record, nil being a new one.
func (k recordKind) formPage(r request, one *api.Record, values map[string]string, wrong error) page {
	if k.Name == market.Promises && one == nil {
		return k.promisePage(r, values, wrong)
	}
	p := recordForm{Crumb: link{Name: k.Many.In(r.lang), URL: k.path()}, Title: r.t("records.new", k.One.In(r.lang)), Action: k.path("/new")}
	if one != nil {
		id := *one.Head().ID
		p.Title, p.Action, p.Version = r.t("records.edit", k.One.In(r.lang)), k.path("/", id, "/edit"), strconv.FormatUint(one.Version, 10)
	}
	for _, f := range k.Fields {
		if f.With != "" || f.Fixed && one != nil {
			continue
		}
		in := k.field(r, f, values[f.Name], wrong)
		p.Errors = p.Errors || in.Error != ""
		p.Fields = append(p.Fields, in)
	}
	out := page{Template: "record_form", Title: p.Title, Nav: "records", Data: p}
	if r.Method == http.MethodPost {
		out.Form = "record"
	}
	if wrong != nil {
		out.Status = http.StatusUnprocessableEntity
		if !p.Errors {
			p.Changed, out.Status = one != nil, http.StatusConflict
			if one == nil {
				p.Full = k.Most
			}
			out.Data = p
		}
	}
	return out
}

// create makes a record of what was typed.
func (k recordKind) create(r request) (page, error) {
	values := k.typed(r)
	if r.PostFormValue("lang") != "" {
		return k.formPage(r, nil, values, nil), nil
	}
	one, err := k.svc.CreateRecord(r.Context(), r.caller, k.table, values)
	if k.refuses(err) {
		return k.formPage(r, nil, values, err), nil
	}
	if err != nil {
		return page{}, err
	}
	if _, secrets := one.Shown(market.Own); secrets != nil {
		return k.withSecrets(r, one)
	}
	if p, ok := one.Whole().(market.Promise); ok { // on to what it opens
		return page{Redirect: "/" + p.Posting().Kind.Plural() + "/" + url.PathEscape(p.Posting().ID)}, nil
	}
	return page{Redirect: "/" + k.Name + "/" + *one.Head().ID}, nil
}

// refuses reports whether an error is about what was typed.
func (k recordKind) refuses(err error) bool {
	for _, e := range faultsIn(err) {
		if k.FieldOf(e.Field) != nil {
			return true
		}
	}
	return corpus.CodeOf(err) == corpus.Conflict && err != nil
}

func (k recordKind) editForm(r request) (page, error) {
	one, err := k.svc.Record(r.Context(), r.caller, k.table, r.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	values := map[string]string{}
	for _, f := range k.Fields {
		values[f.Name] = one.Text(f.Name)
	}
	return k.formPage(r, &one, values, nil), nil
}

// edit changes a record to what was typed. What somebody else changed meanwhile is not written over: the form keeps what
// was typed and says so.
func (k recordKind) edit(r request) (page, error) {
	id, values := r.PathValue("id"), k.typed(r)
	one, err := k.svc.Record(r.Context(), r.caller, k.table, id)
	if err != nil {
		return page{}, err
	}
	if r.PostFormValue("lang") != "" {
		return k.formPage(r, &one, values, nil), nil
	}
	version, err := strconv.ParseUint(r.PostFormValue("version"), 10, 64)
	if err != nil {
		version = one.Version
	}
	changed, err := k.svc.ChangeRecord(r.Context(), r.caller, k.table, id, values, version)
	if k.refuses(err) {
		return k.formPage(r, &one, values, err), nil
	}
	if err != nil {
		return page{}, err
	}
	if changed.Secret {
		return k.withSecrets(r, changed)
	}
	return page{Redirect: "/" + k.Name + "/" + id}, nil
}
