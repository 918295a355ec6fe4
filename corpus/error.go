package corpus

import (
	"errors"
	"fmt"
)

// Code classes an error by what the caller can do about it. package api maps each code to one HTTP status.
type Code string

const (
	Invalid      Code = "invalid"      // the request or the row is wrong; mend it and send it again
	NotFound     Code = "not_found"    // there is no such thing, or the caller may not see it
	Conflict     Code = "conflict"     // somebody else changed it first, or it exists already
	Unauthorized Code = "unauthorized" // no key, or an unknown one
	Forbidden    Code = "forbidden"    // the key is known and may not do this
	TooLarge     Code = "too_large"    // over a named limit
	Unavailable  Code = "unavailable"  // try again later
	Internal     Code = "internal"     // our fault; details are in the log only
)

// An Error is what reaches a user: what happened and how to mend it. Err is the cause, which is logged and never shown.
type Error struct {
	Code    Code
	Message string // one sentence, Chinese or English as the surface asks
	Fix     string // what to do; may be empty
	Field   string // JSON name of the field, or header of the column; may be empty
	Err     error
}

func (e *Error) Error() string {
	s := e.Message
	if e.Field != "" {
		s = e.Field + ": " + s
	}
	if e.Fix != "" {
		s += " (" + e.Fix + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an error of the given code whose message is the formatted text.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// CodeOf returns the code of the first *Error in err's tree, and Internal where there is none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Faults are several wrong fields of one thing.
type Faults []*Error

func (f Faults) Error() string { return errors.Join(f.Unwrap()...).Error() }

// Unwrap is for the errors package.
func (f Faults) Unwrap() []error {
	out := make([]error, len(f))
	for i, e := range f {
		out[i] = e
	}
	return out
}
