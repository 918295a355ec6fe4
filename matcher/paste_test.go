package matcher

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
)

// reaches are telephone numbers, mail addresses and accounts as the messages of the golden file have them.
var reaches = regexp.MustCompile(`1\d{10}|1\d{2}[- ]\d{4}[- ]\d{4}|[1１]３８|0475|8234567|@|liangcang|wx-|123456789|150502198`)

// TestPastedMessagesBecomeDrafts compares the drafts of each message with those in the golden file.
func TestPastedMessagesBecomeDrafts(t *testing.T) {
	const path = "testdata/pasted.txt"
	h := newHouse(t)
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	cases := strings.Split(string(golden), "\n== ")
	got := cases[:1]
	for _, c := range cases[1:] {
		message, _, ok := strings.Cut(c, "\n--\n")
		if !ok {
			message = strings.TrimSuffix(strings.TrimSpace(c), "--")
		}
		name, text, _ := strings.Cut(message, "\n")
		drafts := h.pasted(t, text)
		got = append(got, strings.TrimRight(name+"\n"+strings.TrimSpace(text), "\n")+"\n--\n"+drafts)
	}
	all := strings.TrimSpace(strings.Join(got, "\n== ")) + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(all), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if all != string(golden) {
		a, b := strings.Split(all, "\n"), strings.Split(string(golden), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("%s, line %d:\n got %s\nwant %s\nreview the change, then go test -update", path, i+1, a[i], b[i])
			}
		}
		t.Fatalf("%s has other drafts: review them with go test -update", path)
	}
}

// pasted writes the drafts of a message down, and fails where one shows publicly how to reach somebody.
func (h *house) pasted(t *testing.T, text string) string {
	rows, err := corpus.ReadText(text, "", corpus.ReadOptions{Source: "paste", Split: h.matcher.Split})
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%d.\n", r.Line)
		for _, f := range r.Doc.FieldTexts() {
			star := ""
			if slices.Contains(r.Derived, f.Name) {
				star = "*"
			}
			fmt.Fprintf(&b, "  %s%s: %s\n", f.Name, star, strings.ReplaceAll(f.Text, "\n", "\n    "))
		}
		for k, v := range r.Doc.Extra {
			fmt.Fprintf(&b, "  extra %s: %s\n", k, v)
		}
		for _, e := range append(r.Problems, r.Warnings...) {
			fmt.Fprintf(&b, "  ! %s\n", e)
		}
		if e := Elsewhere(&r.Doc, "zh"); e != nil {
			fmt.Fprintf(&b, "  elsewhere: %s\n", e.Code)
		}
		public := r.Doc.Public()
		for _, f := range public.FieldTexts() {
			if found := reaches.FindString(f.Text); found != "" {
				t.Errorf("%q stands in %s of %q", found, f.Name, text)
			}
		}
		if r.Doc.Status != corpus.Draft || r.Doc.Source != "paste" {
			t.Errorf("a draft of %q has status %s and source %s", text, r.Doc.Status, r.Doc.Source)
		}
	}
	return b.String()
}
