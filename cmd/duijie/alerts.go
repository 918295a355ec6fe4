package main

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"duijie/api"
)

// checkAlerts reports the first setting of alerts whose value can't be used.
func (c *config) checkAlerts() error {
	if _, err := api.ParsePrivateHosts(c.PrivateWebhooks); err != nil {
		return c.bad("allow_private_webhooks", "a list of hosts, addresses and networks such as 10.1.0.0/16")
	}
	if _, err := c.retryWaits(); err != nil {
		return c.bad("alert_retries", "a list of times such as 5s,5m,2h")
	}
	switch m := c.mailServer(""); {
	case c.MailHost == "":
		return nil
	case c.MailPort < 1 || c.MailPort > 65535:
		return c.bad("mail_port", "a port from 1 to 65535")
	case c.BaseURL == "":
		return fmt.Errorf("base_url is missing: mail needs it for its links (set it to https://HOST/PATH, under which others reach the pages)")
	default:
		if err := api.CheckMailServer(*m); err != nil {
			return fmt.Errorf("mail_host, mail_from and mail_tls: %w", err)
		}
	}
	return nil
}

// retryWaits lie between the tries of an alert.
func (c *config) retryWaits() (waits []time.Duration, err error) {
	for item := range strings.SplitSeq(c.AlertRetries, ",") {
		d, err := time.ParseDuration(strings.TrimSpace(item))
		if err == nil && d <= 0 {
			err = fmt.Errorf("%s is no time to wait", item)
		}
		if err != nil {
			return nil, err
		}
		waits = append(waits, d)
	}
	return waits, nil
}

// mailServer is the one of the settings, nil where they name none.
func (c *config) mailServer(password string) *api.MailServer {
	if c.MailHost == "" {
		return nil
	}
	return &api.MailServer{Host: c.MailHost, Port: c.MailPort, User: c.MailUser, Password: password, From: c.MailFrom, TLS: c.MailTLS}
}

// alerting gives a service what it delivers alerts with.
func (c *config) alerting(s *api.Service) (err error) {
	if s.PrivateWebhooks, err = api.ParsePrivateHosts(c.PrivateWebhooks); err != nil {
		return err
	}
	if s.RetryWaits, err = c.retryWaits(); err != nil {
		return err
	}
	var file []byte
	if c.MailPassFile != "" && c.MailPassword == "" {
		if file, err = os.ReadFile(c.MailPassFile); err != nil {
			return fmt.Errorf("mail_password_file: %w", err)
		}
	}
	s.Mail, s.Lang = c.mailServer(cmp.Or(c.MailPassword, strings.TrimSpace(string(file)))), c.Lang
	return nil
}
