package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/gin-gonic/gin"

	"duijie/corpus"
)

// A Limit is a setting that bounds one request: in bytes where its name begins with body_, else in nanoseconds.
type Limit struct {
	Name           string
	What           string // is bounded, as problems say it
	Default, Least int64  // with less than Least nothing works
}

// The limits on one request. A text of the longest length fits into BodyForm as browsers send it.
var (
	BodyJSON   = &Limit{"body_json", "a JSON body", 1 << 20, 256 << 10}
	BodyForm   = &Limit{"body_form", "a form", 192 << 10, 192 << 10}
	BodyTable  = &Limit{"body_table", "a table of records, or a form with the rows of a file,", 16 << 20, 1 << 20}
	BodyUpload = &Limit{"body_upload", "a file for the pages or for an import in the background", 256 << 20, 1 << 20}
	BodyBatch  = &Limit{"body_batch", "a batch", 1 << 30, 1 << 20}
	BodyImport = &Limit{"body_import", "a file that is imported as it comes", 16 << 30, 1 << 20} // 450,000 postings have 1.3 GB

	TimeRead   = &Limit{"time_read", "an answer that only reads", int64(time.Minute), int64(time.Second)}
	TimeLong   = &Limit{"time_long", "work on the whole library", int64(time.Hour), int64(time.Minute)}
	TimeBody   = &Limit{"time_body", "a JSON body, a form or a table of records", int64(30 * time.Second), int64(time.Second)} // a megabyte over a slow line
	TimeStream = &Limit{"time_stream", "the next bytes of a stream", int64(2 * time.Minute), int64(time.Second)}
	TimeUpload = &Limit{"time_upload", "a file for the pages", int64(40 * time.Minute), int64(time.Minute)} // 256 MiB over a line of 1 Mbit/s
)

// AllLimits are those that have a setting, in the order of the documentation.
var AllLimits = []*Limit{BodyJSON, BodyForm, BodyTable, BodyUpload, BodyBatch, BodyImport, TimeRead, TimeLong, TimeBody, TimeStream, TimeUpload}

func (l *Limit) bytes() bool { return strings.HasPrefix(l.Name, "body_") }

// Text writes a value as people do: 1 MiB, 30s.
func (l *Limit) Text(v int64) string {
	if l.bytes() {
		return strings.Replace(humanize.IBytes(uint64(v)), ".0 ", " ", 1)
	}
	return time.Duration(v).String()
}

// Parse reads a value, up to 1 TiB or a day. Its error says what is wanted.
func (l *Limit) Parse(text string) (v int64, err error) {
	what, most := "a time", int64(24*time.Hour)
	if l.bytes() {
		var n uint64
		n, err = humanize.ParseBytes(text)
		what, most, v = "a size", 1<<40, int64(min(n, math.MaxInt64))
	} else {
		var d time.Duration
		d, err = time.ParseDuration(text)
		v = int64(d)
	}
	if err != nil || v < l.Least || v > most {
		return 0, fmt.Errorf("%s from %s to %s, such as %s", what, l.Text(l.Least), l.Text(most), l.Text(l.Default))
	}
	return v, nil
}

// Limits say how many requests are answered and what one may take. Admins and the socket are not limited in number, nor
// programs on this machine.
type Limits struct {
	PerAddress int              // a minute, without a key; an IPv6 network of 64 bits is one address; 0: any number
	PerKey     int              // a minute, of one key; 0: any number
	Set        map[*Limit]int64 // the others have their Default
}

// Bytes is the value of a limit on a body.
func (l Limits) Bytes(of *Limit) int64 {
	if v, ok := l.Set[of]; ok {
		return v
	}
	return of.Default
}

// Time is the value of a limit of time.
func (l Limits) Time(of *Limit) time.Duration { return time.Duration(l.Bytes(of)) }

// Text is the value of a limit in words.
func (l Limits) Text(of *Limit) string { return of.Text(l.Bytes(of)) }

// Within is ctx until a limit of time is passed: see Overdue.
func (l Limits) Within(ctx context.Context, of *Limit) (context.Context, context.CancelFunc) {
	e := corpus.Errorf(corpus.Unavailable, "it took more than %s, the most that %s may take here (%s)", l.Text(of), of.What, of.Name)
	e.Fix = "ask for less at once, or again when Retry-After is over"
	return context.WithTimeoutCause(ctx, l.Time(of), e)
}

// Overdue returns the error that says which limit ended ctx, where err comes of that, and else err.
func Overdue(ctx context.Context, err error) error {
	if cause, ok := errors.AsType[*corpus.Error](context.Cause(ctx)); ok && errors.Is(err, context.DeadlineExceeded) {
		return cause
	}
	return err
}

func (l Limits) tooLarge(of *Limit) string {
	return fmt.Sprintf("the body has more than %s, the most that %s may have here (%s)", l.Text(of), of.What, of.Name)
}

func (l Limits) tooSlow(of *Limit) string {
	return fmt.Sprintf("the body kept us waiting for %s, the most that %s may take here (%s)", l.Text(of), of.What, of.Name)
}

// A class is the limits that hold for routes of one sort. Beside them each piece of any answer has to be taken within
// TimeStream, and rates hold for all.
type class struct {
	body *Limit // bytes; nil: none is read
	come *Limit // how long the body takes to come, or for TimeStream each piece of it
	work *Limit // how long the answer takes, or for TimeStream each piece of it; nil: a transaction, which bodies bound
}

var (
	reads   = class{nil, nil, TimeRead}
	asks    = class{BodyJSON, TimeBody, TimeRead}
	writes  = class{BodyJSON, TimeBody, nil}
	tables  = class{BodyTable, TimeBody, nil}
	works   = class{BodyJSON, TimeBody, TimeLong}
	batches = class{BodyBatch, TimeStream, TimeStream}
	imports = class{BodyImport, TimeStream, TimeStream}
	streams = class{nil, nil, TimeStream}
)

// limits are those of a route: what its row says, else what its method does. The zero class is none.
func (r route) limits() class {
	switch {
	case r.class != class{}:
		return r.class
	case r.method == http.MethodGet:
		return reads
	case r.method == http.MethodPost, r.method == http.MethodPut, r.method == http.MethodPatch, r.method == http.MethodDelete:
		return writes
	}
	return class{}
}

type boundKey struct{}

// bounded is ctx for work under the limits of a class.
func (s *Service) bounded(ctx context.Context, c class) (context.Context, context.CancelFunc) {
	ctx = context.WithValue(ctx, boundKey{}, func(code corpus.Code) (what string) {
		switch {
		case code == corpus.TooLarge && c.body != nil:
			return s.Limits.tooLarge(c.body)
		case code == tooSlow && c.come != nil:
			return s.Limits.tooSlow(c.come)
		}
		return ""
	})
	if c.work == nil || c.work == TimeStream {
		return ctx, func() {}
	}
	return s.Limits.Within(ctx, c.work)
}

// overLimit says which limit of a request's class a body has passed, "" where it is none of these.
func overLimit(ctx context.Context, code corpus.Code) string {
	if say, ok := ctx.Value(boundKey{}).(func(corpus.Code) string); ok {
		return say(code)
	}
	return ""
}

// cutShort is the error of a body that is read as a stream, in words where it passed a limit. kept ends the fix.
func (s *Service) cutShort(err error, body *Limit, kept string) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &corpus.Error{Code: corpus.TooLarge, Message: s.Limits.tooLarge(body), Fix: "split it" + kept}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &corpus.Error{Code: tooSlow, Message: s.Limits.tooSlow(TimeStream), Fix: "send it without pauses" + kept}
	}
	return err
}

// A patientReader gives each read of a body time of its own, and none to what comes after the body: the deadline would
// end the request. Where a body does not come, the deadline stays: net/http would wait for the rest before it answers.
type patientReader struct {
	r       io.Reader
	control *http.ResponseController
	wait    time.Duration
	err     error // of the last read
}

// patient reads the body of a request as a stream.
func (s *Service) patient(g *gin.Context, body *Limit) *patientReader {
	return &patientReader{r: http.MaxBytesReader(g.Writer, g.Request.Body, s.Limits.Bytes(body)), control: http.NewResponseController(g.Writer), wait: s.Limits.Time(TimeStream)}
}

func (p *patientReader) Read(b []byte) (n int, err error) {
	if p.err != nil {
		return 0, p.err
	}
	p.control.SetReadDeadline(time.Now().Add(p.wait)) // an error means that there is no connection to wait for
	n, p.err = p.r.Read(b)
	if errors.Is(p.err, io.EOF) {
		p.control.SetReadDeadline(time.Time{})
	}
	return n, p.err
}

// A timedBody is the body of a form, which has to come whole within a time from its first read on; else as patientReader.
type timedBody struct {
	io.ReadCloser
	control *http.ResponseController
	within  time.Duration
	begun   bool
}

func (b *timedBody) Read(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		b.control.SetReadDeadline(time.Now().Add(b.within)) // an error means that there is no connection to wait for
	}
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// Allow gives the body of a request to the pages, before it is read, another time to come.
func Allow(r *http.Request, within time.Duration) {
	if b, ok := r.Body.(*timedBody); ok {
		b.within = within
	}
}
