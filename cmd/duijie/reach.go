package main

import (
	"context"
	"net"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// reachTime is how long doctor waits for a connection.
const reachTime = 3 * time.Second

// A reach says whether another service that the settings name can be connected to. Nothing is sent to it.
type reach struct {
	Service string `json:"service"`         // oidc, mail or sms
	At      string `json:"at,omitempty"`    // host and port; "": it is not set up
	Fault   string `json:"fault,omitempty"` // why no connection was made
}

// reaches tries the provider of identities, the mail server and the gateway of SMS at the same time.
func (c *config) reaches(ctx context.Context) []reach {
	all := []reach{{Service: "oidc", At: hostOf(c.OIDCIssuer)}, {Service: "mail"}, {Service: "sms", At: hostOf(c.SMSURL)}}
	if c.MailHost != "" {
		all[1].At = net.JoinHostPort(c.MailHost, strconv.Itoa(c.MailPort))
	}
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	var wait sync.WaitGroup
	for i := range all {
		if r := &all[i]; r.At != "" {
			wait.Go(func() {
				var d net.Dialer
				conn, err := d.DialContext(ctx, "tcp", r.At)
				if err != nil {
					r.Fault = err.Error()
					return
				}
				conn.Close() // nothing was written
			})
		}
	}
	wait.Wait()
	return all
}

// hostOf is the host and port of an address, without what else stands in it, such as a key; "" where there is none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80"}[u.Scheme]
	}
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// text says a reach to people.
func (r reach) text() string {
	switch {
	case r.At == "":
		return "没有设置"
	case r.Fault != "":
		return r.At + "，连不上：" + r.Fault
	}
	return r.At + "，能连上（没有发送内容）"
}
