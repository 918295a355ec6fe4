package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// maxKept bounds the bytes of a form that is kept for somebody whose session has ended.
const maxKept = 4 << 20

// A keptPage holds what somebody sent whose session had ended, to be sent again once they are signed in. Nothing of it is
// stored.
type keptPage struct {
	Action string
	Fields []param
}

// kept shows a form that came without a session as one to be sent again. A file can't be kept: then there is the page to
// sign in.
func (s *site) kept(r request) (page, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") || len(r.PostForm) == 0 {
		return page{Redirect: "/signin?to=/imports", Private: true}, nil
	}
	k := keptPage{Action: s.url(r.URL.EscapedPath())}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, v := range r.PostForm[name] {
			if name != "lang" {
				k.Fields = append(k.Fields, param{name, v})
			}
		}
	}
	return page{Template: "kept", Status: http.StatusForbidden, Title: r.t("kept.title"), Form: "kept", Data: k}, nil
}

// backToForm is where those land who signed in beside a kept form.
func (s *site) backToForm(r request) (page, error) {
	return page{Template: "kept_back", Title: r.t("kept.back.title")}, nil
}
