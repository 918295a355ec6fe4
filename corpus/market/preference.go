package market

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"time"

	"duijie/corpus"
)

// Preferences is the record table of how people want to be told, by account.
const Preferences = "preferences"

// A Channel is a way of telling somebody beside the inbox, which has every event.
type Channel string

const (
	MailChannel Channel = "mail"
	SMSChannel  Channel = "sms"
	// Robots speak to a group of the operator's staff, each event once, whoever chose them.
	WeComChannel    Channel = "wecom"
	DingTalkChannel Channel = "dingtalk"
	LarkChannel     Channel = "lark"
)

// Channels lists all channels in the order in which they are offered.
var Channels = []Channel{MailChannel, SMSChannel, WeComChannel, DingTalkChannel, LarkChannel}

// ChannelWords are what people call the channels.
var ChannelWords = map[Channel]Words{MailChannel: {"邮件", "Mail"}, SMSChannel: {"短信", "SMS"}, WeComChannel: {"企业微信群", "WeCom group"},
	DingTalkChannel: {"钉钉群", "DingTalk group"}, LarkChannel: {"飞书群", "Lark group"}}

// Robot reports whether a channel speaks to a group.
func (c Channel) Robot() bool { return c != MailChannel && c != SMSChannel }

// A Choice is how somebody wants to be told of one sort of event.
type Choice struct {
	Channels []Channel `json:"channels,omitempty" doc:"beside the inbox"`
	Digest   Digest    `json:"digest,omitempty" enum:"none,daily,weekly" doc:"of all channels but the inbox; none where it is left out: at once"`
}

// A Preference is how one person wants to be told. Times are of Asia/Shanghai. The zero Preference is the inbox alone.
type Preference struct {
	Mail      string            `json:"mail,omitempty" maxLength:"254" doc:"nothing is mailed before it is confirmed"`
	Phone     string            `json:"phone,omitempty" maxLength:"16" doc:"nothing is sent before it is confirmed"`
	QuietFrom string            `json:"quiet_from,omitempty" maxLength:"5" example:"22:00" doc:"from then on channels wait until quiet_to; none: they never do"`
	QuietTo   string            `json:"quiet_to,omitempty" maxLength:"5" example:"07:30"`
	DigestAt  string            `json:"digest_at,omitempty" maxLength:"5" example:"08:00" doc:"when digests go, weekly ones on Monday; 08:00 where it is left out"`
	OwnOnly   bool              `json:"own_only,omitempty" doc:"of what colleagues share with you, nothing is told"`
	Choices   map[string]Choice `json:"choices,omitempty" doc:"by sort of event; one that is left out goes to the inbox alone"`
}

// A StoredPreference is a preference with what nobody is shown.
type StoredPreference struct {
	Preference
	MailConfirmed  bool        `json:"mail_confirmed,omitempty"`
	PhoneConfirmed bool        `json:"phone_confirmed,omitempty"`
	Code           *SentCode   `json:"code,omitempty"` // the last that was sent
	AskedOn        corpus.Date `json:"asked_on,omitempty"`
	Asked          int         `json:"asked,omitempty"` // codes that were sent on that day
}

// A SentCode confirms an address by what was sent there.
type SentCode struct {
	Hash    string    `json:"hash"` // SHA-256 of account, address and code, hex
	Channel Channel   `json:"channel"`
	Until   time.Time `json:"until"`
	Tries   int       `json:"tries"` // wrong ones
}

const (
	codeTime    = 10 * time.Minute
	codeTries   = 5
	codesADay   = 5
	defaultHour = "08:00"
)

var (
	clockTime   = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	phoneNumber = regexp.MustCompile(`^(1[3-9][0-9]{9}|\+[1-9][0-9]{6,14})$`)
)

// Set returns p with what its owner wants now. An address that is another one has to be confirmed again. can says which
// channels the owner may choose here. Its error is corpus.Faults.
func (p StoredPreference) Set(to Preference, can []Channel) (StoredPreference, error) {
	var wrong corpus.Faults
	refuse := func(field, fix, format string, args ...any) {
		wrong = append(wrong, invalid(field, fix, format, args...))
	}
	if to.Mail != "" && !plainAddress(to.Mail) {
		refuse("mail", "write NAME@HOST", "this is no mail address")
	}
	if to.Phone != "" && !phoneNumber.MatchString(to.Phone) {
		refuse("phone", "write 11 digits, or + and the number with its country", "this is no number of a mobile telephone")
	}
	for _, t := range []struct{ field, value string }{{"quiet_from", to.QuietFrom}, {"quiet_to", to.QuietTo}, {"digest_at", to.DigestAt}} {
		if t.value != "" && !clockTime.MatchString(t.value) {
			refuse(t.field, "write hours and minutes such as 22:00", "%q is no time of the day", t.value)
		}
	}
	if (to.QuietFrom == "") != (to.QuietTo == "") || to.QuietFrom != "" && to.QuietFrom == to.QuietTo {
		refuse("quiet_to", "give two times, or neither", "quiet hours have a beginning and another end")
	}
	for _, name := range slices.Sorted(maps.Keys(to.Choices)) {
		choice := to.Choices[name]
		if !slices.ContainsFunc(EventSorts, func(n Named) bool { return n.Value == name }) {
			refuse("choices", "use those that GET /v1/preferences lists", "there is no sort of event %q", name)
		}
		for _, c := range choice.Channels {
			switch {
			case !slices.Contains(can, c):
				refuse("choices", "choose one that GET /v1/preferences lists under channels, or ask the operator to set it up", "the channel %q is not there for you", c)
			case c == MailChannel && to.Mail == "":
				refuse("mail", "give the address, or leave the channel mail out", "it is missing")
			case c == SMSChannel && to.Phone == "":
				refuse("phone", "give the number, or leave the channel sms out", "it is missing")
			}
		}
		if choice.Digest != "" && !slices.Contains([]Digest{NoDigest, DailyDigest, WeeklyDigest}, choice.Digest) {
			refuse("choices", "use none, daily or weekly", "unknown digest %q", choice.Digest)
		}
	}
	if len(wrong) > 0 {
		return p, wrong
	}
	p.MailConfirmed = p.MailConfirmed && to.Mail == p.Mail
	p.PhoneConfirmed = p.PhoneConfirmed && to.Phone == p.Phone
	if to.Mail != p.Mail || to.Phone != p.Phone {
		p.Code = nil
	}
	p.Preference = to
	return p, nil
}

// Address is where a channel reaches the person, "" where it reaches nobody: there is no address, or none that is confirmed.
func (p StoredPreference) Address(c Channel) string {
	switch {
	case c == MailChannel && p.MailConfirmed:
		return p.Mail
	case c == SMSChannel && p.PhoneConfirmed:
		return p.Phone
	}
	return ""
}

// Wants returns the channels over which the person is told of a sort of event and can be.
func (p StoredPreference) Wants(sort string) (out []Channel) {
	for _, c := range p.Choices[sort].Channels {
		if c.Robot() || p.Address(c) != "" {
			out = append(out, c)
		}
	}
	return out
}

// Next is when the person is told of an event that happens now: its digest goes then, and no quiet hours are on.
func (p Preference) Next(sort string, now time.Time) time.Time {
	return p.Awake(p.Choices[sort].Digest.next(now, clock(cmp.Or(p.DigestAt, defaultHour))))
}

// Awake is t, or when the quiet hours end in which it lies.
func (p Preference) Awake(t time.Time) time.Time {
	if p.QuietFrom == "" || p.QuietTo == "" {
		return t
	}
	from, to, today := clock(p.QuietFrom), clock(p.QuietTo), dayOf(t)
	at := t.Sub(today)
	switch {
	case from < to && (at < from || at >= to), from > to && at < from && at >= to:
		return t
	case at < to:
		return today.Add(to)
	}
	return today.AddDate(0, 0, 1).Add(to)
}

// clock is how long after midnight a time that fits clockTime is.
func clock(s string) time.Duration {
	var hours, minutes int
	fmt.Sscanf(s, "%d:%d", &hours, &minutes) // a stored one was checked; another is midnight
	return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
}

// MakeCode returns the preference of an account with a code of six digits that confirms the address of a channel for ten
// minutes; one before ends. Without an address its error has code Invalid, after five codes on a day Conflict.
func (p StoredPreference) MakeCode(account string, c Channel, now time.Time) (next StoredPreference, code string, err error) {
	to := map[Channel]string{MailChannel: p.Mail, SMSChannel: p.Phone}[c]
	if to == "" {
		return p, "", invalid("channel", "give the address first, with PUT /v1/preferences", "there is no address to confirm")
	}
	if today := corpus.DayOf(now); p.AskedOn != today {
		p.AskedOn, p.Asked = today, 0
	}
	if p.Asked++; p.Asked > codesADay {
		e := corpus.Errorf(corpus.Conflict, "%d codes were sent today", codesADay)
		e.Field, e.Fix = "channel", "wait until tomorrow"
		return p, "", e
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return p, "", err
	}
	code = fmt.Sprintf("%06d", n)
	p.Code = &SentCode{Hash: codeHash(account, to, code), Channel: c, Until: now.Add(codeTime).UTC().Truncate(time.Second)}
	return p, code, nil
}

func codeHash(account, to, code string) string {
	return tokenHash(account + "\x00" + to + "\x00" + code)
}

// Confirm returns the preference with the address confirmed to which a code was sent. A wrong code has code Invalid and is
// counted in next, which is to be kept; after five, and after ten minutes, only another code will do.
func (p StoredPreference) Confirm(account, code string, now time.Time) (next StoredPreference, err error) {
	c := p.Code
	if c == nil || !now.Before(c.Until) || c.Tries >= codeTries {
		return p, invalid("code", "have another code sent", "there is no code that works any more")
	}
	to := map[Channel]string{MailChannel: p.Mail, SMSChannel: p.Phone}[c.Channel]
	if c.Hash != codeHash(account, to, code) {
		again := *c
		again.Tries++
		p.Code = &again
		return p, invalid("code", "type the six digits of the latest message", "this is not the code")
	}
	p.MailConfirmed = p.MailConfirmed || c.Channel == MailChannel
	p.PhoneConfirmed = p.PhoneConfirmed || c.Channel == SMSChannel
	p.Code = nil
	return p, nil
}
