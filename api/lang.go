package api

import (
	"context"
	"net/http"
	"strings"

	"duijie/corpus"
)

type langKey struct{}

// withLang keeps the language that a request prefers: "en", else "" for messages as they are.
func withLang(ctx context.Context, r *http.Request) context.Context {
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "en") {
		return context.WithValue(ctx, langKey{}, "en")
	}
	return ctx
}

func langOf(ctx context.Context) string {
	lang, _ := ctx.Value(langKey{}).(string)
	return lang
}

// faultOf says an error of a field in a language.
func faultOf(e *corpus.Error, lang string) Fault {
	e = e.In(lang)
	return Fault{Field: e.Field, Detail: e.Message, Fix: e.Fix}
}

// faultsOf is what is to be said about a row.
func faultsOf(r *corpus.Row, lang string) (out []Fault) {
	for _, e := range append(r.Problems, r.Warnings...) {
		out = append(out, faultOf(e, lang))
	}
	return out
}
