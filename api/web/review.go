package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// reviewsShown is how many submissions the page of reviews has, those that wait longest.
const reviewsShown = 50

// A reviewPage is what review.html shows.
type reviewPage struct {
	Kinds   []link
	Waiting string // how many
	More    bool   // than are shown
	Rows    []reviewRow
	Reason  string // as it was typed
	Wrong   string
	Picks   bool // there are some to decide
	Results []reviewResult
}

// A reviewRow is one submission that waits.
type reviewRow struct {
	ID, Version, Title, URL string
	State, Since, Age, Text string
	Facts                   []fact
	Findings                string
	Renews                  bool // an older text is on show
	Shown                   string
	Changes                 []historyField
	Refused                 string // why the reader may not decide it; "": they may
	Picked                  bool
}

// A reviewResult is what became of one submission.
type reviewResult struct {
	Title, URL, State, Wrong string
}

// reviewRoutes are the pages of reviewers.
func (s *site) reviewRoutes(mux *http.ServeMux, guard *http.CrossOriginProtection) {
	mux.HandleFunc("GET /review", s.show(s.with(market.Submissions, string(market.Online), s.review)))
	mux.Handle("POST /review", guard.Handler(s.show(s.with(market.Submissions, string(market.Online), s.decide))))
}

func (s *site) review(r request) (page, error) {
	return s.reviewPage(r, reviewPage{}, http.StatusOK)
}

// reviewPage adds to p what waits.
func (s *site) reviewPage(r request, p reviewPage, status int) (page, error) {
	k := recordKind{s, &market.SubmissionType, market.SubmissionType.About()}
	rows, total, err := s.svc.Waiting(r.Context(), r.caller, r.lang, reviewsShown)
	if err != nil {
		return page{}, err
	}
	p.Kinds, p.Waiting, p.More = k.kindLinks(r), count(total), total > len(rows)
	for _, x := range rows {
		one := reviewRow{ID: x.ID, Version: strconv.FormatUint(x.Version, 10), Title: x.Title, URL: k.path("/", x.ID), State: k.word(r, x.State), Since: r.moment(x.Sent),
			Age: r.age(s.now().Sub(x.Sent)), Text: shorten(x.Text, 200), Findings: x.Findings, Renews: x.Renews, Picked: slices.Contains(r.PostForm["pick"], x.ID)}
		for _, f := range []string{"kind", "org", "region", "price"} {
			one.Facts = append(one.Facts, k.factOf(r, f, x.Submission)...)
		}
		if x.Renews {
			one.Shown, one.Text = s.docURL(x.Kind, x.Document), ""
		}
		for _, f := range x.Changes {
			one.Changes = append(one.Changes, r.changedTexts(f))
		}
		if x.Refused != nil {
			one.Refused = r.t("review.refused.own")
			if slices.Contains(x.Passed, r.caller.Name) {
				one.Refused = r.t("review.refused.passed")
			}
		}
		p.Picks = p.Picks || one.Refused == ""
		p.Rows = append(p.Rows, one)
	}
	return page{Template: "review", Title: r.t("review.title"), Nav: "review", Status: status, Data: p}, nil
}

// factOf is one field of a submission, none where it says nothing.
func (k recordKind) factOf(r request, field string, x market.Submission) (facts []fact) {
	f := k.FieldOf(field)
	text := map[string]string{"kind": string(x.Kind), "org": x.Org, "region": x.Region, "price": x.Price}[field]
	if text == "" {
		return nil
	}
	v := value{Text: text}
	for _, c := range f.Choices {
		if c.Value == text {
			v.Text = c.In(r.lang)
		}
	}
	if f.Codes != "" {
		v = value{Text: codeName(string(f.Codes), text), Code: codeTitle(string(f.Codes), text)}
	}
	return []fact{{f.Words.In(r.lang), []value{v}}}
}

// age says how long something has waited, in days or hours.
func (r request) age(d time.Duration) string {
	if days := int(d.Hours() / 24); days > 0 {
		return r.t("review.days", days)
	}
	return r.t("review.hours", int(max(d, 0).Hours()))
}

// decide passes, returns or takes down what was ticked.
func (s *site) decide(r request) (page, error) {
	if r.PostFormValue("lang") != "" {
		return s.reviewPage(r, reviewPage{Reason: r.PostFormValue("reason")}, http.StatusOK)
	}
	q := api.ReviewRequest{IDs: r.PostForm["pick"], State: r.PostFormValue("do"), Reason: r.PostFormValue("reason"), Versions: map[string]int{}}
	refuse := func(key string) (page, error) {
		return s.reviewPage(r, reviewPage{Reason: q.Reason, Wrong: r.t(key)}, http.StatusUnprocessableEntity)
	}
	switch {
	case len(q.IDs) == 0:
		return refuse("review.wrong.none")
	case len(q.IDs) > reviewsShown:
		return page{}, corpus.Errorf(corpus.TooLarge, "a review has %d submissions at most", reviewsShown)
	case !slices.Contains([]string{api.PassAll, api.ReturnAll, api.TakeDownAll}, q.State):
		return page{}, corpus.Errorf(corpus.Invalid, "a review can't do %q", q.State)
	case q.State != api.PassAll && q.Reason == "":
		return refuse("review.wrong.reason")
	}
	for _, id := range q.IDs {
		q.Versions[id], _ = strconv.Atoi(r.PostFormValue("version." + id)) // 0: any
	}
	a, err := s.svc.Review(r.Context(), r.caller, q)
	if err != nil {
		return page{}, err
	}
	k := recordKind{s, &market.SubmissionType, market.SubmissionType.About()}
	p, status := reviewPage{}, http.StatusOK
	for _, one := range a.Results {
		row := reviewResult{Title: one.Title, URL: k.path("/", url.PathEscape(one.ID)), State: k.word(r, one.State)}
		if row.Title == "" {
			row.Title = one.ID
		}
		if len(one.Errors) > 0 {
			row.Wrong = r.t("review.failed")
		}
		p.Results = append(p.Results, row)
	}
	if a.Failed > 0 {
		p.Reason, status = q.Reason, http.StatusConflict
	}
	r.PostForm.Del("pick")
	return s.reviewPage(r, p, status)
}

// reviewLinks lead from a submission to its posting, where that is on show.
func (k recordKind) reviewLinks(r request, one market.Row) (links []link) {
	x, ok := one.Whole().(market.Submission)
	if !ok || x.Published == "" {
		return nil
	}
	return []link{{Name: r.t("review.shown"), URL: k.docURL(x.Kind, x.Document)}}
}
