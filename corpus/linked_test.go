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
func places(t *testing.T, found []Place, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range found {
		out = append(out, fmt.Sprintf("%c%d", p.Kind[0], p.Number))
	}
	return strings.Join(out, " ")
}

func TestWhoNamesADocumentIsKnownAfterEachWrite(t *testing.T) {
	s := open(t)
	expert := Link{Expert, "e"}
	linked := func(want string) {
		t.Helper()
		found, err := s.LinkedTo(expert)
		if got := places(t, found, err); got != want {
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
	found, err := s.LinkedTo(Link{Expert, "e2"}, expert, Link{Expert, "none"}, Link{"firm", "e"})
	if got := places(t, found, err); got != "a2" {
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
		{Doc{Org: "通辽市蒙药研究所"}, "a1 a2 n1 p1", "a1 a2 n1 p1"},
		{Doc{Org: "通辽市蒙药研究所", OrgCode: code}, "a1 a2 n1 e1 p1", "a1 a2 n1 e1"},
		{Doc{OrgCode: other}, "p1", "p1"},
		{Doc{Org: "（ ）"}, "", ""},
		{Doc{}, "", ""},
	} {
		found, err := s.OfOrg(&test.d)
		if got := places(t, found, err); got != test.found {
			t.Errorf("%+v: found %q, want %q", test.d, got, test.found)
		}
		ones := slices.DeleteFunc(found, func(p Place) bool {
			docs, err := s.ByNumber(p.Kind, p.Number)
			return err != nil || !OneOrg(&test.d, &docs[0])
		})
		if got := places(t, ones, nil); got != test.ones {
			t.Errorf("%+v: the same are %q, want %q", test.d, got, test.ones)
		}
	}
}

// An id that holds what rows are made of leads to no other, and nothing panics.
func TestALinkMayHoldAnyByte(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Puts: []Put{{Doc: Doc{Kind: Need, SourceID: "1", Title: "一", Links: []Link{{Expert, "e"}}}}}})
	for _, id := range []string{"e\x00n", "e\x00n\x00\x00\x00", "e\x00n\x00\x00", "e\x00", ""} {
		found, err := s.LinkedTo(Link{Expert, id})
		if got := places(t, found, err); got != "" {
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
