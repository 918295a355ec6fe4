package corpus

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// An atomEntry is what is read of an entry of an Atom feed (RFC 4287).
type atomEntry struct {
	ID      string   `xml:"id"`
	Title   atomText `xml:"title"`
	Summary atomText `xml:"summary"`
	Content atomText `xml:"content"`
	Links   []struct {
		Href string `xml:"href,attr"`
		Rel  string `xml:"rel,attr"`
	} `xml:"link"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Authors   []string `xml:"author>name"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
	XML  string `xml:",innerxml"`
}

// text is what stands there, perhaps with tags, which the fields leave out.
func (t atomText) text() string {
	if t.Type == "xhtml" {
		return t.XML
	}
	return strings.TrimSpace(t.Text)
}

// An atomRow is an entry as an object whose keys are headers.
type atomRow struct {
	ID        string `json:"source_id,omitempty"`
	Title     string `json:"title,omitempty"`
	Text      string `json:"text,omitempty"`
	URL       string `json:"url,omitempty"`
	People    string `json:"people,omitempty"`
	Published string `json:"published,omitempty"`
}

func (e *atomEntry) row() atomRow {
	r := atomRow{ID: strings.TrimSpace(e.ID), Title: e.Title.text(), Text: cmp.Or(e.Content.text(), e.Summary.text()),
		People: strings.Join(e.Authors, "；"), Published: strings.TrimSpace(cmp.Or(e.Published, e.Updated))}
	for _, l := range e.Links {
		if r.URL == "" && (l.Rel == "" || l.Rel == "alternate") {
			r.URL = l.Href
		}
	}
	if at, err := time.Parse(time.RFC3339, r.Published); err == nil {
		r.Published = string(DayOf(at))
	}
	return r
}

// readAtom reads the entries of an Atom feed of decoded text. An entry may have maxRow bytes.
func (t *tableReader) readAtom(r io.Reader) error {
	if err := t.checkMap(nil); err != nil {
		return err
	}
	part := &io.LimitedReader{R: r}
	d := xml.NewDecoder(part)
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	d.Entity = xml.HTMLEntity
	for rows := 0; ; {
		part.N = maxRow
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if rows == 0 {
				return &Error{Code: Invalid, Message: "Atom 里没有条目", Fix: "检查地址"}
			}
			return nil
		}
		start, ok := token.(xml.StartElement)
		line, _ := d.InputPos()
		var e atomEntry
		if err == nil && ok && start.Name.Local == "entry" {
			err = d.DecodeElement(&e, &start)
		} else if err == nil {
			continue
		}
		var object []byte
		if err == nil {
			object, err = json.Marshal(e.row())
		}
		if err != nil {
			return &Error{Code: Invalid, Message: fmt.Sprintf("Atom 在第 %d 行之后读不下去", line), Fix: "检查文件是否完整", Err: err}
		}
		rows++
		row := Row{File: t.file, Line: line, newest: true}
		t.object(&row, string(object))
		if !t.yield(row, nil) {
			return errStopped
		}
	}
}
