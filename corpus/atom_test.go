package corpus

import (
	"strings"
	"testing"
)

func TestAtomEntriesAreRows(t *testing.T) {
	const feed = `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>成果</title><id>urn:f</id>
`
	for _, test := range []struct{ entries, want string }{
		{`<entry><id>urn:1</id><title>秸秆制糠醛</title><summary>收率高</summary><link href="https://a.example/1"/><updated>2026-05-01T20:00:00Z</updated><author><name>甲</name></author><author><name>乙</name></author></entry>`,
			"urn:1|秸秆制糠醛|收率高|https://a.example/1|甲 乙|2026-05-02"},
		{`<entry><id>2</id><title type="html">COD &amp;lt; 50</title><content type="html">&lt;p&gt;一&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;二&lt;/p&gt;</content><summary>短</summary></entry>`,
			"2|COD < 50|一\n\n二|||"},
		{`<entry><id>3</id><title>三</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><b>粗</b>体</div></content><link rel="self" href="https://a.example/x"/><published>2026-04-01T00:00:00+08:00</published><updated>2026-05-01T00:00:00Z</updated></entry>`,
			"3|三|粗体|||2026-04-01"},
		{`<entry><id>4</id><title>四</title></entry><entry><id>5</id><title>五</title></entry>`, "4|四||||; 5|五||||"},
		{`<entry><id>6</id></entry>`, "bad"},
		{`<entry><id>7</id><title>七</title></entry><entry><id>8</id>`, "7|七||||; error"},
		{``, "error"},
	} {
		file := feed + test.entries + "</feed>"
		var got []string
		for r, err := range rowsOf(file, ReadOptions{}) {
			d := r.Doc
			switch {
			case err != nil:
				got = append(got, "error")
			case r.Bad():
				got = append(got, "bad")
			default:
				got = append(got, strings.Join([]string{d.SourceID, d.Title, d.Text, d.URL, strings.Join(d.People, " "), string(d.PublishedOn)}, "|"))
			}
		}
		if all := strings.Join(got, "; "); all != test.want {
			t.Errorf("%s\n got %q\nwant %q", test.entries, all, test.want)
		}
	}
}

func TestAtomShowsTheNewestOnly(t *testing.T) {
	s := open(t)
	fetchOf(t, s, "1,一,;2,二,", false)
	const feed = `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>3</id><title>三</title></entry></feed>`
	if _, err := Import(t.Context(), s, Adopt(rowsOf(feed, ReadOptions{}), "f"), ImportOptions{Source: "f", Whole: true}); err != nil {
		t.Fatal(err)
	}
	if got := standing(t, s, "f"); got != "1 2 3" {
		t.Errorf("%s", got)
	}
}

func TestAnEntryOfAtomIsBounded(t *testing.T) {
	feed := `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>一</title></entry><entry><id>2</id><title>` + strings.Repeat("长", maxRow) + `</title></entry></feed>`
	var err error
	rows := 0
	for _, e := range rowsOf(feed, ReadOptions{}) {
		if err = e; e == nil {
			rows++
		}
	}
	if CodeOf(err) != Invalid || rows != 1 {
		t.Errorf("%d rows, then %v", rows, err)
	}
}
