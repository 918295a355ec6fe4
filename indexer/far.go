package indexer

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// EmbedTimeout is how long a search or a fresh posting waits for the outside model; then the built-in one must do.
const EmbedTimeout = 2 * time.Second

// ErrNoMeaning is what an error wraps that comes with good entries of which some have no Far.
var ErrNoMeaning = errors.New("the embedder did not answer: the built-in vectors serve")

// FarOptions say whose vectors a Far keeps, and where. All but Typed and Log are needed.
type FarOptions struct {
	Path     string       // of the file
	Identity string       // of the store whose documents these are
	Embedder Embedder     // the outside model; nil: there is none
	Near     Embedder     // the built-in model, which gives the measure
	Typed    bool         // whether problems that people type may be sent to Embedder
	Log      *slog.Logger // slog.Default()
	From     *Far         // an open one, or nil: where it is of the same model, a new file begins with what it keeps
}

// A Far gives documents their vectors by an outside model. Asking it is slow and may fail, so each vector is asked for
// once and kept in a file. Its methods may be called concurrently.
type Far struct {
	o       FarOptions
	file    *farFile
	framing sync.Mutex // one makes the frame
	frame   atomic.Pointer[frame]
	rest    rest
	filling atomic.Bool // documents wait for their vectors, so that nobody's serve yet
}

// OpenFar opens the file, or makes it anew if it is damaged or was made for another store or model. Without an Embedder
// there is no Far, and it returns nil.
func OpenFar(o FarOptions) (*Far, error) {
	if isNil(o.Embedder) {
		return nil, nil
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	measure := fmt.Sprintf("%s+%.8x", o.Near.Model(), sha256.Sum256([]byte(probesFile)))
	if _, err := os.Stat(o.Path); o.From != nil && errors.Is(err, fs.ErrNotExist) && o.From.o.Embedder.Model() == o.Embedder.Model() {
		if err := o.From.file.copy(o.Path); err != nil {
			return nil, fmt.Errorf("copy the vectors of the outside model: %w", err)
		}
	}
	o.From = nil // which is another's to close
	file, err := openFarFile(o.Path, farMark{farForm, o.Identity, o.Embedder.Model(), measure}, o.Log)
	if err != nil {
		return nil, err
	}
	f, kept := &Far{o: o, file: file}, &frame{}
	found, err := file.get("frame", kept)
	if err != nil {
		return nil, errors.Join(err, file.close())
	}
	if found {
		f.frame.Store(kept)
	}
	return f, nil
}

// Close closes the file. A nil Far has none.
func (f *Far) Close() error {
	if f == nil {
		return nil
	}
	return f.file.close()
}

// framed returns the model in its frame, which is made the first time and kept.
func (f *Far) framed(ctx context.Context) (Embedder, error) {
	f.framing.Lock()
	defer f.framing.Unlock()
	in := f.frame.Load()
	if in == nil {
		made, err := makeFrame(ctx, f.o.Embedder, f.o.Near)
		if err == nil {
			err = f.file.set("frame", made)
		}
		if err != nil {
			return nil, err
		}
		f.frame.Store(made)
		in = made
	}
	return framed{f.o.Embedder, in}, nil
}

// fill gives those of all their Far whose texts are as they were when it was kept, and returns the others.
func (f *Far) fill(all []subject) (missing []subject, err error) {
	if err := f.file.read(all); err != nil {
		return nil, err
	}
	for _, s := range all {
		if s.entry.Far == nil {
			missing = append(missing, s)
		}
	}
	return missing, nil
}

// ask gives all their Far by asking for them and keeps those of documents; or it gives none and an error.
func (f *Far) ask(ctx context.Context, all []subject) error {
	emb, err := f.framed(ctx)
	var vectors []Vector
	if err == nil {
		vectors, err = embedSubjects(ctx, emb, all)
	}
	f.rest.heard(ctx, err)
	if err != nil {
		return err
	}
	for i, v := range vectors {
		all[i].entry.Far = v
	}
	return f.file.write(all)
}

// errLater is why soon does not ask.
var errLater = errors.New("the embedder is busy with other documents, or failed a moment ago")

// soon is ask for those who can't wait: it does not try where the answer would be late or of no use.
func (f *Far) soon(ctx context.Context, all []subject) error {
	if f.filling.Load() || f.frame.Load() == nil || !f.rest.over() {
		return errLater
	}
	limited, cancel := context.WithTimeout(ctx, EmbedTimeout)
	defer cancel()
	err := f.ask(limited, all)
	f.rest.heard(ctx, err) // being late is a failure of the endpoint
	return err
}

// forget removes what was kept of documents. A nil Far keeps nothing.
func (f *Far) forget(refs []Ref) error {
	if f == nil {
		return nil
	}
	return f.file.forget(refs)
}

// sweep forgets all documents but those that keep wants.
func (f *Far) sweep(keep func(Ref) bool) error {
	if f == nil {
		return nil
	}
	refs, err := f.file.refs()
	if err != nil {
		return err
	}
	return f.file.forget(slices.DeleteFunc(refs, keep))
}
