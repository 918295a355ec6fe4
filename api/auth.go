package api

import (
	"context"

	"duijie/corpus"
)

type callerKey struct{}

// WithCaller returns a context that carries who asks; Handler and AdminHandler put it in every request's.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns who asks, and the anonymous Caller where the context carries none.
func CallerOf(ctx context.Context) Caller {
	if c, ok := ctx.Value(callerKey{}).(Caller); ok {
		return c
	}
	return Caller{Name: "anyone"}
}

// mayWrite returns nil for admins, and the error that says what is missing for others.
func mayWrite(c Caller) error {
	switch {
	case c.Admin:
		return nil
	case c.Key:
		e := corpus.Errorf(corpus.Forbidden, "this key may read only")
		e.Fix = "use a key with the role admin"
		return e
	}
	return needsKey()
}

func needsKey() error {
	e := corpus.Errorf(corpus.Unauthorized, "a key is needed")
	e.Fix = "send the header Authorization: Bearer dj_..., with a key from: duijie key create"
	return e
}
