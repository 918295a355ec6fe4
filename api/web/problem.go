package web

import (
	"duijie/api"
	"duijie/corpus"
)

// A problemRow explains a kind of problem that the API answers with.
type problemRow struct {
	api.ProblemKind
	Chosen bool
}

// problem explains the type of a problem, which stands before all others.
func (s *site) problem(r request) (page, error) {
	code := r.PathValue("code")
	var chosen, others []problemRow
	for _, k := range api.ProblemKinds() {
		if code == string(k.Code) {
			chosen = []problemRow{{k, true}}
		} else {
			others = append(others, problemRow{k, false})
		}
	}
	if code != "" && chosen == nil {
		return page{}, corpus.Errorf(corpus.NotFound, "there is no problem %q", code)
	}
	return page{Template: "problem", Title: r.t("problem.title"), Nav: "docs", Data: append(chosen, others...)}, nil
}
