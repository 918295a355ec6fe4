package api

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"

	"duijie/corpus"
	"duijie/corpus/market"
)

// mailTime is what a mail server has to take a mail.
const mailTime = time.Minute

// A MailServer says where mail is handed in.
type MailServer struct {
	Host     string
	Port     int
	User     string // "": without signing in
	Password string
	From     string // 对接 <alerts@example.gov.cn>
	TLS      string // starttls (which must work), tls (from the first byte) or none

	roots *x509.CertPool // of tests
}

// CheckMailServer says what is wrong with a mail server's settings.
func CheckMailServer(m MailServer) error {
	if _, err := mail.ParseAddress(m.From); err != nil {
		return fmt.Errorf("%q is no sender such as 对接 <alerts@example.gov.cn>", m.From)
	}
	_, err := m.client()
	return err
}

func (m *MailServer) client() (*gomail.Client, error) {
	o := []gomail.Option{gomail.WithPort(m.Port), gomail.WithTimeout(mailTime),
		gomail.WithTLSConfig(&tls.Config{ServerName: m.Host, MinVersion: tls.VersionTLS12, RootCAs: m.roots})}
	switch m.TLS {
	case "starttls":
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case "tls":
		o = append(o, gomail.WithSSL())
	case "none":
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("%q is not one of starttls, tls, none", m.TLS)
	}
	if m.User != "" {
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(m.User), gomail.WithPassword(m.Password))
	}
	return gomail.NewClient(m.Host, o...)
}

// A letter is one mail.
type letter struct {
	id, to, subject string
	text, html      string
	unsubscribe     string // address for one click; "": there is none
	alerts          []string
}

// A mailRefusal says that nobody has the address: there is no use in trying again.
type mailRefusal struct{ status int }

func (r mailRefusal) Error() string {
	return fmt.Sprintf("邮件服务器答复 %d：没有这个收件人", r.status)
}

// sendMail hands a letter in. What its error says holds no address.
func (s *Service) sendMail(ctx context.Context, l letter) error {
	if s.Mail == nil {
		return errors.New("没有设置邮件服务器（设置 mail_host 和 mail_from）")
	}
	client, err := s.Mail.client()
	if err != nil {
		return err
	}
	from, err := mail.ParseAddress(s.Mail.From)
	if err != nil {
		return err
	}
	_, host, _ := strings.Cut(from.Address, "@")
	m := gomail.NewMsg()
	if err := errors.Join(m.From(s.Mail.From), m.To(l.to)); err != nil {
		return errors.New("收件人或发件人的地址不能用")
	}
	m.Subject(l.subject)
	m.SetDateWithValue(s.now())
	m.SetMessageIDWithValue(l.id + "@" + host)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // so that no holiday note comes back
	if len(l.alerts) > 0 {
		m.SetGenHeader("Duijie-Alerts", strings.Join(l.alerts, " "))
	}
	if l.unsubscribe != "" {
		if err := m.SetListUnsubscribeOneClick(l.unsubscribe); err != nil { // it needs https
			m.SetListUnsubscribe(l.unsubscribe)
		}
	}
	m.SetBodyString(gomail.TypeTextPlain, l.text)
	m.AddAlternativeString(gomail.TypeTextHTML, l.html)
	ctx, cancel := context.WithTimeout(ctx, mailTime)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, m)
	if err == nil || m.IsDelivered() { // whatever went wrong when the connection was closed
		return nil
	}
	if refused, ok := errors.AsType[*gomail.SendError](err); ok {
		if refused.Reason == gomail.ErrSMTPRcptTo && refused.ErrorCode() >= 500 {
			return mailRefusal{refused.ErrorCode()}
		}
		if refused.ErrorCode() > 0 {
			return fmt.Errorf("邮件服务器答复 %d", refused.ErrorCode())
		}
		return errors.New("邮件没有交给邮件服务器：连接中断")
	}
	return fmt.Errorf("连不上邮件服务器：%w", err)
}

// deliverMail puts all events of a subscription that are due into one mail; the question whether the address is right goes by
// itself.
func (s *Service) deliverMail(ctx context.Context, sub market.Subscription, events []corpus.Event) error {
	var told []corpus.Event
	var messages []AlertMessage
	for i := range events {
		if events[i].Type == confirmAddress {
			if err := s.deliverConfirmation(ctx, sub, events[i:i+1]); err != nil {
				return err
			}
			continue
		}
		if sub.Confirmed.IsZero() { // the address is another one than when the alert was raised
			if err := s.hold(ctx, events[i:i+1]); err != nil {
				return err
			}
			continue
		}
		m, gone, err := s.alertMessage(sub, events[i])
		if err != nil {
			if err := s.bury(ctx, &events[i], err); err != nil {
				return err
			}
			continue
		}
		if gone != "" {
			if err := s.drop(ctx, events[i:i+1], gone); err != nil {
				return err
			}
			continue
		}
		told, messages = append(told, events[i]), append(messages, m)
	}
	if len(told) == 0 {
		return nil
	}
	l, err := s.alertLetter(ctx, sub, messages)
	if err == nil {
		for _, e := range told {
			l.alerts = append(l.alerts, e.ID)
		}
		l.id = letterID(l.alerts)
		err = s.sendMail(ctx, l)
	}
	return s.mailed(ctx, err, told)
}

const (
	// heldFor is how long an alert waits before it is looked again whether the address is confirmed.
	heldFor = time.Hour
	// heldAtMost is how old it gets so.
	heldAtMost = 30 * 24 * time.Hour
)

// hold lets alerts wait until the address is confirmed.
func (s *Service) hold(ctx context.Context, events []corpus.Event) error {
	for i := range events {
		if s.now().Sub(events[i].Created) > heldAtMost {
			s.end(&events[i], corpus.Dropped, "邮件地址没有确认")
			continue
		}
		events[i].Error, events[i].Next = "邮件地址尚未确认", s.now().UTC().Add(heldFor)
	}
	return s.settleEvents(ctx, events...)
}

// letterID is the Message-ID of a mail before its @: the id of the alert that it tells of, of several a hash of theirs, so that the same
// mail sent again is the same.
func letterID(alerts []string) string {
	if len(alerts) == 1 {
		return alerts[0]
	}
	sum := sha256.Sum256([]byte(strings.Join(alerts, " ")))
	return hex.EncodeToString(sum[:16])
}

// deliverConfirmation asks the holder of an address whether mail is wanted there.
func (s *Service) deliverConfirmation(ctx context.Context, sub market.Subscription, events []corpus.Event) error {
	ids := market.ConfirmationIDs(sub)
	if !sub.Confirmed.IsZero() || !slices.Contains(ids[:], events[0].ID) {
		return s.drop(ctx, events, "不需要再确认")
	}
	l, err := s.confirmationLetter(ctx, sub)
	if err == nil {
		l.id = events[0].ID
		err = s.sendMail(ctx, l)
	}
	return s.mailed(ctx, err, events)
}

// mailed notes what became of events that were in one mail.
func (s *Service) mailed(ctx context.Context, err error, events []corpus.Event) error {
	if err != nil && ctx.Err() != nil { // we stop: nothing is wrong with the mail server
		return ctx.Err()
	}
	var refused mailRefusal
	for i := range events {
		switch {
		case err == nil:
			s.end(&events[i], corpus.Delivered, "")
		case errors.As(err, &refused):
			events[i].Attempts++
			s.end(&events[i], corpus.Dead, err.Error())
		default:
			s.fail(&events[i], err.Error())
		}
	}
	return s.settleEvents(ctx, events...)
}

// mailing remembers the secrets of links that this process mailed, so that a subscription has one link and not one for each
// mail: only their hashes are stored.
type mailing struct {
	mu     sync.Mutex
	tokens map[string]mailToken
}

type mailToken struct {
	secret string
	made   time.Time
}

// confirmAnew is how old a link gets that is mailed to confirm an address: it works for 30 days only.
const confirmAnew = 24 * time.Hour

// mailLink returns the address of a link of a subscription.
func (s *Service) mailLink(ctx context.Context, p market.LinkPurpose, sub market.Subscription) (string, error) {
	if s.BaseURL == "" {
		return "", errors.New("没有设置网站地址（设置 base_url）")
	}
	s.mailing.mu.Lock()
	defer s.mailing.mu.Unlock()
	key := string(p) + " " + sub.ID + " " + sub.Mail
	token := s.mailing.tokens[key]
	if token.secret == "" || p == market.ConfirmLink && s.now().Sub(token.made) > confirmAnew {
		var l market.MailLink
		l, token.secret = market.MakeMailLink(p, sub, s.now())
		token.made = l.Made
		if err := s.putRecord(ctx, Caller{Name: "mail"}, "make a link for subscription "+sub.ID, market.MailLinks, l.ID, l, 0); err != nil {
			return "", err
		}
		if s.mailing.tokens == nil {
			s.mailing.tokens = map[string]mailToken{}
		}
		s.mailing.tokens[key] = token
	}
	return s.BaseURL + LinkPath(p) + token.secret, nil
}
