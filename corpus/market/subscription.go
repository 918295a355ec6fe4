package market

import (
	"cmp"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"duijie/corpus"
)

// Subscriptions is the record table of subscriptions.
const Subscriptions = "subscriptions"

// MaxSubscriptions is how many subscriptions one key or account has that have not ended: each can send mail to others.
const MaxSubscriptions = 200

// States of a subscription.
const (
	Active State = "active" // alerts go out
	Paused State = "paused" // nothing goes out, and what was missed stays missed
	Ended  State = "ended"  // by its owner, or by a click in a mail; final
)

// A Digest says how alerts by mail are put together.
type Digest string

const (
	NoDigest     Digest = "none"   // each at once
	DailyDigest  Digest = "daily"  // all of a day in one
	WeeklyDigest Digest = "weekly" // all of a week in one
)

// A Subscription asks to be told of new postings that fit a need, an achievement, a search or a field.
type Subscription struct {
	ID           string      `json:"id"`
	Need         string      `json:"need,omitempty" doc:"id of the need; of need, achievement, query and field exactly one is set"`
	Achievement  string      `json:"achievement,omitempty" doc:"id of the achievement"`
	Query        string      `json:"query,omitempty" doc:"as q of a search; 1,000 characters at most"`
	Field        string      `json:"field,omitempty" doc:"GB/T 4754-2017: C, 26 or 2614; a code holds those below it"`
	Kind         corpus.Kind `json:"kind" enum:"achievement,need" doc:"what is wanted; default: need of an achievement, else achievement"`
	Webhook      string      `json:"webhook,omitempty" doc:"https address that alerts are posted to; of webhook and mail one is set, or none by an account, which is told as its preferences say"`
	Mail         string      `json:"mail,omitempty" doc:"address that alerts are mailed to"`
	Digest       Digest      `json:"digest" enum:"none,daily,weekly" default:"none" doc:"of alerts by mail"`
	Confirmed    time.Time   `json:"confirmed,omitzero" doc:"when the holder of mail followed the link that was mailed there; no alert is mailed before"`
	Secrets      []Secret    `json:"secrets,omitempty" doc:"that sign what the webhook gets (Standard Webhooks), newest first; two while they are rotated"`
	State        State       `json:"state" enum:"active,paused,ended"`
	By           string      `json:"by" doc:"who subscribed, as key:ID or account:ID"`
	Organisation string      `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time   `json:"created"`
	Updated      time.Time   `json:"updated"`
}

// SubscriptionType declares subscriptions, which are their owners' affair alone.
var SubscriptionType = Type[Subscription]{
	Declared: Declared{
		Name: Subscriptions, One: Words{"订阅", "subscription"}, Many: Words{"订阅", "Subscriptions"},
		States: []Named{{string(Active), Words{"生效中", "Active"}}, {string(Paused), Words{"已暂停", "Paused"}}, {string(Ended), Words{"已结束", "Ended"}}},
		Moves:  map[State][]State{Active: {Paused, Ended}, Paused: {Active, Ended}},
		Fields: []Field{
			{Name: "need", Kind: corpus.Need, Words: Words{"技术需求", "Need"}, Hint: Words{"需求编号。需求、成果、检索词、行业四项里只填一项。", "give the id of a need; set exactly one of need, achievement, query and field"}},
			{Name: "achievement", Kind: corpus.Achievement, Words: Words{"科技成果", "Achievement"}, Hint: Words{"成果编号，有新需求适合它时提醒。", "give the id of an achievement"}},
			{Name: "query", Limit: 1_000, Words: Words{"检索词", "Search"}, Hint: Words{"与检索框里的写法相同，1,000 字以内。", "write it as in the search box, 1,000 characters at most"}},
			{Name: "field", Codes: corpus.Field, Words: Words{"行业", "Field"}, Hint: Words{"GB/T 4754-2017 的代码：C、26 或 2614。", "use a code of GB/T 4754-2017: C, 26 or 2614"}},
			{Name: "kind", Words: Words{"要什么", "What is wanted"}, Hint: Words{"不选时，按成果订阅的要需求，其他的要成果。", "use achievement or need as the rest asks for, or leave it out"},
				Choices: []Named{{string(corpus.Achievement), Words{"科技成果", "Achievements"}}, {string(corpus.Need), Words{"技术需求", "Needs"}}}},
			{Name: "mail", Limit: 254, Words: Words{"邮箱", "Mail"}, Hint: Words{"邮箱和回调地址只填一项；登录后也可以都不填，按“我的账户”里选的方式通知。", "write NAME@HOST; set one of webhook and mail, or as an account none, to be told as your preferences say"}},
			{Name: "digest", Words: Words{"邮件汇总", "Digest"}, Hint: Words{"只用于邮件。", "use none, daily or weekly; a webhook takes none"},
				Choices: []Named{{string(NoDigest), Words{"随时发送", "Each at once"}}, {string(DailyDigest), Words{"每天一封", "Daily"}}, {string(WeeklyDigest), Words{"每周一封", "Weekly"}}}},
			{Name: "webhook", Limit: 1_000, Words: Words{"回调地址", "Webhook"}, Hint: Words{"以 https:// 开头，不带用户名和密码；每条提醒都有签名。", "write https://HOST/PATH without user and password; every alert is signed"}},
		},
		Most:   MaxSubscriptions,
		Secret: true,
		Acts:   []Named{{"rotate", Words{"更换密钥", "Rotate the secret"}}},
	},
	Head: func(s *Subscription) Head {
		return Head{&s.ID, &s.State, &s.By, &s.Organisation, &s.Created, &s.Updated}
	},
	Check: checkSubscription,
	Hide: func(s *Subscription, _ Scope) (secrets []string) {
		for _, secret := range s.Secrets {
			secrets = append(secrets, secret.Secret)
		}
		s.Secrets = nil
		return secrets
	},
	Act: func(s Subscription, _ string, now time.Time) (Subscription, error) {
		return s.Rotate(now, secretOverlap)
	},
	Example: Subscription{ID: "019ac2f1b3e0q7Rk2ZpX", Need: "wxk4dzcq", Kind: corpus.Achievement, Webhook: "https://portal.example.cn/duijie/alerts", Digest: NoDigest, State: Active,
		By: "key:3f9a0c11d2e4b586", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// Move returns the subscription in another state; see Type.Edit.
func (s Subscription) Move(to State, now time.Time) (Subscription, error) {
	return SubscriptionType.Move(s, to, now)
}

// checkSubscription fills in what follows from the rest. A webhook at another address gets a new secret, so that nobody is
// sent what another receiver could forge; another mail address has to be confirmed.
func checkSubscription(s *Subscription, was Subscription) corpus.Faults {
	set := 0
	for _, v := range []string{s.Need, s.Achievement, s.Query, s.Field} {
		if v != "" {
			set++
		}
	}
	s.Digest = cmp.Or(s.Digest, NoDigest)
	if s.Kind == "" && s.Achievement != "" {
		s.Kind = corpus.Need
	}
	s.Kind = cmp.Or(s.Kind, corpus.Achievement)
	if s.Mail != was.Mail {
		s.Confirmed = time.Time{}
	}
	switch {
	case s.Webhook == "":
		s.Secrets = nil
	case s.Webhook != was.Webhook:
		s.Secrets = []Secret{{Secret: newSecret()}}
	}
	switch {
	case set != 1:
		return wrong("need", "%d of need, achievement, query and field are set", set)
	case s.Field != "" && corpus.CodeName(corpus.Field, s.Field) == "":
		return wrong("field", "%q is not known", s.Field)
	case s.Need != "" && s.Kind != corpus.Achievement:
		return wrong("kind", "a need is matched with achievements")
	case s.Achievement != "" && s.Kind != corpus.Need:
		return wrong("kind", "an achievement is matched with needs")
	case s.Webhook == "" && s.Mail == "" && !strings.HasPrefix(s.By, "account:"), s.Webhook != "" && s.Mail != "":
		return wrong("mail", "it is not clear where alerts go")
	case s.Mail == "" && s.Webhook == "" && s.Digest != NoDigest:
		return wrong("digest", "the preferences of the account say when it is told")
	case s.Webhook != "" && s.Digest != NoDigest:
		return wrong("digest", "a webhook gets each alert at once")
	case s.Mail != "" && !plainAddress(s.Mail):
		return wrong("mail", "this is no mail address")
	case s.Webhook != "" && !plainHook(s.Webhook):
		return wrong("webhook", "this is no address of a webhook")
	}
	return nil
}

// plainAddress reports whether s is an address without a name beside it.
func plainAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// plainHook reports whether s is an https address that holds no secret.
func plainHook(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.Fragment == "" && u.User == nil
}
