package web

import (
	"net/http"

	"duijie/corpus"
)

// intake adds these pages and what they send.
func (s *site) intake(mux *http.ServeMux, guard *http.CrossOriginProtection) {
	for pattern, v := range s.intakePages() {
		mux.HandleFunc(pattern, s.show(s.signedIn(v)))
	}
	for pattern, v := range s.intakeForms() {
		mux.Handle(pattern, guard.Handler(s.showForm(s.signedIn(v))))
	}
}

// intakePages are the pages, for admins who signed in, that keep what came in whole: duplicates, what is incomplete, feeds.
func (s *site) intakePages() map[string]view {
	return map[string]view{
		"GET /duplicates":                   s.duplicates,
		"GET /duplicates/merge":             s.mergeForm,
		"GET /duplicates/history":           s.merges,
		"GET /incomplete":                   s.incompletes,
		"GET /incomplete/next":              s.nextIncomplete,
		"GET /incomplete/achievements/{id}": s.mendForm(corpus.Achievement),
		"GET /incomplete/needs/{id}":        s.mendForm(corpus.Need),
		"GET /feeds":                        s.feeds,
		"GET /feeds/form/new":               s.feedForm,
		"GET /feeds/{name}":                 s.feedForm,
	}
}

// intakeForms are what these pages send.
func (s *site) intakeForms() map[string]view {
	return map[string]view{
		"POST /duplicates/merge":             s.merge,
		"POST /duplicates/unmerge":           s.unmerge,
		"POST /incomplete/edit":              s.bulk,
		"POST /incomplete/achievements/{id}": s.mend(corpus.Achievement),
		"POST /incomplete/needs/{id}":        s.mend(corpus.Need),
		"POST /feeds/form/new":               s.saveFeed,
		"POST /feeds/{name}":                 s.saveFeed,
		"POST /feeds/{name}/fetch":           s.fetchFeed,
		"POST /feeds/{name}/remove":          s.removeFeed,
	}
}
