package web

import (
	"strings"
	"testing"

	"duijie/corpus"
)

func TestAPageTellsWhatAnImportChanged(t *testing.T) {
	w := newWorld(t, Options{}, nil)
	for _, row := range []string{"1,玉米浸泡,甲,", "1,玉米短时浸泡,乙,2027-06-30"} {
		rows := corpus.Read(strings.NewReader("编号,名称,联系方式,有效期至\n"+row+"\n"), "a.csv", corpus.ReadOptions{Kind: corpus.Need})
		if _, err := corpus.Import(t.Context(), w.svc.Store, rows, corpus.ImportOptions{ID: corpus.NewImportID(w.now()), Actor: "test", File: "a.csv", Kind: corpus.Need}); err != nil {
			t.Fatal(err)
		}
	}
	for lang, want := range map[string]string{"zh": "2026-11-23 名称、有效期至", "en": "2026-11-23 title, valid until"} {
		doc, _ := w.get("/needs/1", "lang="+lang)
		list := classes(doc, "revisions")
		if len(list) != 1 || text(list[0]) != want {
			t.Errorf("%s: %d lists, want one of %q", lang, len(list), want)
		}
	}
}
