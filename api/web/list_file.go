package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/indexer"
	"duijie/matcher"
)

const (
	// maxFileRows is how many results of a search go into a file. All of a kind are in /v1/export.
	maxFileRows = 1_000
	// maxListFiles is how many are made at a time: each reads as much as fifty pages do.
	maxListFiles = 2
)

// A listFile is a list that is taken along: its rows, the header first, hold what the page of the list shows.
type listFile struct {
	name string // without date and ending
	rows [][]string
}

// file answers with a list as CSV or, with format=xlsx, as a workbook; with a page where that fails.
func (s *site) file(list func(request) (listFile, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		var name string
		lang, _ := s.language(w, r)
		format := corpus.Format(r.FormValue("format"))
		rq := request{Request: r, templates: s.templates[lang]}
		_, err := s.answer(rq, func(rq request) (page, error) {
			defer s.files.Add(-1)
			if s.files.Add(1) > maxListFiles {
				return page{}, corpus.Errorf(corpus.Unavailable, "others take lists along at this moment")
			}
			if format != corpus.XLSX {
				format = corpus.CSV
			}
			f, err := list(rq)
			if err != nil {
				return page{}, err
			}
			name = f.name
			return page{}, corpus.WriteGrid(&body, format, f.rows)
		})
		if err != nil {
			s.show(func(request) (page, error) { return page{}, err })(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", map[corpus.Format]string{corpus.CSV: "text/csv; charset=utf-8",
			corpus.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}[format])
		h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%s-%s.%s", name, s.now().Format(time.DateOnly), format))
		h.Set("Cache-Control", "no-store")
		w.Write(body.Bytes()) // a reader who left needs no answer
	}
}

// searchFile is the results of a search.
func (s *site) searchFile(r request) (listFile, error) {
	q, _, err := searchQuery(r.URL.Query())
	if err != nil {
		return listFile{}, err
	}
	q.After, q.Limit, q.Facets = "", 100, false
	rows := [][]string{r.header("file.kind", "record.id", "file.title", "file.org", "fact.region", "fact.field", "fact.stage", "fact.price", "fact.budget", "fact.published", "file.text", "file.url")}
	for len(rows) <= maxFileRows {
		found, err := s.svc.Search(r.Context(), anybody, q)
		if err != nil {
			return listFile{}, err
		}
		for _, d := range found.Results {
			rows = append(rows, []string{corpus.Label(d.Kind, r.lang), d.ID, d.Title, d.Org, names("region", d.Region), names("field", d.Field...), r.word(d.Stage),
				d.Price.Label(r.lang), d.Budget.Label(r.lang), string(d.Published), d.Snippet, s.publicURL(d.Kind, d.ID)})
		}
		if q.After = found.Next; q.After == "" {
			break
		}
	}
	return listFile{"search", rows[:min(len(rows), maxFileRows+1)]}, nil
}

// listOf is the whole match list of a need or an achievement.
func (s *site) listOf(kind corpus.Kind) func(request) (listFile, error) {
	return func(r request) (listFile, error) {
		match := s.svc.MatchNeed
		if kind == corpus.Achievement {
			match = s.svc.MatchAchievement
		}
		d, err := s.svc.Document(r.Context(), anybody, kind, r.PathValue("id"))
		if err != nil {
			return listFile{}, err
		}
		answer, err := match(r.Context(), anybody, d.ID, matcher.Options{Limit: matcher.Kept})
		if err != nil {
			return listFile{}, err
		}
		rows, err := s.matchRows(r, answer)
		return listFile{"matches", rows}, err
	}
}

// textFile is the list of a typed problem, which is neither stored nor logged. A form that can't be read holds no problem.
func (s *site) textFile(r request) (listFile, error) {
	answer, err := s.svc.MatchText(r.Context(), r.PostFormValue("text"), matcher.Options{Limit: matcher.Kept})
	if err != nil {
		return listFile{}, err
	}
	rows, err := s.matchRows(r, answer)
	return listFile{"matches", rows}, err
}

func (s *site) matchRows(r request, a matcher.Answer) ([][]string, error) {
	rows := [][]string{r.header("file.rank", "file.label", "file.score", "record.id", "file.title", "file.org", "fact.region", "fact.stage", "fact.price", "fact.budget",
		"fact.published", "fact.confirmed", "fact.valid_until", "record.updated", "file.why", "file.against", "file.missing", "file.url")}
	refs := make([]indexer.Ref, len(a.Matches))
	for i, m := range a.Matches {
		refs[i] = m.Ref
	}
	docs, err := s.svc.Documents(r.Context(), anybody, refs)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]corpus.Doc, len(docs))
	for _, d := range docs {
		byID[d.ID] = d
	}
	for i, m := range a.Matches {
		d, ok := byID[m.ID]
		if !ok {
			continue // withdrawn since it was matched
		}
		rows = append(rows, []string{count(i + 1), r.t("label." + string(m.Label)), fmt.Sprintf("%.2f", m.Score), d.ID, d.Title, d.Org, names("region", d.Region), r.stage(d),
			d.Price.Label(r.lang), d.Budget.Label(r.lang), string(d.PublishedOn), string(d.ConfirmedOn), string(d.ValidUntil), d.Updated.In(shanghai).Format(time.DateOnly), m.Why, strings.Join(m.Against, "；"), r.gaps(d.Kind, m.Missing), s.publicURL(d.Kind, d.ID)})
	}
	return rows, nil
}

func (r request) header(keys ...string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = r.t(k)
	}
	return out
}

// word is the name of a stage, "" where none is stated.
func (r request) word(stage corpus.Stage) string {
	if stage == "" {
		return ""
	}
	return corpus.Label(stage, r.lang)
}

// names are the names of codes in one cell.
func names(dimension string, codes ...string) string {
	var out []string
	for _, c := range codes {
		if c != "" {
			out = append(out, codeName(dimension, c))
		}
	}
	return strings.Join(out, "；")
}

// publicURL is the address of a document's page for readers elsewhere: whole where the settings say under which this
// service is reached.
func (s *site) publicURL(k corpus.Kind, id string) string {
	if s.svc.BaseURL == "" {
		return s.docURL(k, id)
	}
	return s.svc.BaseURL + "/" + k.Plural() + "/" + url.PathEscape(id)
}
