package api

import (
	"strings"
	"testing"

	"duijie/corpus"
)

func TestAnImportCanGoOnInTheBackground(t *testing.T) {
	w := newWorld(t, nil)
	file := "编号,名称\nb1,一\nb2,二\n"
	headers := []string{"Content-Type", "text/csv", "Prefer", "respond-async"}
	w.as(w.adminKey, "POST", "/v1/import?kind=need", file, headers...).want(200) // it has no place for files: the preference is not met
	w.svc.Uploads = t.TempDir()
	go w.svc.RunUploads(t.Context())
	w.as(w.adminKey, "POST", "/v1/import?kind=need&dry_run=true", file, headers...).problem(422)
	r := w.as(w.adminKey, "POST", "/v1/import?kind=achievement&map="+"%E5%90%8D%E7%A7%B0%3Dtitle", file, headers...).want(202)
	at := r.Header.Get("Location")
	if r.Header.Get("Preference-Applied") != "respond-async" || at != "/v1/imports/"+decodeAs[ImportStatus](r).ID {
		t.Errorf("at %q: %s", at, r.body)
	}
	events := w.as(w.adminKey, "GET", at+"/events", "").want(200) // ends with the import
	if st := decodeAs[ImportStatus](w.as(w.adminKey, "GET", at, "").want(200)); st.State != corpus.ImportDone || st.Created != 2 {
		t.Errorf("it ended as %+v after %s", st, events.body)
	}
	for _, told := range append(strings.Split(strings.TrimSpace(events.body), "\n\n"), r.body) {
		if strings.Contains(told, `"undo_until"`) == strings.Contains(told, `"state":"running"`) {
			t.Errorf("until when it can be undone is told while it runs, or not at its end: %s", told)
		}
	}
}
