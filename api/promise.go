package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"duijie/corpus"
	"duijie/corpus/market"
)

// promiseTextName is that of the text of a promise, before the language; a file in DATA/templates takes its place.
const promiseTextName = "promise"

// promiseRoutes are the one beside those that all records have.
func promiseRoutes() []route {
	return []route{{method: "GET", path: "/v1/promises/text", id: "get-promise-text", tag: market.Promises, summary: "The text of a confidentiality promise, to be read before one is made",
		right: "promises create", add: handle((*Service).getPromiseText)}}
}

// A PromiseText is what somebody promises who is to read what a posting shows after a promise.
type PromiseText struct {
	Edition string `json:"edition" doc:"of this text: another one has another edition" example:"3f9a0c11d2e4"`
	Title   string `json:"title"`
	Text    string `json:"text"`
}

// PromiseText returns the text in a language, "en" or Chinese.
func (s *Service) PromiseText(lang string) (PromiseText, error) {
	title, text, err := s.texts().write(promiseTextName+"."+inLang(lang, "zh", "en"), EventText{})
	sum := sha256.Sum256([]byte(title + "\n" + text))
	return PromiseText{hex.EncodeToString(sum[:6]), title, text}, err
}

// promise makes a promise in c's name, who has an account: of the text whose edition values name, for a posting that c may see
// and that shows something after a promise.
func (s *Service) promise(ctx context.Context, c Caller, values map[string]string) (Record, error) {
	d := market.PromiseType.About()
	if err := recordMove(c, d, "create", nil); err != nil {
		return Record{}, err
	}
	if c.Account == "" {
		e := corpus.Errorf(corpus.Forbidden, "a key can't promise anything")
		e.Fix = "sign in with an account, and ask with its session"
		return Record{}, e
	}
	r, err := market.PromiseType.Make(values, c.Name, s.now())
	if err != nil {
		return Record{}, err
	}
	if r, err = s.openPostings(ctx, c, d, r, nil); err != nil {
		return Record{}, err
	}
	l := r.Whole().(market.Promise).Posting()
	posting, err := s.Store.Get(l.Kind, l.ID)
	if err != nil {
		return Record{}, err
	}
	if !posting.AsksPromise() {
		e := corpus.Errorf(corpus.Conflict, "%s %q shows nothing more after a promise", l.Kind, l.ID)
		e.Field, e.Fix = string(l.Kind), "read it as it is"
		return Record{}, e
	}
	for _, lang := range []string{"zh", "en"} {
		text, err := s.PromiseText(lang)
		if err != nil {
			return Record{}, err
		}
		if text.Edition == r.Text("edition") {
			return s.putRow(ctx, c, d, "create", r.With("text", text.Title+"\n"+text.Text), 0)
		}
	}
	e := corpus.Errorf(corpus.Invalid, "the text of promises has another edition")
	e.Field, e.Fix = "edition", market.PromiseType.FieldOf("edition").Hint[1]
	return Record{}, e
}

// Promised reports whether a promise of c stands for a posting, or for one that was merged into it.
func (s *Service) Promised(c Caller, l corpus.Link) (bool, error) {
	if c.Account == "" || c.role() == market.Nobody {
		return false, nil
	}
	ids, err := s.Store.Aliases(l.Kind, l.ID)
	if err != nil {
		return false, err
	}
	for _, id := range append(ids, l.ID) {
		_, err := s.Store.RecordByKey(market.Promises, market.PromiseKey(c.Name, corpus.Link{Kind: l.Kind, ID: id}))
		if err == nil || corpus.CodeOf(err) != corpus.NotFound {
			return err == nil, err
		}
	}
	return false, nil
}

// Reading is Document for the posting's own page and answer, the only places that show what it shows after a promise, to who has
// made one. asks says that it has such fields, which c may not read without one.
func (s *Service) Reading(ctx context.Context, c Caller, kind corpus.Kind, id string) (d corpus.Doc, asks bool, err error) {
	if d, err = s.Document(ctx, c, kind, id); err != nil || c.Level().Opens(corpus.Promised) {
		return d, false, err
	}
	stored, err := s.Store.Get(kind, id)
	if err != nil || !stored.AsksPromise() {
		return d, false, err
	}
	if c.promised, err = s.Promised(c, corpus.Link{Kind: kind, ID: id}); err != nil || !c.promised {
		return d, c.role() == market.Nobody || c.Allowed(market.Promises, "create") != market.None, err
	}
	whole, ok, err := s.visible(c, stored)
	if err == nil && !ok {
		err = missing(kind, id)
	}
	return whole, false, err
}

type promiseTextOutput struct{ Body PromiseText }

func (s *Service) getPromiseText(ctx context.Context, _ *struct{}) (*promiseTextOutput, error) {
	text, err := s.PromiseText(langOf(ctx))
	return &promiseTextOutput{text}, err
}
