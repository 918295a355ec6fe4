package api

import (
	"cmp"
	"context"
	"errors"

	"duijie/corpus"
	"duijie/matcher"
)

// PasteSource is the source of what was pasted, unless the request names another.
const PasteSource = "paste"

// A PasteRequest is a message with what it does not say itself.
type PasteRequest struct {
	Text   string      `json:"text" minLength:"1" maxLength:"64000" doc:"as people wrote it: a chat, a mail, a note; stored as the drafts that come of it, not logged" example:"企业名称：科尔沁淀粉公司\n需求：缩短玉米浸泡时间\n联系人：于工 13800000000"`
	Kind   corpus.Kind `json:"kind,omitempty" enum:"achievement,need,expert,project" default:"need"`
	Source string      `json:"source,omitempty" maxLength:"64" doc:"where it came from; default: paste"`
	DryRun bool        `json:"dry_run,omitempty" doc:"store nothing"`
	Lang   string      `json:"lang,omitempty" enum:"zh,en" default:"zh" doc:"of the sentences in the answer"`
	Name   string      `json:"name,omitempty" maxLength:"255" doc:"what the list of imports calls the message; default: paste"`
}

// A PasteAnswer holds the drafts that a message makes, in its order.
type PasteAnswer struct {
	Drafts []PastedDraft `json:"drafts"`
	Import string        `json:"import,omitempty" doc:"id of the import that stored them, by which it can be looked at and undone"`
}

// A PastedDraft is one posting that a message makes.
type PastedDraft struct {
	Doc       corpus.Doc           `json:"doc"`
	Derived   []string             `json:"derived" doc:"members of doc that are guessed from running text, not labelled in it"`
	Faults    []Fault              `json:"faults,omitempty" doc:"what could not be understood"`
	Advice    *matcher.Advice      `json:"advice,omitempty" doc:"of a need: what the coach says"`
	Questions []matcher.Gap        `json:"questions" doc:"the two that are worth most; empty where nothing is missing"`
	Elsewhere *matcher.RouteReason `json:"elsewhere,omitempty" doc:"it asks for nothing but people or money: who serves that; it is not stored"`
	Outcome   string               `json:"outcome,omitempty" enum:"created,updated,unchanged,refused" doc:"what became of it in the store; left out in a dry run and for what belongs elsewhere"`

	row corpus.Row
}

// Storable reports whether a draft is one that is stored, or taken along as a file.
func (d *PastedDraft) Storable() bool { return !d.row.Bad() && d.Elsewhere == nil }

const (
	coached   = 10 // drafts of a message, the first of them, get advice
	maxPastes = 4  // at work at once
)

// Drafts makes drafts of a message, without storing or logging anything. Its error has code Unavailable where too many
// messages are read at once.
func (s *Service) Drafts(ctx context.Context, r PasteRequest) ([]PastedDraft, error) {
	defer s.pastes.Add(-1)
	if s.pastes.Add(1) > maxPastes {
		e := corpus.Errorf(corpus.Unavailable, "too many messages are read at this moment")
		e.Fix = "try again in a few seconds"
		return nil, e
	}
	g, done := s.generation()
	defer done()
	if err := g.ready(); err != nil {
		return nil, err
	}
	rows, err := corpus.ReadText(r.Text, "", corpus.ReadOptions{Kind: r.Kind, Source: cmp.Or(r.Source, PasteSource), Split: g.Matcher.Split})
	if e, ok := errors.AsType[*corpus.Error](err); ok {
		e.Field = "text"
	}
	if err != nil {
		return nil, err
	}
	out := make([]PastedDraft, len(rows))
	for i, row := range rows {
		d := PastedDraft{Doc: row.Doc, Derived: append([]string{}, row.Derived...), Questions: []matcher.Gap{}, row: row}
		d.Faults = faultsOf(&row, r.Lang)
		if d.Doc.Kind == corpus.Need && !row.Bad() && i < coached {
			advice, err := g.Matcher.Coach(ctx, d.Doc, r.Lang)
			if err != nil {
				return nil, err
			}
			d.Advice, d.Questions = &advice, advice.Missing[:min(2, len(advice.Missing))]
			d.Elsewhere = matcher.Elsewhere(&d.Doc, r.Lang)
		}
		out[i] = d
	}
	return out, nil
}

// Paste makes drafts of a message and imports them, unless it is a dry run. A posting that is there already keeps its
// status.
func (s *Service) Paste(ctx context.Context, c Caller, r PasteRequest) (PasteAnswer, error) {
	if err := c.may("documents", "create"); err != nil {
		return PasteAnswer{}, err
	}
	drafts, err := s.Drafts(ctx, r)
	a := PasteAnswer{Drafts: drafts}
	if err != nil || r.DryRun {
		return a, err
	}
	var rows []corpus.Row
	var good []*PastedDraft
	for i := range drafts {
		d := &drafts[i]
		switch {
		case d.Elsewhere != nil:
			continue
		case d.row.Bad():
			d.Outcome = "refused"
		default:
			good = append(good, d)
		}
		d.row.Index = i
		rows = append(rows, d.row)
	}
	if len(rows) == 0 {
		return a, nil
	}
	a.Import = corpus.NewImportID(s.now())
	_, err = corpus.Import(ctx, s.Store, func(yield func(corpus.Row, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}, corpus.ImportOptions{ID: a.Import, Actor: c.Name, File: cmp.Or(r.Name, PasteSource), Source: cmp.Or(r.Source, PasteSource), Kind: cmp.Or(r.Kind, corpus.Need),
		Wrote:  func(result corpus.Result) { good[0].Outcome, good = string(result.Outcome), good[1:] },
		Report: func(row corpus.Row) { drafts[row.Index].Faults = faultsOf(&row, r.Lang) },
	})
	s.settle(ctx)
	return a, err
}

// split is corpus.ReadOptions.Split by the matcher that serves; without one nothing is cut.
func (s *Service) split(title, text string) []corpus.Piece {
	g, done := s.generation()
	defer done()
	if g == nil {
		return nil
	}
	return g.Matcher.Split(title, text)
}

type pasteInput struct{ Body PasteRequest }

type pasteOutput struct{ Body PasteAnswer }

func (s *Service) paste(ctx context.Context, in *pasteInput) (*pasteOutput, error) {
	a, err := s.Paste(ctx, CallerOf(ctx), in.Body)
	return &pasteOutput{a}, err
}
