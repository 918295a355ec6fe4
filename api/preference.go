package api

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// PreferenceInfo is how an account is told, and what it may choose.
type PreferenceInfo struct {
	market.Preference
	MailConfirmed  bool             `json:"mail_confirmed"`
	PhoneConfirmed bool             `json:"phone_confirmed"`
	Channels       []market.Channel `json:"channels" doc:"that the account may choose here; the inbox has every event"`
	Sorts          []string         `json:"sorts" doc:"of events"`
}

// preference returns how an account wants to be told, with the version of its record; the zero one where it has not said.
func (s *Service) preference(account string) (p market.StoredPreference, version uint64, err error) {
	r, err := s.Store.Record(market.Preferences, account)
	if corpus.CodeOf(err) == corpus.NotFound {
		return p, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(r.Body, &p)
	}
	if err != nil {
		err = fmt.Errorf("preferences of %s: %w", account, err)
	}
	return p, r.Version, err
}

// channelsFor are the channels that c may choose: those that are set up; robots, which speak to a group of the operator's staff,
// for those who see all leads.
func (s *Service) channelsFor(c Caller) []market.Channel {
	out := []market.Channel{}
	for _, channel := range market.Channels {
		_, robot := s.Channels.Robots[channel]
		if channel == market.MailChannel && s.Mail != nil || channel == market.SMSChannel && s.Channels.SMS != nil ||
			robot && c.Allowed(market.Leads, "read") == market.All {
			out = append(out, channel)
		}
	}
	return out
}

func (s *Service) preferenceInfo(c Caller, p market.StoredPreference) PreferenceInfo {
	info := PreferenceInfo{Preference: p.Preference, MailConfirmed: p.MailConfirmed, PhoneConfirmed: p.PhoneConfirmed, Channels: s.channelsFor(c)}
	for _, sort := range market.EventSorts {
		info.Sorts = append(info.Sorts, sort.Value)
	}
	return info
}

// Preferences returns how c's account is told.
func (s *Service) Preferences(_ context.Context, c Caller) (PreferenceInfo, error) {
	if err := c.person(market.Preferences, "read"); err != nil {
		return PreferenceInfo{}, err
	}
	p, _, err := s.preference(c.Account)
	return s.preferenceInfo(c, p), err
}

// SetPreferences changes how c's account is told. Channels that it chose before stay, also where they are gone by now.
func (s *Service) SetPreferences(ctx context.Context, c Caller, to market.Preference) (PreferenceInfo, error) {
	if err := c.person(market.Preferences, "update"); err != nil {
		return PreferenceInfo{}, err
	}
	p, version, err := s.preference(c.Account)
	if err != nil {
		return PreferenceInfo{}, err
	}
	can := s.channelsFor(c)
	for _, choice := range p.Choices {
		can = append(can, choice.Channels...)
	}
	if p, err = p.Set(to, can); err != nil {
		return PreferenceInfo{}, err
	}
	err = s.putRecord(ctx, c, "change preferences of account "+c.Account, market.Preferences, c.Account, p, version)
	return s.preferenceInfo(c, p), err
}

// SendCode sends a code that confirms c's mail address or telephone, over that channel. Where it can't be sent the error has
// code Unavailable.
func (s *Service) SendCode(ctx context.Context, c Caller, channel market.Channel) error {
	if err := c.person(market.Preferences, "update"); err != nil {
		return err
	}
	if channel.Robot() || !slices.Contains(s.channelsFor(c), channel) {
		e := corpus.Errorf(corpus.Invalid, "there is nothing to confirm of the channel %q here", channel)
		e.Field, e.Fix = "channel", "use mail or sms, where GET /v1/preferences lists it"
		return e
	}
	p, version, err := s.preference(c.Account)
	if err != nil {
		return err
	}
	p, code, err := p.MakeCode(c.Account, channel, s.now())
	if err != nil {
		return err
	}
	if err := s.putRecord(ctx, c, "send a code to account "+c.Account, market.Preferences, c.Account, p, version); err != nil {
		return err
	}
	text := inLang(s.Lang, "验证码 "+code+"，10 分钟内有效。如果不是您本人操作，不用理会。", "Your code is "+code+", for ten minutes. If you did not ask for it, leave it alone.")
	address := p.Phone
	if channel == market.MailChannel {
		address = p.Mail
	}
	id := market.EventID("code", c.Account, code)
	if err := s.send(ctx, channel, address, id, []telling{{subject: inLang(s.Lang, "验证码", "Your code"), text: text, link: "/account"}}); err != nil {
		s.Log.WarnContext(ctx, "a code can't be sent", "channel", channel, "error", err)
		e := corpus.Errorf(corpus.Unavailable, "the code could not be sent")
		e.Field, e.Fix = "channel", "check the address, or try again later"
		return e
	}
	return nil
}

// ConfirmCode confirms an address of c's account by the code that was sent there. A wrong code has code Invalid and is counted.
func (s *Service) ConfirmCode(ctx context.Context, c Caller, code string) (PreferenceInfo, error) {
	if err := c.person(market.Preferences, "update"); err != nil {
		return PreferenceInfo{}, err
	}
	p, version, err := s.preference(c.Account)
	if err != nil {
		return PreferenceInfo{}, err
	}
	next, wrong := p.Confirm(c.Account, code, s.now())
	if next.Code != p.Code {
		if err := s.putRecord(ctx, c, "confirm an address of account "+c.Account, market.Preferences, c.Account, next, version); err != nil {
			return PreferenceInfo{}, err
		}
	}
	return s.preferenceInfo(c, next), wrong
}

type preferencesOutput struct{ Body PreferenceInfo }

func (s *Service) getPreferences(ctx context.Context, _ *struct{}) (*preferencesOutput, error) {
	p, err := s.Preferences(ctx, CallerOf(ctx))
	return &preferencesOutput{p}, err
}

type preferencesInput struct{ Body market.Preference }

func (s *Service) putPreferences(ctx context.Context, in *preferencesInput) (*preferencesOutput, error) {
	p, err := s.SetPreferences(ctx, CallerOf(ctx), in.Body)
	return &preferencesOutput{p}, err
}

type sendCodeInput struct {
	Body struct {
		Channel market.Channel `json:"channel" enum:"mail,sms"`
	}
}

func (s *Service) sendCode(ctx context.Context, in *sendCodeInput) (*struct{}, error) {
	return nil, s.SendCode(ctx, CallerOf(ctx), in.Body.Channel)
}

type confirmCodeInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"6" example:"402918"`
	}
}

func (s *Service) confirmCode(ctx context.Context, in *confirmCodeInput) (*preferencesOutput, error) {
	p, err := s.ConfirmCode(ctx, CallerOf(ctx), in.Body.Code)
	return &preferencesOutput{p}, err
}
