package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// ConfirmPath is where the links of reminders lead, with the secret behind it.
const ConfirmPath = "/confirm/"

// A ReminderRow is a posting whose holder is to be asked.
type ReminderRow struct {
	Kind    corpus.Kind  `json:"kind" enum:"achievement,need"`
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Org     string       `json:"org,omitempty"`
	Contact string       `json:"contact"`
	Notice  int          `json:"notice" doc:"which question in a row this is: 1 or more"`
	Life    *market.Life `json:"life"`
	Link    string       `json:"link,omitempty" doc:"of a sent one: holds a secret that is not kept"`
	Ends    corpus.Date  `json:"ends,omitempty" doc:"the link works until the evening before"`

	doc corpus.Doc
}

// ReminderList says how postings stand and who is to be asked.
type ReminderList struct {
	AsOf      corpus.Date                              `json:"as_of"`
	Counts    map[corpus.Kind]map[market.LifeState]int `json:"counts" doc:"postings by how they stand, drafts left out"`
	Due       int                                      `json:"due" doc:"postings whose holders are to be asked"`
	NoContact int                                      `json:"no_contact" doc:"of these, those without a contact: nobody is asked, and they stay due"`
	Reminders []ReminderRow                            `json:"reminders" doc:"of these, those with a contact, to the limit; by contact"`
}

// A ReminderQuery says which postings to look at.
type ReminderQuery struct {
	Kind  string `query:"kind" json:"kind,omitempty" enum:"achievement,need" doc:"default: both"`
	Limit int    `query:"limit" json:"limit,omitempty" minimum:"1" maximum:"10000" default:"1000"`
	AsOf  string `query:"as_of" json:"as_of,omitempty" maxLength:"10" doc:"as on this day, 2026-05-31; a reminder is dated so too"`
}

// Reminders reads all postings and says who is to be asked.
func (s *Service) Reminders(ctx context.Context, c Caller, q ReminderQuery) (ReminderList, error) {
	if err := c.may("reminders", "list"); err != nil {
		return ReminderList{}, err
	}
	now, err := s.at(c, q.AsOf)
	if err != nil {
		return ReminderList{}, err
	}
	return s.reminders(ctx, q, now)
}

// noBaseURL is the error where a link is to be made and Service.BaseURL is not known.
func noBaseURL() error {
	e := corpus.Errorf(corpus.Invalid, "nobody knows at which address the pages are reached")
	e.Fix = "set base_url, such as https://www.example.gov.cn/duijie: in duijie.yaml, or as --base-url of duijie serve where a server runs"
	return e
}

func (s *Service) reminders(ctx context.Context, q ReminderQuery, now time.Time) (ReminderList, error) {
	out := ReminderList{AsOf: corpus.DayOf(now), Counts: map[corpus.Kind]map[market.LifeState]int{}, Reminders: []ReminderRow{}}
	kinds := []corpus.Kind{corpus.Achievement, corpus.Need}
	if q.Kind != "" {
		kinds = []corpus.Kind{corpus.Kind(q.Kind)}
	}
	for _, k := range kinds {
		out.Counts[k] = map[market.LifeState]int{}
		for d, err := range s.Store.Each(k, 0) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return out, err
			}
			life, notice, err := s.notices().Asks(&d, now)
			if err != nil {
				return out, err
			}
			if life == nil {
				continue
			}
			out.Counts[k][life.State]++
			switch {
			case notice == 0:
				continue
			case strings.TrimSpace(d.Contact) == "":
				out.NoContact++
			case len(out.Reminders) < q.Limit:
				out.Reminders = append(out.Reminders, ReminderRow{Kind: k, ID: d.ID, Title: d.Title, Org: d.Org, Contact: d.Contact, Notice: notice, Life: life, doc: d})
			}
			out.Due++
		}
	}
	slices.SortStableFunc(out.Reminders, func(a, b ReminderRow) int { return cmp.Compare(a.Contact, b.Contact) })
	return out, nil
}

// SendReminders makes the links of those that Reminders lists.
func (s *Service) SendReminders(ctx context.Context, c Caller, q ReminderQuery) (ReminderList, error) {
	if err := c.may("reminders", "create"); err != nil {
		return ReminderList{}, err
	}
	if s.BaseURL == "" {
		return ReminderList{}, noBaseURL()
	}
	now, err := s.at(c, q.AsOf)
	if err != nil {
		return ReminderList{}, err
	}
	s.life.sending.Lock()
	defer s.life.sending.Unlock()
	list, err := s.reminders(ctx, q, now)
	if err != nil || len(list.Reminders) == 0 {
		return list, err
	}
	b := corpus.Batch{Action: fmt.Sprintf("send %d reminders", len(list.Reminders))}
	logins, err := s.mailLogins()
	if err != nil {
		return list, err
	}
	for i := range list.Reminders {
		row := &list.Reminders[i]
		r, token := market.MakeReminder(&row.doc, now)
		row.Link, row.Ends = s.BaseURL+ConfirmPath+token, corpus.DayOf(r.Ends())
		body, err := json.Marshal(r)
		if err != nil {
			return list, err
		}
		b.Records = append(b.Records, corpus.Record{Table: market.Reminders, ID: r.ID, Body: body})
		news, err := s.askedAgain(*row, r.ID, logins)
		if err != nil {
			return list, err
		}
		b.Events = append(b.Events, news...)
	}
	return list, s.write(ctx, c, b, nil)
}

type remindersOutput struct{ Body ReminderList }

func (s *Service) listReminders(ctx context.Context, in *ReminderQuery) (*remindersOutput, error) {
	list, err := s.Reminders(ctx, CallerOf(ctx), *in)
	return &remindersOutput{list}, err
}

type sendInput struct{ Body ReminderQuery }

func (s *Service) sendReminders(ctx context.Context, in *sendInput) (*remindersOutput, error) {
	list, err := s.SendReminders(ctx, CallerOf(ctx), in.Body)
	return &remindersOutput{list}, err
}
