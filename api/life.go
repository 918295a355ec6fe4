package api

import (
	"sync"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

// lifeRoutes are those of the operator who keeps postings alive and complete.
func lifeRoutes() []route {
	return []route{
		{method: "GET", path: "/v1/reminders", id: "list-reminders", tag: "life", summary: "How postings stand, and whose holders are to be asked", right: "reminders list", add: handle((*Service).listReminders)},
		{method: "POST", path: "/v1/reminders", id: "send-reminders", tag: "life", summary: "Make the links by which holders answer; each is shown this once", right: "reminders create", secret: true, add: handle((*Service).sendReminders)},
		{method: "GET", path: "/v1/incomplete", id: "list-incomplete", tag: "life", summary: "Postings that lack most, worst first, with what their text proposes", right: "documents update", problems: []corpus.Code{corpus.Unavailable}, class: works, add: handle((*Service).listIncomplete)},
		{method: "POST", path: "/v1/edit", id: "edit", tag: "life", summary: "Change members of all postings that a filter keeps", right: "documents update", problems: []corpus.Code{corpus.Conflict, corpus.Unavailable}, add: handle((*Service).edit)},
	}
}

// lives knows what holders were asked and answered.
type lives struct {
	once    sync.Once
	notices *market.Notices
	sending sync.Mutex // held from finding out who is to be asked until that is written
}

func (s *Service) notices() *market.Notices {
	s.life.once.Do(func() { s.life.notices = market.NewNotices(s.Store, s.Rules) })
	return s.life.notices
}

// Life says how a posting stands today; nil of experts, projects and drafts.
func (s *Service) Life(d corpus.Doc) (*market.Life, error) { return s.notices().Life(&d, s.now()) }

// at is the moment of an answer: now, or for admins noon of the day that they name.
func (s *Service) at(c Caller, day string) (time.Time, error) {
	if day == "" {
		return s.now(), nil
	}
	if err := c.may("service", "as_of"); err != nil {
		return time.Time{}, err
	}
	d, err := corpus.ParseDate(day)
	if err != nil || d == "" {
		return time.Time{}, faults{wrong("as_of", day, "write a day such as 2026-05-31")}
	}
	return d.Last().Add(12 * time.Hour), nil
}

// dated completes the options of a match by what lies outside of it: the time, and what holders have answered.
func (s *Service) dated(o *matcher.Options) {
	if o.Now.IsZero() {
		o.Now = s.now()
	}
	o.Notices = s.notices()
}

// A Posting is a document with how it stands.
type Posting struct {
	corpus.Doc
	Life  *market.Life `json:"life,omitempty" doc:"how an achievement or a need stands"`
	Codes *NamedCodes  `json:"codes,omitempty" doc:"its codes with their names"`
	// Of one document that is asked for by its id:
	Answers *market.UsualAnswer `json:"answers,omitempty" doc:"how soon its holder usually answers who is interested; not in lists"`
	Linked  []LinkedDoc         `json:"linked,omitempty" doc:"not in lists: what it links to and what links to it, the newest 200 of each kind, as far as the caller may know of it"`
	SameOrg []LinkedDoc         `json:"same_org,omitempty" doc:"not in lists: others of its organisation, the newest three of each kind"`
}

func (s *Service) posting(d corpus.Doc, now time.Time) (Posting, error) {
	life, err := s.notices().Life(&d, now)
	return Posting{Doc: d, Life: life, Codes: named(&d)}, err
}

// A PostingPage is a DocumentPage with how each stands.
type PostingPage struct {
	Documents []Posting `json:"documents"`
	Total     int       `json:"total" doc:"exact"`
	Next      string    `json:"next,omitempty" doc:"cursor of the next page"`
}

func (s *Service) postings(page DocumentPage, now time.Time) (PostingPage, error) {
	out := PostingPage{Documents: make([]Posting, 0, len(page.Documents)), Total: page.Total, Next: page.Next}
	for _, d := range page.Documents {
		p, err := s.posting(d, now)
		if err != nil {
			return out, err
		}
		out.Documents = append(out.Documents, p)
	}
	return out, nil
}
