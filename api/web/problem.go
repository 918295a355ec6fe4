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

// problem explains the type of a problem, among all.
func (s *site) problem(r request) (page, error) {
	code := r.PathValue("code")
	var rows []problemRow
	known := code == ""
	for _, k := range api.ProblemKinds() {
		known = known || code == string(k.Code)
		rows = append(rows, problemRow{k, code == string(k.Code)})
	}
	if !known {
		return page{}, corpus.Errorf(corpus.NotFound, "there is no problem %q", code)
	}
	return page{Template: "problem", Title: r.t("problem.title"), Nav: "docs", Data: rows}, nil
}
