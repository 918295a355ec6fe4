package corpus

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestErrorCodesAreFoundThroughWrapping(t *testing.T) {
	e := &Error{Code: Conflict, Message: "m", Fix: "f", Field: "x", Err: io.EOF}
	for _, c := range []struct {
		err  error
		want Code
	}{{e, Conflict}, {fmt.Errorf("w: %w", e), Conflict}, {errors.Join(io.EOF, e), Conflict}, {io.EOF, Internal}} {
		if got := CodeOf(c.err); got != c.want {
			t.Errorf("%v has code %s, want %s", c.err, got, c.want)
		}
	}
	if !errors.Is(e, io.EOF) || e.Error() != "x: m (f): EOF" {
		t.Error(e)
	}
}
