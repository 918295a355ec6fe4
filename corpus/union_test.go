package corpus

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func parseDoc(t *testing.T, s string) Doc {
	t.Helper()
	var d Doc
	if err := json.Unmarshal([]byte(s), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func jsonOf(t *testing.T, d Doc) string {
	t.Helper()
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestUniteTakesWhatIsMissing(t *testing.T) {
	for name, test := range map[string]struct{ mine, theirs, want string }{
		"empty fields": {
			`{"kind":"need","id":"b","source":"s","source_id":"b","status":"draft","title":"题"}`,
			`{"kind":"need","id":"a","source":"t","source_id":"a","status":"published","title":"另题","text":"文","price":{"min":1,"max":2},"from":"2026"}`,
			`{"kind":"need","id":"b","source":"s","source_id":"b","status":"draft","title":"题","text":"文","price":{"min":1,"max":2}}`},
		"lists": {
			`{"kind":"need","id":"b","title":"题","keywords":["甲","乙"],"cooperation":["license"],"ip":[{"kind":"发明专利","number":"ZL201010123456.9"}]}`,
			`{"kind":"need","id":"a","title":"题","keywords":["乙","丙"],"cooperation":["license"],"ip":[{"kind":"专利","number":"201010123456"},{"kind":"软件著作权"}]}`,
			`{"kind":"need","id":"b","title":"题","keywords":["甲","乙","丙"],"cooperation":["license"],"ip":[{"kind":"发明专利","number":"ZL201010123456.9"},{"kind":"软件著作权"}]}`},
		"links, none to itself": {
			`{"kind":"need","id":"b","title":"题","links":[{"kind":"need","id":"a"},{"kind":"expert","id":"a"}]}`,
			`{"kind":"need","id":"a","title":"题","links":[{"kind":"need","id":"b"},{"kind":"need","id":"c"},{"kind":"expert","id":"a"}]}`,
			`{"kind":"need","id":"b","title":"题","links":[{"kind":"expert","id":"a"},{"kind":"need","id":"c"}]}`},
		"unknown columns": {
			`{"kind":"need","id":"b","title":"题","extra":{"备注":"一","同":"同"}}`,
			`{"kind":"need","id":"a","title":"题","extra":{"备注":"二","同":"同","新":"三"}}`,
			`{"kind":"need","id":"b","title":"题","extra":{"备注":"一","备注_2":"二","同":"同","新":"三"}}`},
		"the stricter level of what both say": {
			`{"kind":"need","id":"b","title":"题","text":"文","goal":"标","contact":"1","extra":{"甲":"一"},"disclosure":{"contact":"public","extra.甲":"public"}}`,
			`{"kind":"need","id":"a","title":"题","text":"文","contact":"2","extra":{"甲":"二"},"disclosure":{"text":"signed_in","goal":"confidential","contact":"signed_in","extra.甲":"public"}}`,
			`{"kind":"need","id":"b","title":"题","text":"文","contact":"1","goal":"标","extra":{"甲":"一","甲_2":"二"},"disclosure":{"contact":"signed_in","extra.甲":"public","text":"signed_in"}}`},
	} {
		mine, theirs := parseDoc(t, test.mine), parseDoc(t, test.theirs)
		if got, want := jsonOf(t, mine.Unite(theirs)), jsonOf(t, parseDoc(t, test.want)); got != want {
			t.Errorf("%s:\n%s, want\n%s", name, got, want)
		}
		if jsonOf(t, mine) != jsonOf(t, parseDoc(t, test.mine)) || jsonOf(t, theirs) != jsonOf(t, parseDoc(t, test.theirs)) {
			t.Errorf("%s: an argument has changed", name)
		}
	}
}

func TestUniteKeepsTheLimits(t *testing.T) {
	a, b := Doc{Kind: Need, Title: "题", Extra: map[string]string{}}, Doc{Kind: Need, Title: "题", Extra: map[string]string{}}
	for i := range MaxList {
		a.Keywords, b.Keywords = append(a.Keywords, fmt.Sprint("a", i)), append(b.Keywords, fmt.Sprint("b", i))
		a.Links, b.Links = append(a.Links, Link{Expert, fmt.Sprint("a", i)}), append(b.Links, Link{Expert, fmt.Sprint("b", i)})
	}
	for i := range MaxExtra - 1 {
		a.Extra[fmt.Sprint("a", i)], b.Extra[fmt.Sprint("b", i)] = "x", strings.Repeat("长", 800)
	}
	u := a.Unite(b)
	if errs := u.Check(); len(errs) > 0 {
		t.Error(errs)
	}
	if len(u.Keywords) != MaxList || len(u.Links) != MaxList || len(u.Extra) != MaxExtra {
		t.Errorf("%d key words, %d links, %d columns", len(u.Keywords), len(u.Links), len(u.Extra))
	}
}

func TestRebaseKeepsEdits(t *testing.T) {
	base := `{"kind":"need","id":"b","title":"题","text":"文","goal":"标","keywords":["甲","乙"],"extra":{"一":"1","二":"2"},"disclosure":{"text":"signed_in"}}`
	onto := `{"kind":"need","id":"b","title":"题","keywords":["甲"],"extra":{"一":"1"}}`
	for _, test := range []struct{ edited, want, kept string }{
		{base, onto, ""},
		{`{"kind":"need","id":"b","title":"新题","text":"新文","goal":"标","keywords":["甲","乙"],"extra":{"一":"1","二":"2"},"disclosure":{"text":"signed_in"}}`,
			`{"kind":"need","id":"b","title":"新题","text":"新文","keywords":["甲"],"extra":{"一":"1"}}`, "text"},
		{`{"kind":"need","id":"b","title":"题","keywords":["丙"],"extra":{"一":"1","二":"改"},"disclosure":{"text":"confidential"}}`,
			`{"kind":"need","id":"b","title":"题","keywords":["丙"],"extra":{"一":"1","二":"改"},"disclosure":{"text":"confidential"}}`, "keywords extra.二 disclosure"},
	} {
		got, kept := rebase(parseDoc(t, base), parseDoc(t, test.edited), parseDoc(t, onto))
		if jsonOf(t, got) != jsonOf(t, parseDoc(t, test.want)) || strings.Join(kept, " ") != test.kept {
			t.Errorf("%s:\n%s, kept %q, want\n%s, %q", test.edited, jsonOf(t, got), kept, test.want, test.kept)
		}
	}
}

// Unite and rebase walk the fields of a Doc by these names.
func TestContentsAreAllFieldsButIdentity(t *testing.T) {
	names := map[string]bool{}
	for _, c := range contents() {
		names[c.name] = true
	}
	for i := range reflect.TypeFor[Doc]().NumField() {
		name, _, _ := strings.Cut(reflect.TypeFor[Doc]().Field(i).Tag.Get("json"), ",")
		switch name {
		case "-", "kind", "id", "source", "source_id", "version", "status", "gone", "extra", "disclosure", "created", "updated":
			if names[name] {
				t.Errorf("%s is taken over", name)
			}
		default:
			if !names[name] {
				t.Errorf("%s is not taken over", name)
			}
		}
	}
}
