package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	texttemplate "text/template"
)

// smsLength is how many bytes a text message has at most: some 300 Chinese characters, which gateways send in parts.
const smsLength = 900

// An SMSGateway sends text messages by one POST for each.
type SMSGateway struct {
	URL           string
	Key           string // a secret, for Body and Authorization
	Authorization string // header, a template; "": none
	Body          string // a template of SMS: JSON where it begins with {, else a form
	OK            string // what the answer of success holds beside its status; "": nothing more
}

// An SMS is what the templates of a gateway take; its members come escaped as the body needs it.
type SMS struct {
	ID    string // the same at every try
	Phone string // 13800000000 or +8613800000000
	Text  string
	Key   string
}

// CheckSMS says what is wrong with the settings of a gateway.
func CheckSMS(g SMSGateway) error {
	u, err := url.Parse(g.URL)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return errors.New("sms_url is no address such as https://HOST/PATH")
	case u.User != nil || u.RawQuery != "":
		return errors.New("sms_url holds what may be a secret (put it into sms_body, with the key as {{.Key}})")
	case strings.TrimSpace(g.Body) == "":
		return errors.New(`sms_body is missing (write what the gateway takes, such as {"phone": "{{.Phone}}", "text": "{{.Text}}"})`)
	}
	if _, _, err := g.request(SMS{ID: "x", Phone: "+8613800000000", Text: "x", Key: "x"}); err != nil {
		return fmt.Errorf("sms_body or sms_authorization: %w", err)
	}
	return nil
}

func (g SMSGateway) isJSON() bool { return strings.HasPrefix(strings.TrimSpace(g.Body), "{") }

// request returns header and body for a message.
func (g SMSGateway) request(m SMS) (authorization, body string, err error) {
	if authorization, err = filled("sms_authorization", g.Authorization, m); err != nil {
		return "", "", err
	}
	escape := url.QueryEscape
	if g.isJSON() {
		escape = func(s string) string {
			b, _ := json.Marshal(s) // of a string never fails
			return string(b[1 : len(b)-1])
		}
	}
	body, err = filled("sms_body", g.Body, SMS{escape(m.ID), escape(m.Phone), escape(m.Text), escape(m.Key)})
	if err == nil && g.isJSON() && !json.Valid([]byte(body)) {
		err = errors.New("sms_body is no JSON")
	}
	return authorization, body, err
}

func filled(name, text string, m SMS) (string, error) {
	t, err := texttemplate.New(name).Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Execute(&out, m)
	return out.String(), err
}

// sendSMS sends a text to a telephone.
func (s *Service) sendSMS(ctx context.Context, phone, id, text string) error {
	g := s.Channels.SMS
	if g == nil {
		return errors.New("没有设置短信（设置 sms_url 和 sms_body）")
	}
	authorization, body, err := g.request(SMS{id, phone, text, g.Key})
	if err != nil {
		return err
	}
	mediaType := "application/x-www-form-urlencoded"
	if g.isJSON() {
		mediaType = "application/json"
	}
	answer, err := s.postTo(ctx, g.URL, mediaType, authorization, []byte(body))
	if err == nil && !strings.Contains(string(answer), g.OK) {
		err = errors.New("短信网关没有答复成功")
	}
	return err
}
