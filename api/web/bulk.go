package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"duijie/api"
	"duijie/corpus"
)

const (
	// maxBulk is how many postings one edit changes.
	maxBulk = 1000
	// bulkShown is how many of them a page names.
	bulkShown = 200
)

// bulkFields are what may be set for many postings of a kind at once: short values that postings share.
var bulkFields = map[corpus.Kind][]string{
	corpus.Achievement: {"field", "strategic", "stage", "cooperation", "price", "region", "org", "contact", "confirmed"},
	corpus.Need:        {"field", "strategic", "cooperation", "budget", "valid_until", "region", "org", "contact", "confirmed"},
}

// A bulkForm takes one value for the postings that are ticked.
type bulkForm struct {
	Fields []option
	Value  string
	Clear  bool
	Wrong  string
	All    string // how many the whole list has; "" where it has too many, or no more than are shown
}

func (r request) bulkForm(k corpus.Kind, form url.Values) bulkForm {
	f := bulkForm{Value: form.Get("value"), Clear: form.Has("clear")}
	for _, name := range bulkFields[k] {
		f.Fields = append(f.Fields, option{name, r.nameOf(name), name == form.Get("set")})
	}
	return f
}

// nameOf is the name of a field, by its JSON name, in the page's language.
func (r request) nameOf(field string) string {
	if r.lang != languages[0] {
		for _, prefix := range []string{"gaps.", "fact.", "doc."} {
			if _, known := r.words[prefix+field]; known {
				return r.t(prefix + field)
			}
		}
	}
	return corpus.Header(field)
}

// A bulkPage shows what an edit of many postings would change, or has changed.
type bulkPage struct {
	Kind     corpus.Kind
	Heading  string
	Counts   string
	Notice   string
	Rows     []bulkRow
	More     int // rows that are not shown
	Set      string
	Value    string
	Clear    bool
	Picks    []string
	Ready    int      // postings that would change
	Done     bool     // it is written
	Was      []string // for an undo
	List     string
	Action   string
	FieldHas string // the value as it was understood
}

// A bulkRow is one posting of an edit.
type bulkRow struct {
	ID, Title, Was, Outcome string
	Failed                  bool
	Faults                  []string
}

// A wasRow says what a field held before an edit, and which version the edit made.
type wasRow struct {
	ID      string          `json:"id"`
	Version uint64          `json:"version"`
	Was     json.RawMessage `json:"was"`
}

// bulk looks at an edit of many postings, writes it, or takes it back.
func (s *site) bulk(r request) (page, error) {
	o, err := readList(r.URL.Query())
	if err != nil {
		return page{}, err
	}
	form, set := r.PostForm, r.PostForm.Get("set")
	if !slices.Contains(bulkFields[o.Kind], set) {
		return page{}, corpus.Errorf(corpus.Invalid, "%q is not set for many", set)
	}
	if form.Get("do") == "undo" {
		return s.undoBulk(r, o.Kind, set)
	}
	refuse := func(text string) (page, error) {
		p, err := s.incompletePage(r, o, r.URL.Query())
		data, ok := p.Data.(incompletePage)
		if !ok {
			return p, err
		}
		f := r.bulkForm(o.Kind, form)
		f.Wrong, f.All = text, data.Bulk.All
		data.Bulk = f
		for i := range data.Rows {
			data.Rows[i].Picked = slices.Contains(form["pick"], data.Rows[i].ID)
		}
		p.Data, p.Status = data, http.StatusUnprocessableEntity
		return p, err
	}
	ids := form["pick"]
	if form.Has("whole") {
		o.Limit, o.Skip, o.Plain = maxBulk+1, 0, true
		list, err := s.svc.Incomplete(r.Context(), r.caller, o)
		if err != nil {
			return page{}, err
		}
		ids = nil
		for _, p := range list.Postings {
			ids = append(ids, p.ID)
		}
	}
	value := form.Get("value")
	switch {
	case len(ids) == 0:
		return refuse(r.t("bulk.none"))
	case len(ids) > maxBulk:
		return refuse(r.t("bulk.many", count(maxBulk)))
	case form.Has("clear"):
		value = ""
	case strings.TrimSpace(value) == "":
		return refuse(r.t("bulk.novalue"))
	}
	patch, wrong, err := api.PatchOf(o.Kind, map[string]string{set: value})
	if err != nil {
		return page{}, err
	}
	if e := wrong[set]; e != nil {
		return refuse(e.Message + "。" + e.Fix)
	}
	p := bulkPage{Kind: o.Kind, Set: set, Value: value, Clear: form.Has("clear"), Picks: ids}
	p.Done = form.Get("do") == "write"
	return s.bulkPage(r, p, patch)
}

// bulkPage does an edit, or only looks, and says what became of each posting.
func (s *site) bulkPage(r request, p bulkPage, patch map[string]json.RawMessage) (page, error) {
	req := api.EditRequest{Kind: string(p.Kind), IDs: p.Picks, DryRun: !p.Done}
	var err error
	if req.Set.RawMessage, err = json.Marshal(patch); err != nil {
		return page{}, err
	}
	before := map[string]corpus.Doc{}
	for _, id := range p.Picks {
		d, err := s.svc.Document(r.Context(), r.caller, p.Kind, id)
		if err == nil {
			before[id] = d
		} else if corpus.CodeOf(err) != corpus.NotFound {
			return page{}, err
		}
	}
	a, err := s.svc.Edit(r.Context(), r.caller, req)
	if corpus.CodeOf(err) == corpus.Conflict && p.Done { // somebody else was first: look again
		p.Done, p.Notice = false, r.t("bulk.changed")
		return s.bulkPage(r, p, patch)
	}
	if err != nil {
		return page{}, err
	}
	p.FieldHas, err = understood(p.Kind, p.Set, patch)
	if err != nil {
		return page{}, err
	}
	p.Ready = a.Updated
	for _, result := range a.Results {
		d := before[result.ID]
		if p.Done && result.Outcome == string(corpus.Updated) && result.Version == d.Version+1 {
			was, err := wasOf(&d, p.Set, result.Version)
			if err != nil {
				return page{}, err
			}
			p.Was = append(p.Was, was)
		}
		if len(p.Rows) == bulkShown {
			p.More++
			continue
		}
		row := bulkRow{ID: result.ID, Title: result.Title, Was: fieldText(&d, p.Set), Outcome: r.t("bulk.outcome." + result.Outcome), Failed: result.Outcome == "failed"}
		for _, f := range result.Errors {
			row.Faults = append(row.Faults, strings.Trim(f.Detail+"。"+f.Fix, "。"))
		}
		p.Rows = append(p.Rows, row)
	}
	key := "bulk.would"
	if p.Done {
		key = "bulk.did"
	}
	p.Counts = r.t(key, count(a.Chosen), count(a.Updated), count(a.Unchanged), count(a.Failed))
	return s.showBulk(r, p), nil
}

func (s *site) showBulk(r request, p bulkPage) page {
	p.Heading = r.t("bulk.heading", r.nameOf(p.Set))
	q := listQuery(r.URL.Query())
	p.List, p.Action = s.url(withQuery("/incomplete", q)), s.url(withQuery("/incomplete/edit", q))
	return page{Template: "edited", Title: r.t("bulk.title"), Nav: "incomplete", Data: p}
}

// fieldText is what a field of a document says, as tables write it.
func fieldText(d *corpus.Doc, field string) string {
	for _, t := range d.FieldTexts() {
		if t.Name == field {
			return shorten(t.Text, differenceShown/2)
		}
	}
	return ""
}

// understood is the value of a patch as tables write it, "" for one that clears.
func understood(k corpus.Kind, field string, patch map[string]json.RawMessage) (string, error) {
	d := corpus.Doc{Kind: k}
	b, err := json.Marshal(patch)
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	return fieldText(&d, field), err
}

// wasOf is what an undo needs to know of a document that was edited.
func wasOf(d *corpus.Doc, field string, version uint64) (string, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return "", err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return "", err
	}
	was := wasRow{d.ID, version, members[field]}
	if was.Was == nil {
		was.Was = json.RawMessage("null")
	}
	b, err = json.Marshal(was)
	return string(b), err
}

// undoBulk puts back what a field held before an edit, but for postings that were changed since.
func (s *site) undoBulk(r request, k corpus.Kind, set string) (page, error) {
	groups, order, kept := map[string][]string{}, []string{}, 0
	if len(r.PostForm["was"]) > maxBulk {
		return page{}, corpus.Errorf(corpus.TooLarge, "an edit has %d postings at most", maxBulk)
	}
	for _, text := range r.PostForm["was"] {
		var was wasRow
		if err := json.Unmarshal([]byte(text), &was); err != nil || was.Was == nil {
			return page{}, corpus.Errorf(corpus.Invalid, "what was before can't be read")
		}
		d, err := s.svc.Document(r.Context(), r.caller, k, was.ID)
		if err != nil && corpus.CodeOf(err) != corpus.NotFound {
			return page{}, err
		}
		if d.Version != was.Version {
			kept++
			continue
		}
		if groups[string(was.Was)] == nil {
			order = append(order, string(was.Was))
		}
		groups[string(was.Was)] = append(groups[string(was.Was)], was.ID)
	}
	restored := 0
	for _, value := range order {
		body, err := json.Marshal(map[string]json.RawMessage{set: json.RawMessage(value)})
		if err != nil {
			return page{}, err
		}
		a, err := s.svc.Edit(r.Context(), r.caller, api.EditRequest{Kind: string(k), IDs: groups[value], Set: api.MergePatch{RawMessage: body}})
		if err != nil {
			return page{}, err
		}
		restored += a.Updated
		kept += a.Failed
	}
	p := bulkPage{Kind: k, Set: set, Done: true, Counts: r.t("bulk.undone", count(restored), count(kept))}
	return s.showBulk(r, p), nil
}
