package web

import (
	"net/http"
	"strings"
	"testing"

	"duijie/api"
)

func TestTheTypeOfAProblemLeadsToItsExplanation(t *testing.T) {
	w := newWorld(t, Options{}, fixtures())
	for _, k := range api.ProblemKinds() {
		for _, lang := range []string{"zh", "en"} {
			doc, source := w.get(api.ProblemPath+string(k.Code), "lang="+lang)
			if chosen := classes(doc, "advice"); len(chosen) != 1 || attr(chosen[0], "id") != string(k.Code) || tags(doc, "section")[0] != chosen[0] || strings.Contains(source, "problem."+string(k.Code)) {
				t.Errorf("%s in %s is not explained", k.Code, lang)
			}
		}
	}
	w.page(http.StatusNotFound, http.MethodGet, api.ProblemPath+"none", nil)
	w.get("/problems")
}
