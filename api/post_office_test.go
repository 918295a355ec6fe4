package api

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// A postOffice is an SMTP server that remembers what it took.
type postOffice struct {
	host string
	port int

	mu      sync.Mutex
	letters []received
	refuses *smtp.SMTPError // every recipient
	signed  string          // who signed in last
}

// A received mail is one taken apart.
type received struct {
	netmail.Header
	to, text, html string
}

func newPostOffice(t *testing.T, certificate *tls.Config, auth bool) *postOffice {
	t.Helper()
	p := &postOffice{}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &visit{p: p, auth: auth}, nil }))
	server.Domain, server.TLSConfig, server.ErrorLog = "localhost", certificate, quiet{}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(ln)
	t.Cleanup(func() { server.Close() })
	host, port, _ := net.SplitHostPort(ln.Addr().String())
	p.host = host
	p.port, _ = strconv.Atoi(port)
	return p
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (p *postOffice) take() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	got := p.letters
	p.letters = nil
	return got
}

// A visit is one session.
type visit struct {
	p    *postOffice
	auth bool
	to   string
}

func (v *visit) AuthMechanisms() []string { return []string{sasl.Plain} }

func (v *visit) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != "right" {
			return smtp.ErrAuthFailed
		}
		v.p.mu.Lock()
		defer v.p.mu.Unlock()
		v.auth, v.p.signed = false, user
		return nil
	}), nil
}

func (v *visit) Mail(string, *smtp.MailOptions) error {
	if v.auth {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.p.mu.Lock()
	defer v.p.mu.Unlock()
	if v.to = to; v.p.refuses != nil {
		return v.p.refuses
	}
	return nil
}

func (v *visit) Data(r io.Reader) error {
	got, err := open(r)
	got.to = v.to
	v.p.mu.Lock()
	defer v.p.mu.Unlock()
	v.p.letters = append(v.p.letters, got)
	return err
}

func (v *visit) Reset()        {}
func (v *visit) Logout() error { return nil }

// open takes a mail of two alternatives apart.
func open(r io.Reader) (got received, err error) {
	m, err := netmail.ReadMessage(r)
	if err != nil {
		return got, err
	}
	got.Header = m.Header
	kind, parameters, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return got, fmt.Errorf("it is %s: %w", kind, err)
	}
	parts := multipart.NewReader(m.Body, parameters["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		if encoding := part.Header.Get("Content-Transfer-Encoding"); encoding != "quoted-printable" {
			return got, fmt.Errorf("a part is %s", encoding)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return got, err
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			got.html = string(text)
		} else {
			got.text = strings.ReplaceAll(string(text), "\r\n", "\n")
		}
	}
}
