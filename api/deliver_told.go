package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
)

// deliverTold tells somebody, account:ID or robot, over a channel of all events that are due, in one message. What its reader
// does not want or may not read any more is dropped; quiet hours make it wait, which is no try.
func (s *Service) deliverTold(ctx context.Context, who string, channel market.Channel, to string, events []corpus.Event) error {
	events, err := s.dueTogether(to, events)
	if err != nil {
		return err
	}
	reader, address := Caller{Name: "anyone"}, ""
	if id, ok := strings.CutPrefix(who, "account:"); ok {
		a, _, err := market.AccountOf(s.Store, id)
		if corpus.CodeOf(err) == corpus.NotFound || err == nil && a.Disabled {
			return s.drop(ctx, events, "账号已停用")
		}
		if err != nil {
			return err
		}
		p, _, err := s.preference(id)
		if err != nil {
			return err
		}
		if awake := p.Awake(s.now()); awake.After(s.now()) {
			for i := range events {
				events[i].Next = awake.UTC()
			}
			return s.settleEvents(ctx, events...)
		}
		var unwanted []corpus.Event
		events = slices.DeleteFunc(slices.Clone(events), func(e corpus.Event) bool {
			gone := !slices.Contains(p.Wants(e.Type), channel)
			if gone {
				unwanted = append(unwanted, e)
			}
			return gone
		})
		if len(unwanted) > 0 {
			if err := s.drop(ctx, unwanted, "收件人不再选择这个方式，或地址没有确认"); err != nil {
				return err
			}
		}
		if reader, err = s.callerOf(a); err != nil {
			return err
		}
		address = p.Address(channel)
	}
	var said []telling
	var sent []corpus.Event
	for i := range events {
		var f Facts
		err := json.Unmarshal(events[i].Body, &f)
		var one telling
		if err == nil {
			one, err = s.tellAs(ctx, reader, events[i].Type, f, s.Lang)
		}
		switch {
		case errors.Is(err, errUnreadable):
			err = s.drop(ctx, events[i:i+1], errUnreadable.Error())
		case err != nil:
			err = s.bury(ctx, &events[i], err)
		default:
			said, sent = append(said, one), append(sent, events[i])
		}
		if err != nil {
			return err
		}
	}
	if len(sent) == 0 {
		return nil
	}
	ids := make([]string, len(sent))
	for i, e := range sent {
		ids[i] = e.ID
	}
	return s.mailed(ctx, s.send(ctx, channel, address, letterID(ids), said), sent)
}

// send tells somebody what is said in one message under an id. Its error holds no address and no secret.
func (s *Service) send(ctx context.Context, channel market.Channel, address, id string, said []telling) error {
	switch channel {
	case market.MailChannel:
		l, err := s.toldLetter(address, said)
		if err != nil {
			return err
		}
		l.id = id
		return s.sendMail(ctx, l)
	case market.SMSChannel:
		return s.sendSMS(ctx, address, id, s.joined(said, smsLength))
	}
	return s.sendRobot(ctx, channel, s.joined(said, robotLength))
}

// joined is what is said as one text of at most so many bytes: what does not fit is counted.
func (s *Service) joined(said []telling, most int) string {
	var out string
	for i, one := range said {
		part := one.subject
		if len(said) == 1 {
			part = one.text
		} else if s.BaseURL != "" {
			part += "\n" + s.BaseURL + one.link
		}
		rest := "\n" + inLang(s.Lang, fmt.Sprintf("另有 %d 条，请登录后在“消息”里查看。", len(said)-i), fmt.Sprintf("%d more: sign in and see your messages.", len(said)-i))
		if len(said) == 1 {
			return cut(part, most)
		}
		if len(out)+len(part)+1 > most-len(rest) {
			return strings.TrimPrefix(out+rest, "\n")
		}
		out += "\n" + part
	}
	return strings.TrimPrefix(out, "\n")
}

// cut shortens a text to so many bytes, in whole characters.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most-len("…")], "") + "…"
}

// toldLetter writes a mail of what is said.
func (s *Service) toldLetter(to string, said []telling) (letter, error) {
	p := letterPage{Heading: said[0].subject, Link: s.BaseURL + "/account",
		End: inLang(s.Lang, "怎样通知您，可以在“我的账户”里修改：", "How you are told is set on the page of your account:")}
	if len(said) > 1 {
		p.Heading = inLang(s.Lang, fmt.Sprintf("您有 %d 条消息", len(said)), fmt.Sprintf("You have %d messages", len(said)))
	}
	for _, one := range said {
		text := strings.TrimSpace(strings.TrimSuffix(one.text, s.BaseURL+one.link))
		p.Rows = append(p.Rows, letterRow{Title: one.subject, Why: text, URL: s.BaseURL + one.link})
	}
	return s.writeLetter("told", to, p.Heading, p)
}
