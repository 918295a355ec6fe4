package corpus

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// places writes what was found as a0001 for the first achievement.
func places(found []Place) string {
	var out []string
	for _, p := range found {
		out = append(out, fmt.Sprintf("%c%d", p.Kind[0], p.Number))
	}
	return strings.Join(out, " ")
}

// linkedTo is LinkedTo of all kinds.
func linkedTo(t *testing.T, s *Store, links ...Link) string {
	t.Helper()
	var all []Place
	for _, k := range Kinds {
		found, err := s.LinkedTo(k, 100, links...)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	return places(all)
}

func TestWhoNamesADocumentIsKnownAfterEachWrite(t *testing.T) {
	s := open(t)
	expert := Link{Expert, "e"}
	linked := func(want string) {
		t.Helper()
		if got := linkedTo(t, s, expert); got != want {
			t.Errorf("%q links to e, want %q", got, want)
		}
	}
	doc := func(k Kind, id string, links ...Link) Put {
		return Put{Doc: Doc{Kind: k, SourceID: id, Title: string(k) + " " + id, Links: links}}
	}
	write(t, s, Batch{Puts: []Put{doc(Expert, "e"), doc(Project, "p", expert), doc(Achievement, "a", expert, Link{Project, "p"}), doc(Achievement, "b")}})
	linked("a1 p1")
	write(t, s, Batch{Puts: []Put{doc(Achievement, "a"), doc(Achievement, "b", Link{Expert, "e2"}, expert)}})
	linked("a2 p1")
	write(t, s, Batch{Deletes: []Delete{{Kind: Project, ID: "p"}}})
	linked("a2")
	write(t, s, Batch{Merges: []Merge{{Kind: Achievement, ID: "b", Into: "a"}}})
	linked("a1")
	write(t, s, Batch{Unmerges: []Unmerge{{Kind: Achievement, ID: "b"}}})
	linked("a2")
	if got := linkedTo(t, s, Link{Expert, "e2"}, expert, Link{Expert, "none"}, Link{"firm", "e"}); got != "a2" {
		t.Errorf("of several, %q", got)
	}
}

func TestOrganisationsAreOneByCodeAndByName(t *testing.T) {
	s := open(t)
	const code, other = "91150500MA0N0WXK4D", "911505000000000000"
	for i, d := range []Doc{
		{Kind: Achievement, Org: "通辽市蒙药研究所"},
		{Kind: Achievement, Org: "通辽市 蒙药研究所（原哲里木盟蒙药研究所）"},
		{Kind: Expert, Org: "蒙药所", OrgCode: code},
		{Kind: Need, Org: "通辽市蒙药研究所", OrgCode: code},
		{Kind: Project, Org: "通辽市蒙药研究所", OrgCode: other},
		{Kind: Project, Org: "通辽市蒙药"},
		{Kind: Project},
	} {
		d.SourceID, d.Title = fmt.Sprint(i), fmt.Sprint("第", i)
		write(t, s, Batch{Puts: []Put{{Doc: d}}})
	}
	for _, test := range []struct {
		d           Doc
		found, ones string
	}{
		{Doc{Org: "通辽市蒙药研究所"}, "a2 a1 n1 p1", "a2 a1 n1 p1"},
		{Doc{Org: "通辽市蒙药研究所", OrgCode: code}, "a2 a1 n1 e1 p1", "a2 a1 n1 e1"},
		{Doc{OrgCode: other}, "p1", "p1"},
		{Doc{Org: "（ ）"}, "", ""},
		{Doc{}, "", ""},
	} {
		var found, ones []Place
		for _, k := range Kinds {
			for d, err := range s.OfOrg(&test.d, k, 100) {
				if err != nil {
					t.Fatal(err)
				}
				found = append(found, Place{k, d.Number})
				if OneOrg(&test.d, &d) {
					ones = append(ones, Place{k, d.Number})
				}
			}
		}
		if got := places(found); got != test.found {
			t.Errorf("%+v: found %q, want %q", test.d, got, test.found)
		}
		if got := places(ones); got != test.ones {
			t.Errorf("%+v: the same are %q, want %q", test.d, got, test.ones)
		}
	}
}

// Of many that name the same, those that are not asked for are not looked at.
func TestOnlyTheNewestAreLookedAt(t *testing.T) {
	s := open(t)
	const code = "91150500MA0N0WXK4D"
	var b Batch
	for i := range 20 {
		d := Doc{Kind: Achievement, SourceID: fmt.Sprint(i), Title: fmt.Sprint("第", i), Org: "甲大学", Links: []Link{{Expert, "e"}, {Expert, "f"}}}
		if i%2 == 0 {
			d.OrgCode = code
		}
		b.Puts = append(b.Puts, Put{Doc: d})
	}
	write(t, s, b)
	found, err := s.LinkedTo(Achievement, 3, Link{Expert, "f"}, Link{Expert, "e"})
	if got := places(found); err != nil || got != "a18 a19 a20" {
		t.Errorf("linked are %q, %v", got, err)
	}
	for stop, want := range []string{"a20", "a20 a19", "a20 a19 a18", "a20 a19 a18"} {
		found = nil
		for d, err := range s.OfOrg(&Doc{Org: "甲大学", OrgCode: code}, Achievement, 3) {
			if err != nil {
				t.Fatal(err)
			}
			if found = append(found, Place{Achievement, d.Number}); len(found) > stop {
				break
			}
		}
		if got := places(found); got != want {
			t.Errorf("after %d: %q, want %q", stop, got, want)
		}
	}
}

// An id that holds what rows are made of leads to no other, and nothing panics.
func TestALinkMayHoldAnyByte(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: Doc{Kind: Need, SourceID: "1", Title: "一", Links: []Link{{Expert, "e"}}}}}})
	for _, id := range []string{"e\x00n", "e\x00n\x00\x00\x00", "e\x00n\x00\x00", "e\x00", ""} {
		if got := linkedTo(t, s, Link{Expert, id}); got != "" {
			t.Errorf("%q is linked from %q", id, got)
		}
	}
}

func TestAnOlderStoreKnowsWhoNamesWhom(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: Doc{Kind: Achievement, SourceID: "a", Title: "一", Org: "甲大学", Links: []Link{{Expert, "e"}, {Need, "n"}}}}, {Doc: need("n", "二")}}})
	want := rowsIn(t, s, bLinked)
	if err := s.db.Update(func(tx *bolt.Tx) error { return errors.Join(tx.DeleteBucket(bLinked), s.fillLinked(tx)) }); err != nil {
		t.Fatal(err)
	}
	if got := rowsIn(t, s, bLinked); !slices.Equal(got, want) || len(got) != 3 {
		t.Errorf("%q, want %q", got, want)
	}
}
