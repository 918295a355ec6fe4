package api

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// A Docx is a Word document, written by hand: sheets and reports need paragraphs, a table and one picture of WordprocessingML
// (ECMA-376), and the libraries in Go bring a thousand times as much or a licence that does not fit.
type Docx struct{ body strings.Builder }

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

// Line adds a paragraph; size is in half points.
func (d *Docx) Line(size int, bold bool, text string) {
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

// docxRule is how the lines of a table are drawn.
const docxRule = ` w:val="single" w:sz="4" w:space="0" w:color="808080"/>`

// Table adds a table, whose first row is repeated on each page. Widths are in twentieths of a point; a page has 9,638.
func (d *Docx) Table(widths []int, rows [][]string) {
	d.body.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		d.body.WriteString("<w:" + side + docxRule)
	}
	d.body.WriteString("</w:tblBorders></w:tblPr><w:tblGrid>")
	for _, width := range widths {
		fmt.Fprintf(&d.body, `<w:gridCol w:w="%d"/>`, width)
	}
	d.body.WriteString("</w:tblGrid>")
	for i, row := range rows {
		d.body.WriteString("<w:tr>")
		if i == 0 {
			d.body.WriteString("<w:trPr><w:tblHeader/></w:trPr>")
		}
		for j, text := range row {
			fmt.Fprintf(&d.body, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, widths[j])
			d.Line(21, i == 0, text)
			d.body.WriteString("</w:tc>")
		}
		d.body.WriteString("</w:tr>")
	}
	d.body.WriteString("</w:tbl>")
}

// Picture adds the picture of the package, 3 cm wide (in English Metric Units, 360,000 to the centimetre).
func (d *Docx) Picture(name string) {
	const side = 3 * 360_000
	var alt bytes.Buffer
	xml.EscapeText(&alt, []byte(name))
	fmt.Fprintf(&d.body, `<w:p><w:r><w:drawing><wp:inline><wp:extent cx="%[1]d" cy="%[1]d"/><wp:docPr id="1" name="link" descr="%[2]s"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="link"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="%[1]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`, side, alt.String())
}

// File returns the package; png is its picture, nil for none.
func (d *Docx) File(png []byte) ([]byte, error) {
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
