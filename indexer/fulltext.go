package indexer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	index "github.com/blevesearch/bleve_index_api"
	bolterrors "go.etcd.io/bbolt/errors"

	"duijie/corpus"
)

// The full text answers phrases, prefixes and field names as sets of documents; postings rank them. It is a bleve
// (scorch) index without a mapping that could guess: the fields below are all there are, our own tokens go in as they
// are, and nothing is stored. A token's position is its place in runes in the field's text without spaces and signs
// (see spread), so that a phrase is found exactly, however it was cut.
const (
	titleField = "title"
	// pairsField holds the two-character runs of Chinese titles in the coordinates of titleField.
	pairsField = "title_pairs"
	markKey    = "mark"
	// fulltextForm changes when what is written here changes, so that folders of before are made anew.
	fulltextForm = 2
)

var (
	// textFields are found by the words in them.
	textFields = []string{titleField, "text", "org", "people", "keywords"}
	// codeFields are found by their whole value.
	codeFields = []string{"id", "registration"}
)

// A folderMark says what a fulltext folder holds. It is written in the same batch as the documents.
type folderMark struct {
	Form     int    `json:"form"`
	Identity string `json:"identity"`
	Analyzer string `json:"analyzer"`
	// Change is the last one that the folder holds. Where the store has another one under its number, the store was
	// restored from a backup and written further.
	Change corpus.Change `json:"change"`
}

// A fulltext is one folder. One caller at a time may write; textViews are read meanwhile.
type fulltext struct {
	dir   string
	index index.Index
	queue *index.AnalysisQueue
	mark  folderMark
}

// A textView is a fulltext as it was at one moment. It must be closed: it holds on to files.
type textView struct{ reader index.IndexReader }

func (v textView) close() error { return v.reader.Close() }

// openFulltext opens the folder if it holds what want says, up to whatever Change, and else makes it anew and empty.
func openFulltext(dir string, want folderMark, log *slog.Logger) (*fulltext, error) {
	f := &fulltext{dir: dir, queue: index.NewAnalysisQueue(2)}
	err := f.open()
	want.Change = f.mark.Change
	if err == nil && f.mark == want {
		return f, nil
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		f.queue.Close()
		return nil, &corpus.Error{Code: corpus.Unavailable, Message: "the index folder " + dir + " is in use by another process",
			Fix: "stop the other duijie, or give another --data", Err: err}
	}
	if err != nil || f.mark.Form != 0 {
		log.Warn("the text index is of no use and is made anew", "folder", dir, "holds", f.mark, "error", err)
	}
	want.Change = corpus.Change{}
	if err := f.renew(want); err != nil {
		f.queue.Close()
		return nil, err
	}
	return f, nil
}

// renew empties the folder.
func (f *fulltext) renew(m folderMark) error {
	err := f.closeIndex()
	if err := errors.Join(err, os.RemoveAll(f.dir)); err != nil {
		return fmt.Errorf("empty the text index: %w", err)
	}
	if err := f.open(); err != nil {
		return err
	}
	return f.write(nil, nil, m)
}

func (f *fulltext) open() (err error) {
	defer func() {
		if r := recover(); r != nil { // bleve trusts its files
			f.index, err = nil, fmt.Errorf("the text index in %s is damaged: %v", f.dir, r)
		}
	}()
	ix, err := scorch.NewScorch(scorch.Name, map[string]any{"path": f.dir, "bolt_timeout": "1s"}, f.queue)
	if err == nil {
		err = ix.Open()
	}
	if err != nil {
		return fmt.Errorf("open the text index in %s: %w", f.dir, err)
	}
	f.index = ix
	now, err := f.show()
	if err != nil {
		return err
	}
	b, err := now.reader.GetInternal([]byte(markKey))
	if err == nil && b != nil {
		err = json.Unmarshal(b, &f.mark)
	}
	return errors.Join(err, now.close())
}

func (f *fulltext) closeIndex() error {
	var err error
	if f.index != nil {
		err = f.index.Close()
	}
	f.index = nil
	return err
}

func (f *fulltext) closed() bool { return f.index == nil }

func (f *fulltext) close() error {
	err := f.closeIndex()
	f.queue.Close()
	return err
}

// write puts and deletes documents and sets the mark, all of it or nothing. They are seen after show.
func (f *fulltext) write(puts []Entry, deletes []Ref, m folderMark) error {
	b := index.NewBatch()
	for _, r := range deletes {
		b.Delete(docID(r))
	}
	for i := range puts {
		d := document.NewDocument(docID(puts[i].Ref))
		for _, t := range puts[i].Typed {
			addTyped(d, t)
		}
		b.Update(d)
	}
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	b.SetInternal([]byte(markKey), value)
	if err := f.index.Batch(b); err != nil {
		return fmt.Errorf("write the text index: %w", err)
	}
	f.mark = m
	return nil
}

// show returns what is written so far, to be found in.
func (f *fulltext) show() (textView, error) {
	reader, err := f.index.Reader()
	if err != nil {
		return textView{}, fmt.Errorf("read the text index: %w", err)
	}
	return textView{reader}, nil
}

// A tokenField is a field whose tokens are made already.
type tokenField struct {
	name   string
	tokens index.TokenFrequencies
	length int
}

func (f *tokenField) Name() string             { return f.name }
func (f *tokenField) ArrayPositions() []uint64 { return nil }
func (f *tokenField) Options() index.FieldIndexingOptions {
	return index.IndexField | index.IncludeTermVectors
}
func (f *tokenField) Analyze()                                         {}
func (f *tokenField) Value() []byte                                    { return nil }
func (f *tokenField) NumPlainTextBytes() uint64                        { return 0 }
func (f *tokenField) Size() int                                        { return 64 * f.length }
func (f *tokenField) EncodedFieldType() byte                           { return 't' }
func (f *tokenField) AnalyzedLength() int                              { return f.length }
func (f *tokenField) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.tokens }

// newTokenField makes a field of terms and where they begin.
func newTokenField(name string, places []place) *tokenField {
	f := &tokenField{name: name, tokens: make(index.TokenFrequencies, len(places)), length: len(places)}
	freqs, locations := make([]index.TokenFreq, len(places)), make([]index.TokenLocation, len(places)) // hundreds: made at once
	for i, p := range places {
		t := f.tokens[p.term]
		if t == nil {
			t, freqs = &freqs[0], freqs[1:]
			t.Term = []byte(p.term)
			f.tokens[p.term] = t
		}
		locations[i].Position = p.from + 1
		t.Locations = append(t.Locations, &locations[i])
		t.SetFrequency(len(t.Locations))
	}
	return f
}

// addTyped adds a field to a document: its tokens at their places, and the pairs of a title.
func addTyped(d *document.Document, t TypedField) {
	if slices.Contains(codeFields, t.Name) {
		places := make([]place, len(t.Tokens))
		for i, token := range t.Tokens {
			places[i].term = foldCode(token.Term)
		}
		d.AddField(newTokenField(t.Name, places))
		return
	}
	text, places := spread(t.Tokens)
	d.AddField(newTokenField(t.Name, places))
	if t.Name != titleField {
		return
	}
	var pairs []place
	for i := 0; i+1 < len(text); i++ {
		if isHan(text[i]) && isHan(text[i+1]) {
			pairs = append(pairs, place{string(text[i : i+2]), i, i + 2})
		}
	}
	d.AddField(newTokenField(pairsField, pairs))
}

// terms returns the terms of a field that begin with prefix and hold part.
func (v textView) terms(field, prefix, part string) ([]string, error) {
	dict, err := v.reader.FieldDictPrefix(field, []byte(prefix))
	if err != nil {
		return nil, fmt.Errorf("read the text index: %w", err)
	}
	var out []string
	for {
		e, err := dict.Next()
		if err != nil || e == nil {
			return out, errors.Join(err, dict.Close())
		}
		if strings.Contains(e.Term, part) {
			out = append(out, strings.Clone(e.Term))
		}
	}
}

// A fieldDoc is a document in the postings of a term. It is valid until the next one.
type fieldDoc struct {
	number    uint32 // bleve's, not ours
	positions []int
}

// read reads the postings of a term in a field, with or without where it stands.
func (v textView) read(field, term string, positions bool) (index.TermFieldReader, error) {
	r, err := v.reader.TermFieldReader(context.Background(), []byte(term), field, false, false, positions)
	if err != nil {
		return nil, fmt.Errorf("read the text index: %w", err)
	}
	return r, nil
}

// count returns how many documents have a term in a field.
func (v textView) count(field, term string) (uint64, error) {
	r, err := v.read(field, term, false)
	if err != nil {
		return 0, err
	}
	defer r.Close() // nothing was written
	return r.Count(), nil
}

// postings yields the documents that have a term in a field, without positions.
func (v textView) postings(field, term string) iter.Seq2[fieldDoc, error] {
	return func(yield func(fieldDoc, error) bool) {
		r, err := v.read(field, term, false)
		if err != nil {
			yield(fieldDoc{}, err)
			return
		}
		defer r.Close() // nothing was written
		var found index.TermFieldDoc
		for {
			d, err := r.Next(&found)
			if err != nil {
				yield(fieldDoc{}, fmt.Errorf("read the text index: %w", err))
				return
			}
			if d == nil || !yield(fieldDoc{number: uint32(d.ID.Value())}, nil) {
				return
			}
		}
	}
}

// places yields those of some documents that have a term in a field, and where.
func (v textView) places(field, term string, only *roaring.Bitmap) iter.Seq2[fieldDoc, error] {
	return func(yield func(fieldDoc, error) bool) {
		r, err := v.read(field, term, true)
		if err != nil {
			yield(fieldDoc{}, err)
			return
		}
		defer r.Close() // nothing was written
		var id index.IndexInternalID
		var found index.TermFieldDoc
		var doc fieldDoc
		for some := only.Iterator(); some.HasNext(); {
			id = index.NewIndexInternalID(id, uint64(some.PeekNext()))
			d, err := r.Advance(id, &found)
			if err != nil {
				yield(fieldDoc{}, fmt.Errorf("read the text index: %w", err))
				return
			}
			if d == nil {
				return
			}
			doc.number, doc.positions = uint32(d.ID.Value()), doc.positions[:0]
			if some.AdvanceIfNeeded(doc.number); !some.HasNext() || some.PeekNext() != doc.number {
				continue
			}
			some.Next()
			for _, v := range d.Vectors {
				doc.positions = append(doc.positions, int(v.Pos)-1)
			}
			if !yield(doc, nil) {
				return
			}
		}
	}
}

// refs turns bleve's document numbers into ours.
func (v textView) refs(docs *roaring.Bitmap) (refSet, error) {
	out := refSet{}
	for it := docs.Iterator(); it.HasNext(); {
		id, err := v.reader.ExternalID(index.NewIndexInternalID(nil, uint64(it.Next())))
		if err != nil {
			return nil, fmt.Errorf("read the text index: %w", err)
		}
		out.add(parseDocID(id))
	}
	return out, nil
}

// eachAlone plans the merge of every segment that has removed documents, by itself.
var eachAlone = mergeplan.MergePlanOptions{
	MaxSegmentSize:       mergeplan.MaxSegmentSizeLimit,
	SegmentsPerMergeTask: 1,
	CalcBudget:           func(int64, int64, *mergeplan.MergePlanOptions) int { return 0 },
}

// padID is the id of an empty document in a segment of its own: scorch plans nothing for an only segment. It has no
// field, so nothing finds it.
const padID = "pad"

// removed reports whether segments hold removed documents, and the files of those that are in files.
func (v textView) removed() (any bool, files []string) {
	for _, s := range v.reader.(*scorch.IndexSnapshot).Segments() {
		if s.LiveSize() < s.FullSize() {
			any = true
			if f, ok := s.Segment().(interface{ Path() string }); ok {
				files = append(files, f.Path())
			}
		}
	}
	return any, files
}

func (f *fulltext) pad() error {
	b := index.NewBatch()
	b.Update(document.NewDocument(padID))
	if err := f.index.Batch(b); err != nil {
		return fmt.Errorf("write the text index: %w", err)
	}
	return nil
}

// mergeRemoved writes the segments that have removed documents anew, if there is another segment. It may run while
// others write and read, and ends when the index is closed.
func mergeRemoved(ix index.Index) error {
	if err := ix.(*scorch.Scorch).ForceMerge(context.Background(), &eachAlone); err != nil {
		return fmt.Errorf("merge the text index: %w", err)
	}
	return nil
}
