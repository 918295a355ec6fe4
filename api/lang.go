package api

import (
	"context"
	"net/http"
	"strings"

	"duijie/corpus"
)

type langKey struct{}

// withLang keeps the language that a request prefers, "en" or "zh".
func withLang(ctx context.Context, r *http.Request) context.Context {
	for _, lang := range []string{"en", "zh"} {
		if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), lang) {
			return WithLang(ctx, lang)
		}
	}
	return ctx
}

// WithLang returns a context in which messages are said in a language, "en" or "zh".
func WithLang(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, langKey{}, lang)
}

// langOf is "en" for who prefers English, else "": messages are said as they are.
func langOf(ctx context.Context) string {
	if rowLang(ctx) == "en" {
		return "en"
	}
	return ""
}

// rowLang is the language in which it is said what is wrong with the rows of people's files; "": as it is.
func rowLang(ctx context.Context) string {
	lang, _ := ctx.Value(langKey{}).(string)
	return lang
}

// faultOf says an error of a field in a language.
func faultOf(e *corpus.Error, lang string) Fault {
	if e = e.In(lang); lang == "zh" {
		e = inChinese(e)
	}
	return Fault{Field: e.Field, Detail: e.Message, Fix: e.Fix}
}

// faultsOf is what is to be said about a row.
func faultsOf(r *corpus.Row, lang string) (out []Fault) {
	for _, e := range append(r.Problems, r.Warnings...) {
		out = append(out, faultOf(e, lang))
	}
	return out
}
