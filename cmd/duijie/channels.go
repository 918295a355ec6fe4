package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"duijie/api"
	"duijie/corpus/market"
)

// addChannels makes the flags of the ways of telling people beside mail. Addresses of robots hold their keys, so that they come
// from a file or the environment as other secrets do.
func addChannels(f *pflag.FlagSet) {
	f.String("sms-url", "", "gateway that text messages are posted to (default: none are sent)")
	f.String("sms-body", "", `what it takes, JSON or a form: {"phone": "{{.Phone}}", "text": "{{.Text}}", "id": "{{.ID}}"}; {{.Key}} is its key`)
	f.String("sms-authorization", "", `header that it wants, such as "Bearer {{.Key}}"`)
	f.String("sms-ok", "", `what its answer of success holds, such as "code":0 (default: status 200 will do)`)
	f.String("sms-key-file", "", "file that holds the gateway's key (or set DUIJIE_SMS_KEY)")
	f.String("wecom-url-file", "", "file that holds the address of a robot in a WeCom group (or set DUIJIE_WECOM_URL)")
	f.String("dingtalk-url-file", "", "file that holds the address of a robot in a DingTalk group (or set DUIJIE_DINGTALK_URL)")
	f.String("dingtalk-secret-file", "", "file that holds the secret by which it is signed (or set DUIJIE_DINGTALK_SECRET)")
	f.String("lark-url-file", "", "file that holds the address of a robot in a Lark group (or set DUIJIE_LARK_URL)")
	f.String("lark-secret-file", "", "file that holds the secret by which it is signed (or set DUIJIE_LARK_SECRET)")
}

// secretOf is a secret from the environment, or else from the file that a setting names.
func (c *config) secretOf(key string) (string, error) {
	if value := c.lookup(key); value != "" {
		return value, nil
	}
	path := c.lookup(key + "_file")
	if path == "" {
		return "", nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s_file: %w", key, err)
	}
	return strings.TrimSpace(string(b)), nil
}

// outlets are the channels that the settings name.
func (c *config) outlets() (o api.Outlets, err error) {
	o.Robots = map[market.Channel]api.Robot{}
	for _, channel := range market.Channels {
		if !channel.Robot() {
			continue
		}
		var r api.Robot
		if r.URL, err = c.secretOf(string(channel) + "_url"); err != nil {
			return o, err
		}
		if channel != market.WeComChannel {
			if r.Secret, err = c.secretOf(string(channel) + "_secret"); err != nil {
				return o, err
			}
		}
		switch {
		case r.URL != "":
			if err := api.CheckRobot(r); err != nil {
				return o, fmt.Errorf("%s_url: %w", channel, err)
			}
			o.Robots[channel] = r
		case r.Secret != "":
			return o, fmt.Errorf("%s_url is missing beside %s_secret (name its file in %s_url_file, or set %s)", channel, channel, channel, envName(string(channel)+"_url"))
		}
	}
	if c.SMSURL == "" {
		return o, nil
	}
	g := api.SMSGateway{URL: c.SMSURL, Body: c.SMSBody, Authorization: c.SMSAuthorization, OK: c.SMSOK}
	if g.Key, err = c.secretOf("sms_key"); err != nil {
		return o, err
	}
	o.SMS = &g
	return o, api.CheckSMS(g)
}

// telling gives a service its channels and texts.
func (c *config) telling(s *api.Service) (err error) {
	if s.Channels, err = c.outlets(); err != nil {
		return err
	}
	s.Texts, err = api.LoadTexts(filepath.Join(c.Data, "templates"))
	return err
}
