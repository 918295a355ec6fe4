package web

import (
	"strings"

	"duijie/corpus"
)

// shownRevisions is how many changes of a document its page tells of.
const shownRevisions = 5

// A revision is one line of what changed on a page.
type revision struct{ Day, Fields string }

func (s *site) revisions(r request, d corpus.Doc) ([]revision, error) {
	all, err := s.svc.Store.Revisions(d.Kind, d.Number)
	if err != nil {
		return nil, err
	}
	var out []revision
	for _, one := range all[:min(shownRevisions, len(all))] {
		var names []string
		for _, f := range one.Fields {
			if r.lang == languages[0] {
				names = append(names, f.Header)
			} else {
				names = append(names, strings.ReplaceAll(f.Name, "_", " "))
			}
		}
		out = append(out, revision{one.Time.In(shanghai).Format("2006-01-02"), strings.Join(names, r.t("and"))})
	}
	return out, nil
}
