package web

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A sheetPage is a sheet as it is read and printed: by its broker, and by who has its link.
type sheetPage struct {
	Error          string
	Need           string
	NeedURL        string // "": it is on show no more
	From, Platform string // who recommends, and by which service
	Contact, Date  string
	Done           string
	Entries        []sheetEntry
	State          string
	Back           string // address of the record, for the broker
	Action         string // of the form: to send it, or to open or answer it
	Send           bool   // it can be sent
	Cover          bool   // it is not opened yet: nothing but the need is shown
	Answer         bool   // an answer is taken
	Said           string // what was answered
	Link, Until    string // of a sheet that was sent just now
	QR             *qrCode
	Token, File    string // for the file with the link; address of the file
	ReasonMost     int
	LinkIsRelative bool // nobody knows under which address others reach the pages
}

// A sheetEntry is one achievement of a sheet.
type sheetEntry struct {
	Place                              int
	Title, URL, Text, Comment, Contact string
	Facts                              []fact
	Gone                               bool
}

// A qrCode is drawn as one path of squares, Size on a side with the quiet zone.
type qrCode struct {
	Size int
	Path string
}

// quietZone is how many modules stay white around a code (ISO/IEC 18004).
const quietZone = 4

func drawQR(text string) (*qrCode, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("the link of a sheet as a code: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+quietZone, y+quietZone)
			}
		}
	}
	return &qrCode{code.Size + 2*quietZone, path.String()}, nil
}

// describeSheet is what both readers see of a sheet.
func (s *site) describeSheet(r request, v api.SheetView) sheetPage {
	p := sheetPage{Need: cmp.Or(v.Need.Title, r.t("sheet.need.gone")), From: v.From.In(r.lang), Platform: s.foot.Operator, Contact: v.Sheet.Contact, Date: string(corpus.DayOf(v.Sheet.Updated))}
	if v.Need.ID != "" {
		p.NeedURL = s.docURL(corpus.Need, v.Need.ID)
	}
	for _, e := range v.Entries {
		row := sheetEntry{Place: e.Place, Comment: e.Comment, Contact: e.Contact, Gone: e.Doc.ID == ""}
		if !row.Gone {
			row.Title, row.URL = cmp.Or(e.Doc.Title, e.Doc.ID), s.docURL(corpus.Achievement, e.Doc.ID)
			row.Text, row.Facts = snippet(e.Doc.Text), s.briefFacts(r, e.Doc.Brief())
		}
		p.Entries = append(p.Entries, row)
	}
	if v.Sheet.State == market.Replied {
		p.Said = r.t("desk.none")
		if v.Sheet.Answer == "interested" {
			p.Said = r.t("desk.interested", v.Sheet.Interest)
		}
		if v.Sheet.Reason != "" {
			p.Said += r.t("colon") + v.Sheet.Reason
		}
	}
	return p
}

// paper is a sheet as its broker prints it.
func (s *site) paper(r request) (page, error) {
	return s.paperPage(r, r.PathValue("id"), "", http.StatusOK)
}

// paperPage shows the sheet; token is the secret of the link where it was made just now.
func (s *site) paperPage(r request, id, token string, status int) (page, error) {
	v, err := s.svc.ViewSheet(r.Context(), r.caller, id)
	if err != nil {
		return page{}, err
	}
	p := s.describeSheet(r, v)
	kind := recordKind{s, &market.SheetType, market.SheetType.About()}
	p.State, p.Back, p.Action, p.File = kind.word(r, v.Sheet.State), kind.path("/", id), kind.path("/", id, "/paper"), kind.path("/", id, "/docx")
	p.Send = len(market.SheetType.Moves[v.Sheet.State]) > 0
	if token != "" {
		p.Token, p.Until = token, string(corpus.DayOf(v.Sheet.LinkUntil))
		p.Link = s.sheetLinkURL(token)
		p.LinkIsRelative = s.svc.BaseURL == ""
		if !p.LinkIsRelative {
			if p.QR, err = drawQR(p.Link); err != nil {
				return page{}, err
			}
		}
	}
	if status == http.StatusConflict {
		p.Error = r.t("records.changed.page")
	}
	return page{Template: "sheet", Status: status, Title: r.t("sheet.title", p.Need), Nav: "desk", Data: p}, nil
}

func (s *site) sheetLinkURL(token string) string {
	if s.svc.BaseURL == "" {
		return s.url(api.SheetPath + token)
	}
	return s.svc.BaseURL + api.SheetPath + token
}

func (s *site) sendPaper(r request) (page, error) {
	if r.PostFormValue("lang") != "" {
		return s.paper(r)
	}
	return s.send(r, r.PathValue("id"))
}

// send makes the link of a sheet and shows it this once.
func (s *site) send(r request, id string) (page, error) {
	_, token, err := s.svc.SendSheet(r.Context(), r.caller, id)
	if corpus.CodeOf(err) == corpus.Conflict {
		return s.paperPage(r, id, "", http.StatusConflict)
	}
	if err != nil {
		return page{}, err
	}
	return s.paperPage(r, id, token, http.StatusOK)
}

// sheetLink is where the link of a sheet leads. Opening it changes nothing: mail programs open links to look for malice.
func (s *site) sheetLink(r request) (page, error) {
	v, err := s.svc.SheetByLink(r.Context(), r.PathValue("token"))
	return s.sheetLinkPage(r, v, err, "")
}

// followSheetLink opens a sheet or answers it.
func (s *site) followSheetLink(r request) (page, error) {
	ctx, token := r.Context(), r.PathValue("token")
	switch r.PostFormValue("do") {
	case "open":
		v, err := s.svc.OpenSheet(ctx, token)
		return s.sheetLinkPage(r, v, err, "")
	case "answer":
		var places []int
		for _, text := range r.PostForm["interest"] {
			if n, err := strconv.Atoi(text); err == nil {
				places = append(places, n)
			}
		}
		v, err := s.svc.AnswerSheet(ctx, token, places, r.PostFormValue("reason"))
		if code := corpus.CodeOf(err); err != nil && (code == corpus.Conflict || code == corpus.Invalid) {
			v, err = s.svc.SheetByLink(ctx, token)
			return s.sheetLinkPage(r, v, err, r.t("sheet.answer.refused"))
		}
		out, err := s.sheetLinkPage(r, v, err, "")
		if p, ok := out.Data.(sheetPage); ok && err == nil {
			p.Done = r.t("sheet.received", cmp.Or(v.From.Name, r.t("sheet.broker")))
			out.Data = p
		}
		return out, err
	}
	return s.sheetLink(r)
}

func (s *site) sheetLinkPage(r request, v api.SheetView, err error, wrong string) (page, error) {
	if corpus.CodeOf(err) == corpus.NotFound {
		p := s.failed(r, err)
		e := p.Data.(errorPage)
		e.Heading, e.Text = r.t("sheet.unknown.title"), r.t("sheet.unknown")
		p.Title, p.Data = e.Heading, e
		return p, nil
	}
	if err != nil {
		return page{}, err
	}
	p := s.describeSheet(r, v)
	p.Action, p.Error = s.url(api.SheetPath+r.PathValue("token")), wrong
	p.Cover = v.Sheet.State == market.Sent || v.Sheet.State == market.Drafted
	p.Answer = v.Sheet.State == market.Opened
	p.ReasonMost = market.SheetType.FieldOf("reason").Length()
	if p.Cover {
		p.Entries = nil
	}
	out := page{Template: "sheet", Title: r.t("sheet.title", p.Need), Private: true, Data: p}
	if wrong != "" {
		out.Status = http.StatusConflict
	}
	return out, nil
}

// paperFile is a sheet as a document of Word, with the link where the form has its secret.
func (s *site) paperFile(w http.ResponseWriter, req *http.Request) {
	s.attach(w, req, market.Sheets, "read", func(r request) (name, media string, body []byte, err error) {
		v, err := s.svc.ViewSheet(r.Context(), r.caller, r.PathValue("id"))
		if err != nil {
			return "", "", nil, err
		}
		link := ""
		if token := r.PostFormValue("token"); v.Sheet.HasLink(token) && s.svc.BaseURL != "" {
			link = s.sheetLinkURL(token)
		}
		body, err = sheetDocx(r, s.describeSheet(r, v), link)
		return "sheet-" + string(corpus.DayOf(s.now())) + ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", body, err
	})
}
