package web

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"rsc.io/qr"
)

// A docx is written by hand: a sheet needs headings, paragraphs and one picture of WordprocessingML (ECMA-376), and the
// libraries in Go bring a thousand times as much or a licence that does not fit.
type docx struct{ body strings.Builder }

// Parts of the package that are always the same.
const (
	docxTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	docxRels = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`
	docxPicture = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="media/link.png"/></Relationships>`
	docxBegin = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><w:body>`
	// An A4 page with margins of 2 cm, in twentieths of a point.
	docxEnd = `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>`
)

// line adds a paragraph; size is in half points.
func (d *docx) line(size int, bold bool, text string) {
	b := ""
	if bold {
		b = "<w:b/>"
	}
	fmt.Fprintf(&d.body, `<w:p><w:pPr><w:spacing w:after="120"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="宋体"/>%s<w:sz w:val="%d"/><w:lang w:eastAsia="zh-CN"/></w:rPr>`, b, size)
	for i, part := range strings.Split(text, "\n") {
		if i > 0 {
			d.body.WriteString("<w:br/>")
		}
		d.body.WriteString(`<w:t xml:space="preserve">`)
		xml.EscapeText(&d.body, []byte(part)) // a Builder takes all
		d.body.WriteString("</w:t>")
	}
	d.body.WriteString("</w:r></w:p>")
}

// picture adds the picture of the package, 3 cm wide (in English Metric Units, 360,000 to the centimetre).
func (d *docx) picture(name string) {
	const side = 3 * 360_000
	var alt bytes.Buffer
	xml.EscapeText(&alt, []byte(name))
	fmt.Fprintf(&d.body, `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="%[1]d" cy="%[1]d"/><wp:docPr id="1" name="link" descr="%[2]s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="link"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="%[1]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`, side, alt.String())
}

// file returns the package; png is its picture, nil for none.
func (d *docx) file(png []byte) ([]byte, error) {
	parts := []struct{ name, text string }{{"[Content_Types].xml", docxTypes}, {"_rels/.rels", docxRels}, {"word/document.xml", docxBegin + d.body.String() + docxEnd}}
	if png != nil {
		parts = append(parts, struct{ name, text string }{"word/_rels/document.xml.rels", docxPicture}, struct{ name, text string }{"word/media/link.png", string(png)})
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.text))
		}
		if err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// sheetDocx writes a sheet in the page's language; link is "" where it is not known.
func sheetDocx(r request, p sheetPage, link string) ([]byte, error) {
	d := &docx{}
	d.line(36, true, r.t("sheet.heading"))
	d.line(24, false, r.t("sheet.for", p.Need))
	if p.From != "" {
		d.line(21, false, r.t("sheet.from")+r.t("colon")+p.From)
	}
	if p.Platform != "" {
		d.line(21, false, r.t("sheet.platform")+r.t("colon")+p.Platform)
	}
	if p.Contact != "" {
		d.line(21, false, r.t("sheet.contact")+r.t("colon")+p.Contact)
	}
	for _, e := range p.Entries {
		if e.Gone {
			d.line(24, true, fmt.Sprint(e.Place, ". ", r.t("sheet.gone")))
			continue
		}
		d.line(24, true, fmt.Sprint(e.Place, ". ", e.Title))
		for _, f := range e.Facts {
			var texts []string
			for _, v := range f.Values {
				texts = append(texts, v.Text)
			}
			d.line(21, false, f.Name+r.t("colon")+strings.Join(texts, r.t("and")))
		}
		if e.Text != "" {
			d.line(21, false, e.Text)
		}
		if e.Comment != "" {
			d.line(21, false, r.t("sheet.comment")+r.t("colon")+e.Comment)
		}
		contact := e.Contact
		if contact == "" {
			contact = r.t("sheet.through")
		}
		d.line(21, false, r.t("sheet.holder")+r.t("colon")+contact)
	}
	var png []byte
	if link != "" {
		code, err := qr.Encode(link, qr.M)
		if err != nil {
			return nil, fmt.Errorf("the link of a sheet as a code: %w", err)
		}
		png = code.PNG()
		d.line(21, false, r.t("sheet.scan"))
		d.picture(r.t("sheet.qr"))
		d.line(18, false, link)
	}
	d.line(18, false, p.Date)
	return d.file(png)
}
