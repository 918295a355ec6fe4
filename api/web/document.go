package web

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
	"duijie/matcher"
)

// A documentPage is what document.html shows.
type documentPage struct {
	Kind                corpus.Kind
	KindURL, JSON       string
	Title, Subtitle     string
	Notice              string // expired, for one
	Text                string
	Paragraphs          []param
	Indicators, Rights  []string
	Facts               []fact
	Missing, Incomplete string
	Contact             string
	Record              []param
	Revisions           []revision
	History             string       // address of all changes
	Feed                *market.Feed // that the document came from
	Linked, SameOrg     []linkedList
	OrgURL              string     // of all that is of the same organisation
	List                *matchList // of needs and achievements
	Usual               string     // time in which its holder answers; ""
	Questions           *questions // public ones; nil of kinds that have none
	Sheet               string     // address of the form of a sheet for a need, for who may make one; ""
	Promise             string     // address of the promise that opens more; "" where there is no more, or it is open
	Closed              string     // what the reader sees and the public doesn't, in words
}

// A linkedList is the linked documents of one kind.
type linkedList struct {
	Kind corpus.Kind
	Rows []shortRow
}

// matchesShown is how many matches a document's page shows at once.
const matchesShown = 20

func (s *site) document(kind corpus.Kind) view {
	return func(r request) (page, error) {
		ctx, id := r.Context(), r.PathValue("id")
		d, err := s.svc.Document(ctx, anybody, kind, id)
		if err != nil {
			return page{}, err
		}
		p := documentPage{Kind: kind, KindURL: s.url("/search?kind=" + string(kind)), JSON: s.url("/v1/" + kind.Plural() + "/" + url.PathEscape(d.ID))}
		own, err := s.reading(r, &p, d)
		if err != nil {
			return page{}, err
		}
		p.Title, p.Text, p.Indicators, p.Contact = own.Title, own.Text, own.Indicators, own.Contact
		for _, t := range []param{{r.t("doc.goal"), own.Goal}, {r.t("doc.tried"), own.Tried}, {r.t("doc.evaluation"), own.Evaluation}} {
			if t.Text != "" {
				p.Paragraphs = append(p.Paragraphs, t)
			}
		}
		for _, right := range own.Rights {
			p.Rights = append(p.Rights, strings.Join(slices.DeleteFunc([]string{right.Kind, right.Number, right.State}, func(t string) bool { return t == "" }), "　"))
		}
		s.describeDocument(r, &p, own)
		if p.Feed, err = s.svc.FeedOf(d.Source); err != nil {
			return page{}, err
		}
		if p.Usual, err = s.usual(r, d); err != nil {
			return page{}, err
		}
		if p.Questions, err = s.questions(r, d); err != nil {
			return page{}, err
		}
		if p.Notice, err = s.lifeNotice(r, d); err != nil {
			return page{}, err
		}
		p.History = s.docURL(d.Kind, d.ID) + "/history"
		if p.Revisions, err = s.revisions(r, d); err != nil {
			return page{}, err
		}
		if err := s.neighbours(r, &p, d); err != nil {
			return page{}, err
		}
		if p.List, err = s.matches(r, d); err != nil {
			return page{}, err
		}
		if kind == corpus.Need && r.caller.Session != "" && r.caller.Allowed(market.Sheets, "create") != market.None {
			p.Sheet = s.sheetFormURL(d.ID)
		}
		return page{Template: "document", Title: own.Title, Private: r.caller.Session != "", Data: p}, nil
	}
}

// neighbours adds what is linked with d, in both directions, and what is of its organisation.
func (s *site) neighbours(r request, p *documentPage, d corpus.Doc) error {
	linked, err := s.svc.Linked(r.Context(), anybody, d)
	if err != nil {
		return err
	}
	org, err := s.svc.OfOrg(r.Context(), anybody, d, linked)
	if err != nil {
		return err
	}
	p.Linked, p.SameOrg = s.byKind(r, linked), s.byKind(r, org)
	if d.Org != "" {
		p.OrgURL = s.url("/search?" + url.Values{"q": {`org:"` + strings.ReplaceAll(d.Org, `"`, "") + `"`}}.Encode())
	}
	return nil
}

// byKind are short rows of documents, a list for each kind that there is.
func (s *site) byKind(r request, docs []corpus.Doc) (lists []linkedList) {
	for _, k := range corpus.Kinds {
		l := linkedList{Kind: k}
		for _, d := range docs {
			if d.Kind == k {
				l.Rows = append(l.Rows, s.short(r, d))
			}
		}
		if len(l.Rows) > 0 {
			lists = append(lists, l)
		}
	}
	return lists
}

// matches returns the match list of a need or an achievement, nil for the other kinds.
func (s *site) matches(r request, d corpus.Doc) (*matchList, error) {
	match := s.svc.MatchNeed
	switch d.Kind {
	case corpus.Achievement:
		match = s.svc.MatchAchievement
	case corpus.Need:
	default:
		return nil, nil
	}
	found := corpus.Need
	if d.Kind == corpus.Need {
		found = corpus.Achievement
	}
	after, by := r.URL.Query().Get("after"), orderIn(r.URL.Query().Get("sort"), found)
	answer, err := match(r.Context(), anybody, d.ID, matcher.Options{Limit: matchesShown, After: after, Sort: by})
	if err != nil {
		return nil, err
	}
	l, err := s.list(r, d, answer, after)
	here := s.docURL(d.Kind, d.ID)
	l.File = here + "/file"
	if d.Kind == corpus.Need {
		l.Compare = d.ID
		if l.NoFit != "" && err == nil {
			l.Experts, err = s.experts(r, d)
		}
	}
	r.orderList(&l, found, by, here+"#matches")
	q := url.Values{}
	if by != indexer.ByRelevance {
		q.Set("sort", string(by))
	}
	if after != "" {
		l.First = withQuery(here, q) + "#matches"
	}
	if answer.Next != "" {
		q.Set("after", answer.Next)
		l.Next = withQuery(here, q) + "#matches"
	}
	return &l, err
}

// describeDocument adds what is known of d beside its text, and what is not.
func (s *site) describeDocument(r request, p *documentPage, d corpus.Doc) {
	f := facts{s: s, r: r}
	switch d.Kind {
	case corpus.Achievement:
		f.text(true, "fact.org.achievement", d.Org)
		f.text(false, "fact.people", d.People...)
		f.values(true, "fact.region", s.codes(d.Kind, "region", d.Region))
		f.text(true, "fact.stage", r.stage(d))
		f.text(false, "fact.form", d.Form)
		f.text(false, "fact.level", d.Level)
		f.text(true, "fact.cooperation", r.modes(d.Cooperation)...)
		f.text(true, "fact.price", d.Price.Label(r.lang))
		f.text(false, "fact.registration", d.Registration)
	case corpus.Need:
		f.text(true, "fact.org.need", d.Org)
		f.values(true, "fact.region", s.codes(d.Kind, "region", d.Region))
		f.text(true, "fact.budget", d.Budget.Label(r.lang))
		f.text(false, "fact.stage.wanted", r.stage(d))
		f.text(true, "fact.cooperation", r.modes(d.Cooperation)...)
		f.text(true, "fact.valid_until", string(d.ValidUntil))
		p.Incomplete = r.incomplete(d)
	case corpus.Expert:
		p.Subtitle = strings.Join(slices.DeleteFunc([]string{d.Position, d.Org}, func(t string) bool { return t == "" }), "　")
		f.text(true, "fact.position", d.Position)
		f.text(true, "fact.org.expert", d.Org)
		f.values(false, "fact.region", s.codes(d.Kind, "region", d.Region))
		f.text(false, "fact.cooperation", r.modes(d.Cooperation)...)
	case corpus.Project:
		f.text(true, "fact.programme", d.Programme)
		f.text(true, "fact.project_number", d.ProjectNumber)
		f.text(true, "fact.org.project", d.Org)
		f.text(false, "fact.people", d.People...)
		f.values(false, "fact.region", s.codes(d.Kind, "region", d.Region))
		if d.From != "" || d.Until != "" {
			f.text(true, "fact.period", r.t("period", string(d.From), string(d.Until)))
		}
	}
	f.text(false, "fact.org_code", d.OrgCode)
	f.values(false, "fact.field", s.codes(d.Kind, "field", d.Field...))
	f.values(false, "fact.strategic", s.codes(d.Kind, "strategic", d.Strategic...))
	f.text(false, "fact.keywords", d.Keywords...)
	p.Facts, p.Missing = f.known, f.missing("missing."+string(d.Kind))
	if p.Contact == "" {
		p.Contact = r.t("doc.nocontact")
	}
	for _, t := range []param{{r.t("record.id"), d.ID}, {r.t("fact.published"), string(d.PublishedOn)}, {r.t("fact.confirmed"), string(d.ConfirmedOn)},
		{r.t("fact.licensed"), string(d.LicensedOn)},
		{r.t("record.gone"), string(d.Gone)},
		{r.t("record.updated"), d.Updated.In(shanghai).Format("2006-01-02")}, {r.t("record.version"), count(int(d.Version))}} {
		if t.Text != "" {
			p.Record = append(p.Record, t)
		}
	}
}

// thinText is the length in characters under which a need's description is too short to be matched well: 147 of 1,184
// postings of a regional market are shorter.
const thinText = 30

// incomplete says what a need should add to be matched better; "" where nothing is missing.
func (r request) incomplete(d corpus.Doc) string {
	var gaps []string
	for _, g := range []struct {
		missing bool
		key     string
	}{
		{utf8.RuneCountInString(d.Text) < thinText, "gap.text"},
		{d.Goal == "", "gap.goal"},
		{!strings.ContainsFunc(strings.Join(d.Indicators, "")+d.Goal, unicode.IsDigit), "gap.indicators"},
		{d.Budget == nil, "gap.budget"},
		{d.Tried == "", "gap.tried"},
	} {
		if g.missing {
			gaps = append(gaps, r.t(g.key))
		}
	}
	if len(gaps) == 0 {
		return ""
	}
	return r.t("doc.incomplete", strings.Join(gaps, r.t("and")))
}
