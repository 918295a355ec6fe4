package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duijie/api"
	"duijie/corpus"
)

const (
	groupsShown = 10
	// pairsShown is how many pairs of a group stand side by side.
	pairsShown = 3
	leastShown = .8 // where no likeness is chosen
)

// A duplicatesPage shows postings that may be one, side by side.
type duplicatesPage struct {
	Kinds, Least []option
	Counts       string
	Groups       []twinGroup
	First, Next  string
	Merged       *mergeNote // what was done right before
	Back         string     // the query of this page
}

// A mergeNote tells of a merge, and offers its undo.
type mergeNote struct {
	Kind corpus.Kind
	ID   string
	Text string
}

// A twinGroup is documents of one kind that may be one.
type twinGroup struct {
	Kind  corpus.Kind
	Pairs []twinPair
	More  string // what of the group is not shown
}

// A twinPair is two documents side by side.
type twinPair struct {
	ID            string // of its heading
	Kind          corpus.Kind
	Likeness, Why string
	A, B          twinDoc
	Differ        []twinRow
	Same          []corpus.FieldText
	IntoA, IntoB  string // addresses of what merging would do
	KeepA, KeepB  bool   // which one is advised to stay
}

// A twinDoc heads one side.
type twinDoc struct {
	ID, Title, URL string
	About          []string
}

// A twinRow is a field in which two documents differ.
type twinRow struct {
	Header string
	A, B   []segment // none: not provided
}

func (s *site) duplicates(r request) (page, error) {
	q := r.URL.Query()
	kinds, least, err := chosenTwins(q)
	if err != nil {
		return page{}, err
	}
	found, err := s.svc.Duplicates(r.Context(), r.caller, kinds, least, groupsShown, q.Get("after"))
	if corpus.CodeOf(err) == corpus.Invalid && q.Get("after") != "" { // they were compared anew
		q.Del("after")
		return page{Redirect: withQuery("/duplicates", q)}, nil
	}
	if err != nil {
		return page{}, err
	}
	p := duplicatesPage{Counts: r.t("twins.counts", count(found.Total), r.moment(found.Compared)), Back: listQuery(q).Encode()}
	p.Kinds, p.Least = r.twinOptions(kinds, least)
	for i, g := range found.Groups {
		group, err := s.twinGroup(r, g, i, p.Back)
		if err != nil {
			return page{}, err
		}
		if len(group.Pairs) > 0 {
			p.Groups = append(p.Groups, group)
		}
	}
	if found.Next != "" {
		next := listQuery(q)
		next.Set("after", found.Next)
		p.Next = s.url(withQuery("/duplicates", next))
	}
	if q.Get("after") != "" {
		first := listQuery(q)
		first.Del("after")
		p.First = s.url(withQuery("/duplicates", first))
	}
	if p.Merged, err = s.mergeNote(r, q.Get("merged")); err != nil {
		return page{}, err
	}
	return page{Template: "duplicates", Title: r.t("twins.title"), Nav: "duplicates", Data: p}, nil
}

// chosenTwins reads the filters of a list of duplicates.
func chosenTwins(q url.Values) (kinds []corpus.Kind, least float64, err error) {
	least = leastShown
	if v := q.Get("least"); v != "" {
		if least, err = strconv.ParseFloat(v, 64); err != nil || !(least >= .6 && least <= 1) {
			return nil, 0, corpus.Errorf(corpus.Invalid, "%q is no likeness", v)
		}
	}
	if q.Get("kind") != "" {
		kinds, err = api.ParseKinds(q["kind"])
	}
	return kinds, least, err
}

// listQuery is what of a query chooses the list.
func listQuery(q url.Values) url.Values {
	out := url.Values{}
	for _, name := range []string{"kind", "gap", "least", "after", "skip"} {
		if v := q.Get(name); v != "" {
			out.Set(name, v)
		}
	}
	return out
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (r request) twinOptions(kinds []corpus.Kind, least float64) (of, at []option) {
	of = []option{{"", r.t("twins.kinds"), len(kinds) == 0}}
	for _, k := range corpus.Kinds {
		of = append(of, option{string(k), corpus.Label(k, r.lang), slices.Contains(kinds, k)})
	}
	for _, v := range []float64{1, .95, .9, .8, .7, .6} {
		at = append(at, option{fmt.Sprint(v), r.t("twins.least." + strings.ReplaceAll(fmt.Sprintf("%.2f", v), ".", "")), v == least})
	}
	return of, at
}

func (s *site) twinGroup(r request, g api.DuplicateGroup, n int, back string) (twinGroup, error) {
	out := twinGroup{Kind: g.Kind}
	docs := map[string]*corpus.Doc{}
	for i, pair := range g.Pairs {
		if i == pairsShown {
			out.More = r.t("twins.more", count(len(g.Pairs)-i), count(len(g.Documents)+g.More))
			break
		}
		for _, id := range []string{pair.A, pair.B} {
			if docs[id] != nil {
				continue
			}
			d, err := s.svc.Document(r.Context(), r.caller, g.Kind, id)
			if corpus.CodeOf(err) == corpus.NotFound { // deleted or merged meanwhile
				continue
			}
			if err != nil {
				return out, err
			}
			docs[id] = &d
		}
		a, b := docs[pair.A], docs[pair.B]
		if a == nil || b == nil {
			continue
		}
		p := twinPair{ID: fmt.Sprintf("pair-%d-%d", n, i), Kind: g.Kind, Likeness: percent(pair.Likeness), Why: strings.Join(pair.Reasons, "；"),
			A: s.twinDoc(r, a), B: s.twinDoc(r, b), KeepA: a.ID == g.Keep, KeepB: b.ID == g.Keep,
			IntoA: s.mergeURL(g.Kind, b.ID, a.ID, back), IntoB: s.mergeURL(g.Kind, a.ID, b.ID, back)}
		p.Differ, p.Same = r.compare(a, b)
		out.Pairs = append(out.Pairs, p)
	}
	return out, nil
}

func (s *site) mergeURL(k corpus.Kind, id, into, back string) string {
	return s.url(withQuery("/duplicates/merge", url.Values{"kind": {string(k)}, "id": {id}, "into": {into}, "back": {back}}))
}

func (s *site) twinDoc(r request, d *corpus.Doc) twinDoc {
	t := twinDoc{ID: d.ID, Title: d.Title, About: []string{r.t("import.source", d.Source), r.t("twins.changed", r.moment(d.Updated))}}
	if d.Status == corpus.Published {
		t.URL = s.docURL(d.Kind, d.ID)
	} else {
		t.About = append(t.About, corpus.Label(d.Status, r.lang))
	}
	return t
}

// textsOf is what a document says, under names in the page's language, its unknown columns last.
func (r request) textsOf(d *corpus.Doc) []corpus.FieldText {
	out := d.FieldTexts()
	for i, t := range out {
		out[i].Header = r.nameOf(t.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Extra)) {
		out = append(out, corpus.FieldText{Name: "extra." + name, Header: name, Text: d.Extra[name]})
	}
	return out
}

// compare sorts what two documents say by whether it is the same.
func (r request) compare(a, b *corpus.Doc) (differ []twinRow, same []corpus.FieldText) {
	theirs := map[string]string{}
	for _, t := range r.textsOf(b) {
		theirs[t.Name] = t.Text
	}
	for _, t := range r.textsOf(a) {
		other, ok := theirs[t.Name]
		delete(theirs, t.Name)
		switch {
		case !ok:
			differ = append(differ, twinRow{Header: t.Header, A: onlyOne(t.Text)})
		case other == t.Text:
			t.Text = shorten(t.Text, differenceShown/2)
			same = append(same, t)
		default:
			row := twinRow{Header: t.Header}
			row.A, row.B = differing(t.Text, other)
			differ = append(differ, row)
		}
	}
	for _, t := range r.textsOf(b) {
		if _, ok := theirs[t.Name]; ok {
			differ = append(differ, twinRow{Header: t.Header, B: onlyOne(t.Text)})
		}
	}
	return differ, same
}

// onlyOne is a text to which the other side has nothing.
func onlyOne(text string) []segment { return []segment{{shorten(text, differenceShown/2), true}} }

// mergeNote tells of the merge that name, KIND/ID, says was made; nil where there is none.
func (s *site) mergeNote(r request, name string) (*mergeNote, error) {
	kind, id, _ := strings.Cut(name, "/")
	k, ok := corpus.ParseKind(kind)
	if !ok || id == "" {
		return nil, nil
	}
	into, err := s.svc.Store.Resolve(k, id)
	if err != nil || into == id {
		return nil, err
	}
	d, err := s.svc.Document(r.Context(), r.caller, k, into)
	if err != nil {
		if corpus.CodeOf(err) == corpus.NotFound {
			err = nil
		}
		return nil, err
	}
	return &mergeNote{k, id, r.t("twins.merged", id, d.Title)}, nil
}
