package api

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"duijie/corpus"
)

// docxOf is a .docx whose parts hold these bodies of word/document.xml and, unless it is "", of word/header1.xml.
func docxOf(t testing.TB, body, header string) []byte {
	t.Helper()
	parts := [][2]string{{"[Content_Types].xml", docxTypes}, {"_rels/.rels", docxRels}, {"word/document.xml", docxBegin + body + docxEnd}}
	if header != "" {
		parts = append(parts, [2]string{"word/header1.xml", strings.Replace(docxBegin, "<w:body>", "", 1) + header + "</w:document>"})
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.Create(p[0])
		if err == nil {
			_, err = io.WriteString(w, p[1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// partOf is a part of a .docx, which must be well formed; "" where there is none.
func partOf(t testing.TB, file []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		if part.Name != name {
			continue
		}
		b, err := readPart(part)
		if err != nil {
			t.Fatal(err)
		}
		for d := xml.NewDecoder(bytes.NewReader(b)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return string(b)
			} else if err != nil {
				t.Fatalf("%v in %s", err, b)
			}
		}
	}
	return ""
}

func placesOfTest(name string) (string, bool) {
	value, known := map[string]string{"year": "2026", "a.b": "x < y & z", "lines": "一\n二", "none": ""}[name]
	return value, known
}

func TestFillDocx(t *testing.T) {
	const kept = `<w:t xml:space="preserve">`
	for _, test := range []struct{ name, body, want string }{
		{"one run", `<w:p><w:r><w:t>在 {{year}} 年</w:t></w:r></w:p>`, `<w:p><w:r>` + kept + `在 2026 年</w:t></w:r></w:p>`},
		{"no place", `<w:p><w:r><w:t>{ a } }} &amp; &#x4e00;</w:t></w:r></w:p>`, `<w:p><w:r><w:t>{ a } }} &amp; &#x4e00;</w:t></w:r></w:p>`},
		{"split by Word", `<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t>{ye</w:t></w:r><w:r><w:t xml:space="preserve">ar}} 年</w:t></w:r></w:p>`,
			`<w:p><w:r><w:rPr><w:b/></w:rPr>` + kept + `2026</w:t></w:r><w:proofErr w:type="spellStart"/><w:r>` + kept + `</w:t></w:r><w:r>` + kept + ` 年</w:t></w:r></w:p>`},
		{"two that share a run", `<w:p><w:r><w:t>{{year</w:t></w:r><w:r><w:t>}}至{{</w:t></w:r><w:r><w:t>year}}</w:t></w:r><w:r><w:t>。</w:t></w:r></w:p>`,
			`<w:p><w:r>` + kept + `2026</w:t></w:r><w:r>` + kept + `至2026</w:t></w:r><w:r>` + kept + `</w:t></w:r><w:r><w:t>。</w:t></w:r></w:p>`},
		{"escaped", `<w:p><w:r><w:t>{{ a.b }}&lt;</w:t></w:r></w:p>`, `<w:p><w:r>` + kept + `x &lt; y &amp; z&lt;</w:t></w:r></w:p>`},
		{"lines", `<w:p><w:r><w:t>{{lines}}</w:t></w:r></w:p>`, `<w:p><w:r>` + kept + `一</w:t><w:br/>` + kept + `二</w:t></w:r></w:p>`},
		{"empty", `<w:p><w:r><w:t>{{none}}</w:t><w:t/></w:r></w:p>`, `<w:p><w:r>` + kept + `</w:t><w:t/></w:r></w:p>`},
		{"paragraphs apart", `<w:p><w:r><w:t>{</w:t></w:r></w:p><w:p><w:r><w:t>{year}}</w:t></w:r></w:p>`, `<w:p><w:r><w:t>{</w:t></w:r></w:p><w:p><w:r><w:t>{year}}</w:t></w:r></w:p>`},
		{"a text box inside", `<w:p><w:r><w:t>{{ye</w:t><w:txbxContent><w:p><w:r><w:t>{{year}}</w:t></w:r></w:p></w:txbxContent><w:t>ar}}</w:t></w:r></w:p>`,
			`<w:p><w:r>` + kept + `2026</w:t><w:txbxContent><w:p><w:r>` + kept + `2026</w:t></w:r></w:p></w:txbxContent>` + kept + `</w:t></w:r></w:p>`},
		{"in a table", `<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{{year}}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`, `<w:tbl><w:tr><w:tc><w:p><w:r>` + kept + `2026</w:t></w:r></w:p></w:tc></w:tr></w:tbl>`},
		{"other texts", `<w:p><a:p><a:t>{{x}}</a:t></a:p><w:r><w:instrText>{{x}}</w:instrText></w:r></w:p>`, `<w:p><a:p><a:t>{{x}}</a:t></a:p><w:r><w:instrText>{{x}}</w:instrText></w:r></w:p>`},
	} {
		out, err := fillDocx(docxOf(t, test.body, ""), placesOfTest)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if got := partOf(t, out, "word/document.xml"); got != docxBegin+test.want+docxEnd {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, strings.TrimSuffix(strings.TrimPrefix(got, docxBegin), docxEnd), test.want)
		}
		if partOf(t, out, "[Content_Types].xml") != docxTypes {
			t.Errorf("%s: other parts changed", test.name)
		}
	}
}

func TestFillDocxFillsHeaders(t *testing.T) {
	out, err := fillDocx(docxOf(t, `<w:p/>`, `<w:p><w:r><w:t>{{year}}</w:t></w:r></w:p>`), placesOfTest)
	if err != nil || !strings.Contains(partOf(t, out, "word/header1.xml"), ">2026<") {
		t.Errorf("the header is %s (%v)", partOf(t, out, "word/header1.xml"), err)
	}
}

func TestFillDocxRefuses(t *testing.T) {
	for _, test := range []struct {
		name     string
		template []byte
		want     string
	}{
		{"no zip", []byte("PK\x03\x04 nothing"), "is no .docx"},
		{"no document", func() []byte {
			var out bytes.Buffer
			zip.NewWriter(&out).Close()
			return out.Bytes()
		}(), "holds no document"},
		{"unknown places", docxOf(t, `<w:p><w:r><w:t>{{yaer}} {{year}} {{a.c}} {{yaer}}</w:t></w:r></w:p>`, `<w:p><w:r><w:t>{{}}</w:t></w:r></w:p>`), "names {{yaer}}, {{a.c}}, {{}}, which is no place"},
		{"never closed", docxOf(t, `<w:p><w:r><w:t>{{year 年</w:t></w:r></w:p><w:p><w:r><w:t>}}</w:t></w:r></w:p>`, ""), "names {{year 年, which"},
		{"no XML", docxOf(t, `<w:p><w:r><w:t>{{year}}</w:p>`, ""), "word/document.xml can't be read"},
		{"elements in a text", docxOf(t, `<w:p><w:t>{{year}}<w:p><w:t>x</w:t></w:p></w:t></w:p>`, ""), "holds an element"},
	} {
		_, err := fillDocx(test.template, placesOfTest)
		e, ok := errors.AsType[*corpus.Error](err)
		if !ok || e.Code != corpus.Invalid || e.Field != "template" || e.Fix == "" || !strings.Contains(e.Message, test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

// Whatever the body holds, what is filled is well formed, and holds no place that is known any more.
func FuzzFillDocx(f *testing.F) {
	for _, body := range []string{`<w:p><w:r><w:t>{{year}}</w:t></w:r></w:p>`, `<w:p><w:r><w:t>{</w:t></w:r><w:r><w:t>{ye</w:t></w:r><w:r><w:t>ar}}</w:t></w:r></w:p>`,
		`<w:p><w:t>{{lines}}<![CDATA[{{a.b}}]]><!-- x --></w:t><w:t/></w:p>`, `<w:p><x:t xmlns:x="http://schemas.openxmlformats.org/wordprocessingml/2006/main" a="{{">{{year}}</x:t></w:p>`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		filler := filler{place: placesOfTest}
		out, err := filler.fill([]byte(docxBegin + body + docxEnd))
		if err != nil {
			return
		}
		again := filler
		again.place = func(name string) (string, bool) {
			if _, known := placesOfTest(name); known {
				t.Errorf("{{%s}} is still in %s", name, out)
			}
			return "", true
		}
		if _, err := again.fill(out); err != nil {
			t.Fatalf("%v in %s, of %s", err, out, body)
		}
	})
}
