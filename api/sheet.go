package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"duijie/corpus"
	"duijie/corpus/market"
)

// SheetPath is where the links of sheets lead, with the secret behind it.
const SheetPath = "/sheet/"

// A SheetView is what a sheet says to the firm.
type SheetView struct {
	Sheet   market.Sheet
	From    market.Asker // the broker who put it together
	Need    corpus.Doc   // as the public may read it; without an ID where it is on show no more
	Entries []SheetEntry
}

// A SheetEntry is one achievement of a sheet. Doc is as the public may read it, without an ID where it is on show no more.
type SheetEntry struct {
	Place   int // from 1
	Doc     corpus.Doc
	Comment string
	// Contact is the holder's where the broker may read it, with most of it masked, so that the firm goes through the broker; ""
	// where the broker may not.
	Contact string
}

// SendSheet makes the link of a sheet, whose secret is returned this once, and notes that the sheet is sent. A link of before
// ends.
func (s *Service) SendSheet(ctx context.Context, c Caller, id string) (market.Sheet, string, error) {
	old, err := s.Record(ctx, c, &market.SheetType, id)
	if err == nil {
		err = recordMove(c, market.SheetType.About(), string(market.Sent), old)
	}
	if err != nil {
		return market.Sheet{}, "", err
	}
	sheet, token, err := old.stored.Whole().(market.Sheet).Send(s.now())
	if err == nil {
		err = s.putSheet(ctx, c.Name, "send sheet "+id, string(market.Sent), sheet, old.Version)
	}
	return sheet, token, err
}

// putSheet writes a sheet over a version.
func (s *Service) putSheet(ctx context.Context, by, action, move string, sheet market.Sheet, version uint64) error {
	body, err := json.Marshal(sheet)
	if err != nil {
		return err
	}
	_, err = s.Store.Write(ctx, corpus.Batch{Actor: by, Action: action,
		Records: []corpus.Record{{Table: market.Sheets, ID: sheet.ID, Key: sheet.Link, Body: body, IfVersion: version, Move: move}}})
	return versionConflict(err)
}

// ViewSheet returns a sheet that c may read, as the firm sees it.
func (s *Service) ViewSheet(ctx context.Context, c Caller, id string) (SheetView, error) {
	r, err := s.Record(ctx, c, &market.SheetType, id)
	if err != nil {
		return SheetView{}, err
	}
	return s.viewSheet(r.Whole().(market.Sheet))
}

// SheetByLink returns the sheet to which a link leads; code NotFound where it leads to none. It notes nothing: mail programs
// open links to look for malice.
func (s *Service) SheetByLink(_ context.Context, token string) (SheetView, error) {
	sheet, _, err := market.SheetOf(s.Store, token, s.now())
	if err != nil {
		return SheetView{}, err
	}
	return s.viewSheet(sheet)
}

// OpenSheet notes that the firm has opened a sheet by its link, and returns it.
func (s *Service) OpenSheet(ctx context.Context, token string) (SheetView, error) {
	return s.changeSheet(ctx, token, func(sheet market.Sheet) (market.Sheet, error) {
		if sheet.State != market.Sent {
			return sheet, nil
		}
		return market.SheetType.Move(sheet, market.Opened, s.now())
	})
}

// AnswerSheet notes what the firm says by a link: which places interest it, none being none, and why. The first answer stays:
// a second one has code Conflict. A place that the sheet lacks has code Invalid.
func (s *Service) AnswerSheet(ctx context.Context, token string, places []int, reason string) (SheetView, error) {
	return s.changeSheet(ctx, token, func(sheet market.Sheet) (market.Sheet, error) {
		values := map[string]string{"state": string(market.Replied), "answer": "none", "interest": "", "reason": reason}
		var which []string
		slices.Sort(places)
		for _, n := range slices.Compact(places) {
			id := ""
			if n >= 1 && n <= market.MostEntries {
				id, _ = sheet.Entry(n)
			}
			if id == "" {
				e := corpus.Errorf(corpus.Invalid, "the sheet has no place %d", n)
				e.Field, e.Fix = "interest", "use the places of the sheet"
				return sheet, e
			}
			which = append(which, fmt.Sprint(n))
		}
		if len(which) > 0 {
			values["answer"], values["interest"] = "interested", strings.Join(which, "、")
		}
		return market.SheetType.Edit(sheet, values, s.now())
	})
}

// changeSheet does what a link may do with its sheet, which is all the right that it takes.
func (s *Service) changeSheet(ctx context.Context, token string, change func(market.Sheet) (market.Sheet, error)) (SheetView, error) {
	for try := 0; ; try++ {
		old, version, err := market.SheetOf(s.Store, token, s.now())
		if err != nil {
			return SheetView{}, err
		}
		sheet, err := change(old)
		if err == nil && sheet != old {
			err = s.putSheet(ctx, "link:"+sheet.Link[:16], fmt.Sprintf("move sheet %s to %s by its link", sheet.ID, sheet.State), string(sheet.State), sheet, version)
			if corpus.CodeOf(err) == corpus.Conflict && try == 0 { // another change came between reading and writing
				continue
			}
		}
		if err != nil {
			return SheetView{}, err
		}
		return s.viewSheet(sheet)
	}
}

// viewSheet puts together what the firm may see.
func (s *Service) viewSheet(sheet market.Sheet) (SheetView, error) {
	v := SheetView{Sheet: sheet}
	var err error
	if v.From, err = s.askerOf(sheet.By, sheet.Organisation); err != nil {
		return v, err
	}
	read := func(k corpus.Kind, id string) (stored, shown corpus.Doc, err error) {
		if err = s.endOf(k, &id); err == nil {
			stored, err = s.Store.Get(k, id)
		}
		if corpus.CodeOf(err) == corpus.NotFound || err == nil && stored.Status != corpus.Published {
			return corpus.Doc{}, corpus.Doc{}, nil
		}
		return stored, stored.Public(), err
	}
	if _, v.Need, err = read(corpus.Need, sheet.Need); err != nil {
		return v, err
	}
	for n := 1; n <= market.MostEntries; n++ {
		id, comment := sheet.Entry(n)
		if id == "" {
			break
		}
		stored, shown, err := read(corpus.Achievement, id)
		if err != nil {
			return v, err
		}
		v.Entries = append(v.Entries, SheetEntry{n, shown, comment, mask(stored.ForLevel(corpus.SignedIn).Contact)})
	}
	return v, nil
}

// mask leaves of each word of a contact its first character, and of a number with 11 digits or more its first three and last
// two: of a shorter one that would leave nearly all.
func mask(contact string) string {
	var out strings.Builder
	var word []rune
	end := func() {
		keep, last := 1, 0
		if len(word) >= 11 && !slices.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) {
			keep, last = 3, 2
		}
		for i, r := range word {
			if i >= keep && i < len(word)-last {
				r = '*'
			}
			out.WriteRune(r)
		}
		word = word[:0]
	}
	for _, r := range contact {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			word = append(word, r)
			continue
		}
		end()
		out.WriteRune(r)
	}
	end()
	return out.String()
}
