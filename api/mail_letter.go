package api

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	texttemplate "text/template"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/matcher"
)

//go:embed letters
var letterFiles embed.FS

var (
	textLetters = texttemplate.Must(texttemplate.New("").ParseFS(letterFiles, "letters/*.txt"))
	htmlLetters = template.Must(template.New("").ParseFS(letterFiles, "letters/*.html"))
)

// shownReasons is how many reasons of an alert a mail gives; the page has all.
const shownReasons = 3

// A letterPage is what the templates of a mail take.
type letterPage struct {
	Lang    string
	Heading string
	Wish    string // what is subscribed to
	Rows    []letterRow
	Lead    string // of a question
	Button  string
	Link    string
	End     string // what to do with it if it is not wanted
	EndLink string
}

type letterRow struct {
	Title, URL, About, Fit, Why string
	Reasons                     []string
}

// inLang returns the Chinese text, or the English one for lang "en".
func inLang(lang, zh, en string) string {
	if lang == "en" {
		return en
	}
	return zh
}

// alertLetter writes a mail that tells of what is new.
func (s *Service) alertLetter(ctx context.Context, sub market.Subscription, messages []AlertMessage) (letter, error) {
	end, err := s.mailLink(ctx, market.UnsubscribeLink, sub)
	if err != nil {
		return letter{}, err
	}
	wish, err := s.Wish(sub, s.Lang)
	if err != nil {
		return letter{}, err
	}
	kind := corpus.Label(sub.Kind, s.Lang)
	p := letterPage{Wish: wish, End: inLang(s.Lang, "不想再收到？退订：", "No more of these? Unsubscribe:"), EndLink: end}
	p.Heading = inLang(s.Lang, fmt.Sprintf("有 %d 项新的%s", len(messages), kind), fmt.Sprintf("%d new: %s", len(messages), strings.ToLower(kind)))
	subject := p.Heading
	if len(messages) == 1 {
		if t := messages[0].Data.Document.Title; t != "" {
			subject = inLang(s.Lang, "新的"+kind+"：", "New: ") + t
		}
	}
	for _, m := range messages {
		p.Rows = append(p.Rows, s.letterRow(m.Data))
	}
	l, err := s.writeLetter("alert", sub.Mail, subject, p)
	l.unsubscribe = end
	return l, err
}

func (s *Service) letterRow(d AlertData) letterRow {
	r := letterRow{Title: d.Document.Title, URL: d.Document.URL, Why: d.Why}
	if r.Title == "" {
		r.Title = d.Document.ID
	}
	about := []string{d.Document.Org, corpus.CodeName(corpus.Region, d.Document.Region), string(d.Document.Published)}
	r.About = strings.Join(slices.DeleteFunc(about, func(s string) bool { return s == "" }), " · ")
	switch d.Label {
	case matcher.Strong:
		r.Fit = inLang(s.Lang, "高度契合", "Strong fit")
	case matcher.Possible:
		r.Fit = inLang(s.Lang, "可能相关", "Possible")
	}
	if r.Fit != "" {
		r.Fit += fmt.Sprintf(" %.2f", d.Score)
	}
	for _, reason := range d.Reasons[:min(shownReasons, len(d.Reasons))] {
		r.Reasons = append(r.Reasons, reason.Text)
	}
	return r
}

// Wish says in words what a subscription asks for, in English for lang "en", else in Chinese.
func (s *Service) Wish(sub market.Subscription, lang string) (string, error) {
	kind := corpus.Label(sub.Kind, lang)
	switch {
	case sub.Query != "":
		return inLang(lang, fmt.Sprintf("您订阅了检索“%s”中的%s。", sub.Query, kind), fmt.Sprintf("You subscribed to the search %q: %s.", sub.Query, strings.ToLower(kind))), nil
	case sub.Field != "":
		name := corpus.CodeName(corpus.Field, sub.Field)
		return inLang(lang, fmt.Sprintf("您订阅了“%s”领域的%s。", name, kind), fmt.Sprintf("You subscribed to the field %s (%s): %s.", sub.Field, name, strings.ToLower(kind))), nil
	}
	subject, err := s.tellable(sub.Subject())
	if err != nil {
		return "", err
	}
	title := sub.Subject().ID
	if subject != nil && subject.Title != "" {
		title = subject.Title
	}
	if sub.Need != "" {
		return inLang(lang, fmt.Sprintf("您订阅了与需求“%s”匹配的成果。", title), fmt.Sprintf("You subscribed to achievements that fit the need “%s”.", title)), nil
	}
	return inLang(lang, fmt.Sprintf("您订阅了与成果“%s”匹配的需求。", title), fmt.Sprintf("You subscribed to needs that the achievement “%s” fits.", title)), nil
}

// confirmationLetter writes the mail that asks whether alerts are wanted.
func (s *Service) confirmationLetter(ctx context.Context, sub market.Subscription) (letter, error) {
	link, err := s.mailLink(ctx, market.ConfirmLink, sub)
	if err != nil {
		return letter{}, err
	}
	wish := ""
	if sub.Query == "" { // a search is anybody's words, which must not go to an address that has not asked for them
		if wish, err = s.Wish(sub, s.Lang); err != nil {
			return letter{}, err
		}
	}
	p := letterPage{Wish: wish, Link: link,
		Heading: inLang(s.Lang, "请确认：是否接收新信息提醒？", "Please confirm: do you want to be told of what is new?"),
		Lead:    inLang(s.Lang, "有人用这个邮件地址订阅了提醒。打开下面的链接并确认后，才会发送提醒；链接 30 天内有效。", "Somebody subscribed with this address. Nothing is sent before you open the link below and confirm; it works for 30 days."),
		Button:  inLang(s.Lang, "确认接收提醒", "Confirm"),
		End:     inLang(s.Lang, "如果不是您订阅的，不用理会这封邮件，不会收到提醒。", "If it was not you, leave this mail alone: you get no alerts.")}
	return s.writeLetter("confirm", sub.Mail, p.Heading, p)
}

// writeLetter fills the templates of a mail.
func (s *Service) writeLetter(name, to, subject string, p letterPage) (letter, error) {
	p.Lang = inLang(s.Lang, "zh-CN", "en")
	var text, html bytes.Buffer
	for _, t := range []struct {
		into  io.Writer
		write func(io.Writer, string, any) error
		file  string
	}{{&text, textLetters.ExecuteTemplate, name + ".txt"}, {&html, htmlLetters.ExecuteTemplate, name + ".html"}} {
		if err := t.write(t.into, t.file, p); err != nil {
			return letter{}, err
		}
	}
	return letter{to: to, subject: subject, text: text.String(), html: html.String()}, nil
}
