package api

import (
	"context"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
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

// role is the row of market.Rights that c stands under.
func (c Caller) role() market.Role {
	switch {
	case c.Site != nil:
		return market.Widget
	case c.Admin:
		return market.Admin
	}
	return c.Role
}

// Allowed returns on which records of a sort c may make a move.
func (c Caller) Allowed(record, move string) market.Scope {
	return market.Allowed(c.role(), record, move)
}

// may returns nil where c may make a move on some records at least, and the error that says what is missing otherwise.
func (c Caller) may(record, move string) error {
	if c.Allowed(record, move) != market.None {
		return nil
	}
	role := c.role()
	if role == market.Nobody {
		return needsKey()
	}
	e := corpus.Errorf(corpus.Forbidden, "the role %s has no right to %s %s", role, move, record)
	e.Fix = "nobody has it"
	for _, r := range slices.Backward(market.Roles) { // the least that will do
		if market.Allowed(r, record, move) != market.None {
			e.Fix = "use a key or an account with the role " + string(r)
			break
		}
	}
	return e
}

func needsKey() error {
	e := corpus.Errorf(corpus.Unauthorized, "a key is needed")
	e.Fix = "send the header Authorization: Bearer dj_..., with a key from: duijie key create"
	return e
}
