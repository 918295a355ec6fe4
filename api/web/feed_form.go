package web

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A feedPage is the settings of a feed as a form, with the map of its columns.
type feedPage struct {
	New      bool
	Name     string
	Settings market.FeedSettings
	Every    string // as typed, in hours
	Kinds    []option
	Maps     []option
	Columns  string // of the map with the name of the feed, one a line: header = field
	Fields   []corpus.FieldName
	Wrong    map[string]string // by name of the input
	Order    []string          // of wrong inputs
	Action   string
	Path     string
}

// feedInputs are the inputs of the form in reading order.
var feedInputs = []string{"name", "url", "kind", "map", "columns", "every", "licence", "link"}

func (s *site) feedForm(r request) (page, error) {
	name := r.PathValue("name")
	p := feedPage{New: name == "", Name: name, Every: "24"}
	if !p.New {
		f, err := s.feedOf(r, name)
		if err != nil {
			return page{}, err
		}
		p.Settings, p.Every = f.FeedSettings, hours(f.Every)
		m, err := s.mapOf(r, name)
		if err != nil {
			return page{}, err
		}
		p.Columns = columnLines(m.Columns)
	}
	return s.feedPage(r, p)
}

// feedOf is a feed by its name.
func (s *site) feedOf(r request, name string) (market.Feed, error) {
	list, err := s.svc.Feeds(r.Context(), r.caller)
	if err != nil {
		return market.Feed{}, err
	}
	i := slices.IndexFunc(list, func(f market.Feed) bool { return f.Name == name })
	if i < 0 {
		return market.Feed{}, corpus.Errorf(corpus.NotFound, "there is no feed %q", name)
	}
	return list[i], nil
}

// mapOf is the saved map with a name, an empty one where there is none.
func (s *site) mapOf(r request, name string) (market.Map, error) {
	all, err := s.svc.Maps(r.Context(), r.caller)
	if err != nil {
		return market.Map{}, err
	}
	for _, m := range all {
		if m.Name == name {
			return m, nil
		}
	}
	return market.Map{}, nil
}

func (s *site) feedPage(r request, p feedPage) (page, error) {
	p.Kinds = []option{{"", r.t("imports.kind.file"), p.Settings.Kind == ""}}
	for _, k := range corpus.Kinds {
		p.Kinds = append(p.Kinds, option{string(k), corpus.Label(k, r.lang), k == p.Settings.Kind})
	}
	p.Maps = []option{{"", r.t("feed.map.own"), p.Settings.Map == ""}}
	all, err := s.svc.Maps(r.Context(), r.caller)
	if err != nil {
		return page{}, err
	}
	for _, m := range all {
		if m.Name != p.Name {
			p.Maps = append(p.Maps, option{m.Name, m.Name, m.Name == p.Settings.Map})
		}
	}
	p.Fields = corpus.Fields()
	p.Path = "/feeds/form/new"
	title := r.t("feed.new")
	if !p.New {
		p.Path, title = "/feeds/"+url.PathEscape(p.Name), p.Name
	}
	p.Action = s.url(p.Path)
	out := page{Template: "feed", Title: title, Nav: "feeds"}
	for _, name := range feedInputs {
		if p.Wrong[name] != "" {
			p.Order, out.Status = append(p.Order, name), http.StatusUnprocessableEntity
		}
	}
	out.Data = p
	return out, nil
}

// saveFeed keeps the settings and the map of the feed's own, both or neither.
func (s *site) saveFeed(r request) (page, error) {
	form := r.PostForm
	p := feedPage{New: r.PathValue("name") == "", Name: cmp.Or(r.PathValue("name"), strings.TrimSpace(form.Get("name"))), Every: strings.TrimSpace(form.Get("every")),
		Columns: strings.ReplaceAll(form.Get("columns"), "\r\n", "\n"), Wrong: map[string]string{}}
	p.Settings = market.FeedSettings{URL: strings.TrimSpace(form.Get("url")), Kind: corpus.Kind(form.Get("kind")), Map: form.Get("map"),
		Licence: strings.TrimSpace(form.Get("licence")), Link: strings.TrimSpace(form.Get("link")), Paused: form.Has("paused"), Withdraw: form.Has("withdraw")}
	if n, err := strconv.ParseFloat(p.Every, 64); err == nil && n > 0 && n < 1e6 {
		p.Settings.Every = max(1, int(n*60+.5))
	} else {
		p.Wrong["every"] = r.t("feed.wrong.every")
	}
	if p.New {
		_, err := s.feedOf(r, p.Name)
		if err == nil {
			p.Wrong["name"] = r.t("feed.wrong.taken")
		} else if corpus.CodeOf(err) != corpus.NotFound {
			return page{}, err
		}
	}
	columns, fault := readColumns(p.Columns)
	if fault != "" {
		p.Wrong["columns"] = r.t("feed.wrong.columns", fault)
	} else if len(columns) > 0 {
		if _, err := market.MakeMap("map", columns, "", s.now()); err != nil {
			p.Wrong["columns"] = wordsOf(r, err)
		}
	}
	if _, err := (market.Feed{}).Set(p.Name, p.Settings, s.now()); err != nil && len(p.Wrong) == 0 {
		p.refuse(r, err)
	}
	if len(p.Wrong) > 0 {
		return s.feedPage(r, p)
	}
	if err := s.saveColumns(r, p.Name, columns); err != nil {
		return page{}, err
	}
	if _, err := s.svc.PutFeed(r.Context(), r.caller, p.Name, p.Settings); err != nil {
		if corpus.CodeOf(err) != corpus.Invalid {
			return page{}, err
		}
		p.refuse(r, err)
		return s.feedPage(r, p)
	}
	return page{Redirect: withQuery("/feeds", url.Values{"saved": {p.Name}})}, nil
}

// refuse notes at its input what is wrong with the settings.
func (p *feedPage) refuse(r request, err error) {
	for _, f := range api.FaultsOf(err, r.lang) {
		name := strings.TrimSuffix(f.Field, "_minutes")
		if !slices.Contains(feedInputs, name) {
			name = "url"
		}
		p.Wrong[name] = r.t("feed.wrong." + name)
	}
}

// wordsOf is an error of a map, which is written for people.
func wordsOf(r request, err error) string {
	var all []string
	for _, f := range api.FaultsOf(err, r.lang) {
		all = append(all, strings.Trim(f.Detail+"。"+f.Fix, "。"))
	}
	return strings.Join(all, "；")
}

// saveColumns keeps the map with the name of a feed, or forgets it where no column is left.
func (s *site) saveColumns(r request, name string, columns map[string]string) error {
	old, err := s.mapOf(r, name)
	switch {
	case err != nil || maps.Equal(old.Columns, columns):
		return err
	case len(columns) == 0:
		return s.svc.DeleteMap(r.Context(), r.caller, name)
	}
	return s.svc.SaveMap(r.Context(), r.caller, market.Map{Name: name, Columns: columns})
}

// readColumns reads lines of the form header = field; fields go by their names in tables too. fault is a line that can't be
// read.
func readColumns(lines string) (columns map[string]string, fault string) {
	columns = map[string]string{}
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		at := strings.LastIndexAny(strings.ReplaceAll(line, "＝", "=  "), "=")
		if at < 0 {
			return nil, line
		}
		header, field := strings.TrimSpace(line[:at]), strings.TrimSpace(strings.TrimLeft(line[at:], "=＝"))
		if header == "" {
			return nil, line
		}
		for _, f := range corpus.Fields() {
			if f.Header == field {
				field = f.Name
			}
		}
		columns[header] = field
	}
	return columns, ""
}

// columnLines is the inverse of readColumns.
func columnLines(columns map[string]string) string {
	var b strings.Builder
	for _, header := range slices.Sorted(maps.Keys(columns)) {
		fmt.Fprintf(&b, "%s = %s\n", header, columns[header])
	}
	return b.String()
}

// hours writes minutes as hours.
func hours(minutes int) string { return strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64) }
