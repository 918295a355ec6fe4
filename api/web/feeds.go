package web

import (
	"fmt"
	"net/url"

	"duijie/corpus"
	"duijie/corpus/market"
)

// A feedsPage lists the sources that are fetched from their addresses.
type feedsPage struct {
	Rows    []feedRow
	Note    string
	Refresh bool
}

type feedRow struct {
	market.Feed
	KindName   string
	State      string
	Failed     bool
	At, Next   string
	Every      string
	Counts     string // of the import by which the last changes came
	Import     string // its id
	Faults     []market.RowFault
	Work       bool // it is being fetched
	Edit, Path string
}

func (s *site) feeds(r request) (page, error) {
	list, err := s.svc.Feeds(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	q := r.URL.Query()
	p := feedsPage{}
	for _, note := range []string{"saved", "removed"} {
		if name := q.Get(note); name != "" {
			p.Note = r.t("feeds."+note, name)
		}
	}
	for _, f := range list {
		row := s.feedRow(r, f)
		if f.Last.Import != "" {
			st, err := s.svc.ImportStatus(r.caller, f.Last.Import)
			if err == nil {
				row.Import = st.ID
				row.Counts = r.t("feeds.counts", count(st.Created), count(st.Updated), count(st.Unchanged), count(st.Gone), count(st.Bad))
			} else if corpus.CodeOf(err) != corpus.NotFound {
				return page{}, err
			}
		}
		p.Rows = append(p.Rows, row)
		p.Refresh = p.Refresh || row.Work
		if f.Name == q.Get("fetched") {
			switch {
			case row.Work:
				p.Note = r.t("feeds.working", f.Name)
			case row.Failed:
				p.Note = r.t("feeds.failed", f.Name)
			default:
				p.Note = r.t("feeds.fetched", f.Name)
			}
		}
	}
	return page{Template: "feeds", Title: r.t("feeds.title"), Nav: "feeds", Refresh: p.Refresh, Data: p}, nil
}

func (s *site) feedRow(r request, f market.Feed) feedRow {
	row := feedRow{Feed: f, Every: r.every(f.Every), State: r.t("feeds.state.none"), Next: r.moment(f.Next), Faults: f.Last.Faults, Failed: f.Last.Outcome == market.FeedFailed,
		Work: s.svc.Fetching(f.Name), Path: "/feeds/" + url.PathEscape(f.Name)}
	if row.Edit = s.url(row.Path); f.Paused {
		row.Next = ""
	}
	if f.Kind != "" {
		row.KindName = corpus.Label(f.Kind, r.lang)
	}
	if !f.Last.At.IsZero() {
		row.At, row.State = r.moment(f.Last.At), r.t("feeds.state."+string(f.Last.Outcome))
	}
	if row.Work {
		row.State = r.t("feeds.state.work")
	}
	return row
}

// every says how often a feed is fetched.
func (r request) every(minutes int) string {
	switch {
	case minutes%(24*60) == 0:
		return r.t("feeds.every.days", fmt.Sprint(minutes/(24*60)))
	case minutes%60 == 0:
		return r.t("feeds.every.hours", fmt.Sprint(minutes/60))
	}
	return r.t("feeds.every.minutes", fmt.Sprint(minutes))
}

func (s *site) fetchFeed(r request) (page, error) {
	name := r.PathValue("name")
	err := s.svc.StartFetch(r.Context(), r.caller, name)
	return page{Redirect: withQuery("/feeds", url.Values{"fetched": {name}})}, err
}

func (s *site) removeFeed(r request) (page, error) {
	name := r.PathValue("name")
	err := s.svc.DeleteFeed(r.Context(), r.caller, name)
	return page{Redirect: withQuery("/feeds", url.Values{"removed": {name}})}, err
}
