package web

import (
	"fmt"
	"strings"

	"rsc.io/qr"

	"duijie/api"
)

// sheetDocx writes a sheet in the page's language; link is "" where it is not known.
func sheetDocx(r request, p sheetPage, link string) ([]byte, error) {
	d := &api.Docx{}
	d.Line(36, true, r.t("sheet.heading"))
	d.Line(24, false, r.t("sheet.for", p.Need))
	if p.From != "" {
		d.Line(21, false, r.t("sheet.from")+r.t("colon")+p.From)
	}
	if p.Platform != "" {
		d.Line(21, false, r.t("sheet.platform")+r.t("colon")+p.Platform)
	}
	if p.Contact != "" {
		d.Line(21, false, r.t("sheet.contact")+r.t("colon")+p.Contact)
	}
	for _, e := range p.Entries {
		if e.Gone {
			d.Line(24, true, fmt.Sprint(e.Place, ". ", r.t("sheet.gone")))
			continue
		}
		d.Line(24, true, fmt.Sprint(e.Place, ". ", e.Title))
		for _, f := range e.Facts {
			var texts []string
			for _, v := range f.Values {
				texts = append(texts, v.Text)
			}
			d.Line(21, false, f.Name+r.t("colon")+strings.Join(texts, r.t("and")))
		}
		if e.Text != "" {
			d.Line(21, false, e.Text)
		}
		if e.Comment != "" {
			d.Line(21, false, r.t("sheet.comment")+r.t("colon")+e.Comment)
		}
		contact := e.Contact
		if contact == "" {
			contact = r.t("sheet.through")
		}
		d.Line(21, false, r.t("sheet.holder")+r.t("colon")+contact)
	}
	var png []byte
	if link != "" {
		code, err := qr.Encode(link, qr.M)
		if err != nil {
			return nil, fmt.Errorf("the link of a sheet as a code: %w", err)
		}
		png = code.PNG()
		d.Line(21, false, r.t("sheet.scan"))
		d.Picture(r.t("sheet.qr"))
		d.Line(18, false, link)
	}
	d.Line(18, false, p.Date)
	return d.File(png)
}
