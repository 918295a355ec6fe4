package api

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	texttemplate "text/template"

	"duijie/corpus"
	"duijie/corpus/market"
)

//go:embed events.txt
var eventTexts string

// Texts are what people are told of events, by SORT.LANGUAGE.
type Texts struct{ templates *texttemplate.Template }

// builtInTexts serve where the operator has put no others in their place.
var builtInTexts = &Texts{texttemplate.Must(texttemplate.New("events.txt").Parse(eventTexts))}

// An EventText is what a template of an event takes. It holds nothing of people, whose names and contacts stand where one
// signs in.
type EventText struct {
	Title  string // of the posting or record; "" where the reader may not see it, or it was taken down
	Record string // the sort of record, such as 对接意向; "" where it is about a posting
	State  string // in which the record was put, in words; "" where it is about a posting
	Reason string // of a lead that is declined, in words
	Link   string // to the page; a path where the server does not know its address
}

// LoadTexts reads those texts that an operator puts in the place of the built-in ones, from files SORT.LANGUAGE.txt in a folder,
// which may be missing. Its error names file and line.
func LoadTexts(dir string) (*Texts, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		return builtInTexts, err
	}
	all, err := builtInTexts.templates.Clone()
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		if !slices.Contains(textNames(), name) {
			return nil, fmt.Errorf("%s: there is no text of this name (use one of %s)", file, strings.Join(textNames(), ", "))
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		content := strings.TrimPrefix(string(b), "\ufeff")
		if strings.TrimSpace(content) == "" {
			return nil, fmt.Errorf("%s: its first line, the subject, is empty", file)
		}
		own, err := texttemplate.New(file).Parse(content)
		if err == nil {
			_, err = all.AddParseTree(name, own.Tree)
		}
		if err != nil {
			return nil, err
		}
		if _, _, err := (&Texts{all}).write(name, EventText{Title: "x", Record: "x", State: "x", Link: "x"}); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	return &Texts{all}, nil
}

// textNames are all texts that there are.
func textNames() (names []string) {
	for _, sort := range market.EventSorts {
		names = append(names, sort.Value+".zh", sort.Value+".en")
	}
	return append(names, promiseTextName+".zh", promiseTextName+".en")
}

// write returns the subject and the text of an event.
func (t *Texts) write(name string, e EventText) (subject, text string, err error) {
	var out strings.Builder
	if err := t.templates.ExecuteTemplate(&out, name, e); err != nil {
		return "", "", err
	}
	subject, text, _ = strings.Cut(strings.TrimSpace(strings.ReplaceAll(out.String(), "\r\n", "\n")), "\n")
	if subject = strings.TrimSpace(subject); subject == "" {
		return "", "", errors.New("its first line, the subject, is empty")
	}
	return subject, strings.TrimSpace(text), nil
}

func (s *Service) texts() *Texts {
	if s.Texts == nil {
		return builtInTexts
	}
	return s.Texts
}

// A telling is an event in words.
type telling struct {
	subject, text string
	link          string // of its page, as EventText has it
}

// errUnreadable is what tellAs returns of an event about a record that its reader may not see any more.
var errUnreadable = errors.New("收件人无权再查看这条记录")

// tellAs says an event in words, with what c may read of what it is about at this moment. A robot reads what anybody may.
func (s *Service) tellAs(ctx context.Context, c Caller, sort string, f Facts, lang string) (telling, error) {
	e := EventText{}
	path := ""
	if t := market.TableOf(f.Table); t != nil {
		d := t.About()
		e.Record = d.One.In(lang)
		if i := slices.IndexFunc(d.States, func(n market.Named) bool { return n.Value == string(f.State) }); i >= 0 {
			e.State = d.States[i].In(lang)
		}
		path = "/" + f.Table + "/" + url.PathEscape(f.Record)
		if c.role() != market.Nobody {
			r, err := s.Record(ctx, c, t, f.Record)
			if corpus.CodeOf(err) == corpus.NotFound {
				return telling{}, errUnreadable
			}
			if err != nil {
				return telling{}, err
			}
			if d.FieldOf("title") != nil {
				e.Title = r.Text("title")
			}
			if reason := d.FieldOf("reason"); d.Name == market.Leads && f.State == market.Declined {
				for _, n := range reason.Choices {
					if n.Value == r.Text("reason") {
						e.Reason = n.In(lang)
					}
				}
			}
		}
	}
	if f.Document != "" {
		if path == "" {
			path = "/" + f.Kind.Plural() + "/" + url.PathEscape(f.Document)
		}
		d, err := s.follow(ctx, c, f.Kind, f.Document)
		if err != nil && corpus.CodeOf(err) != corpus.NotFound {
			return telling{}, err
		}
		if err == nil && d.Status == corpus.Published {
			e.Title = d.Title
		}
	}
	e.Link = s.BaseURL + path
	subject, text, err := s.texts().write(sort+"."+inLang(lang, "zh", "en"), e)
	return telling{subject, text, path}, err
}
