package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

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
	Others        []string // what is wrong that no field here is at fault of
	Changed       bool     // somebody else was first
	Full          int      // how many its maker may have, who has them
}

// A recordField is one input.
type recordField struct {
	Name, Label, Hint, Value, Error, DescribedBy string
	Other                                        link // the record that makes this one needless
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
		other, exists := errors.AsType[*api.TakenError](e)
		switch {
		case claimed:
			in.Error = r.claimed(taken)
		case exists:
			in.Error, in.Other = r.says(e), k.existing(r, other)
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
			in.Error = r.says(e)
		}
	}
	in.DescribedBy = f.Name + "-hint"
	if in.Error != "" {
		in.DescribedBy = f.Name + "-error " + in.DescribedBy
	}
	return in
}

// says is what is wrong with a field and how to mend it.
func (r request) says(e *corpus.Error) string {
	f := api.FaultOf(e, r.lang)
	if r.lang == "zh" && !han(f.Detail) {
		return r.t("records.wrong")
	}
	text := f.Detail
	if f.Fix != "" && (r.lang != "zh" || han(f.Fix)) {
		text += r.t("records.fix") + f.Fix
	}
	return strings.TrimRight(text, ".。") + r.t("records.stop")
}

// han reports whether a text has Chinese in it.
func han(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// existing leads to another record where the reader may see it.
func (k recordKind) existing(r request, other *api.TakenError) link {
	t := market.TableOf(other.Table)
	if _, err := k.svc.Record(r.Context(), r.caller, t, other.ID); err != nil {
		return link{}
	}
	return link{Name: t.About().One.In(r.lang) + " " + other.ID, URL: k.url("/" + other.Table + "/" + other.ID)}
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
	for _, e := range faultsIn(wrong) {
		if p.Errors && !slices.ContainsFunc(p.Fields, func(f recordField) bool { return f.Name == e.Field }) {
			p.Others = append(p.Others, r.says(e))
		}
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
