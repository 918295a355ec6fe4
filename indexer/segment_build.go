package indexer

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strings"
	"unsafe"

	"duijie/corpus"
)

// A segmentBuilder makes a segment of entries that are added by rising number.
type segmentBuilder struct {
	kind    corpus.Kind
	ids     map[string]uint32
	terms   []string
	numbers []uint32
	norms   []float64

	// Postings in the order in which they come; write turns them over.
	docTerms   []uint32
	docWeights []uint8
	docEnds    []uint32

	records, words       []byte
	recordEnds, wordEnds []uint64
	near, far            plane
	columns              columns
	places               [dims]map[string]uint16
}

func newSegmentBuilder(k corpus.Kind) *segmentBuilder {
	b := &segmentBuilder{kind: k, ids: map[string]uint32{}}
	for dim := range b.places {
		b.places[dim] = map[string]uint16{"": 0}
		b.columns[dim].sets = [][]string{nil}
	}
	return b
}

// id returns the place of a term in the vocabulary, which it enters.
func (b *segmentBuilder) id(term string) uint32 {
	id, known := b.ids[term]
	if !known {
		id = uint32(len(b.terms))
		term = strings.Clone(term) // it may be a part of a whole text
		b.ids[term] = id
		b.terms = append(b.terms, term)
	}
	return id
}

func (b *segmentBuilder) add(e *Entry) {
	b.numbers, b.norms = append(b.numbers, e.Number), append(b.norms, e.Norm)
	for i, w := range wordTerms.weights(b.kind, e.Words) {
		b.docTerms, b.docWeights = append(b.docTerms, b.id(e.Words[i].Term)), append(b.docWeights, w)
	}
	for i, w := range pairTerms.weights(b.kind, e.Pairs) {
		b.docTerms, b.docWeights = append(b.docTerms, b.id(pairTerm(e.Pairs[i].Term))), append(b.docWeights, w)
	}
	b.docEnds = append(b.docEnds, uint32(len(b.docTerms)))
	b.records = appendRecord(b.records, e, b.id)
	b.recordEnds = append(b.recordEnds, uint64(len(b.records)))
	b.words = appendWords(b.words, e, b.id)
	b.wordEnds = append(b.wordEnds, uint64(len(b.words)))
	b.near.add(e.Vector)
	b.far.add(e.Far)
	for dim, values := range e.Columns.sets() {
		key := strings.Join(values, "\x00")
		place, known := b.places[dim][key]
		if !known {
			c := &b.columns[dim]
			place = uint16(len(c.sets))
			b.places[dim][strings.Clone(key)] = place
			set := make([]string, len(values))
			for i, v := range values {
				set[i] = strings.Clone(v)
			}
			c.sets = append(c.sets, set)
		}
		b.columns[dim].rows = append(b.columns[dim].rows, place)
	}
}

// add appends a vector. The first one says how long they are; others are not compared.
func (p *plane) add(v Vector) {
	if p.dims == 0 && len(v) > 0 {
		p.dims = len(v)
		p.vectors = make([]int8, len(p.has)*p.dims)
	}
	if len(v) > 0 && len(v) == p.dims {
		p.vectors, p.has = append(p.vectors, v...), append(p.has, 1)
		return
	}
	p.vectors, p.has = append(p.vectors, make([]int8, p.dims)...), append(p.has, 0)
}

// turn turns the postings over: by term, and by ordinal within a term.
func (b *segmentBuilder) turn() (ends []uint32, ordinals []uint16, weights []uint8) {
	next := make([]uint32, len(b.terms)+1)
	for _, t := range b.docTerms {
		next[t+1]++
	}
	for i := range b.terms {
		next[i+1] += next[i]
	}
	ordinals, weights = make([]uint16, len(b.docTerms)), make([]uint8, len(b.docTerms))
	from := uint32(0)
	for doc, end := range b.docEnds {
		for ; from < end; from++ {
			at := &next[b.docTerms[from]]
			ordinals[*at], weights[*at] = uint16(doc), b.docWeights[from]
			*at++
		}
	}
	return next[:len(b.terms)], ordinals, weights
}

// write writes the segment.
func (b *segmentBuilder) write(to io.Writer) error {
	w := sectionWriter{w: to, foot: segmentFoot{Form: segmentForm, Kind: b.kind, Dims: b.near.dims, FarDims: b.far.dims}}
	var terms []byte
	termEnds := make([]uint32, len(b.terms))
	size := 2
	for size < 2*len(b.terms) {
		size *= 2
	}
	slots := make([]uint32, size)
	for i, t := range b.terms {
		terms = append(terms, t...)
		termEnds[i] = uint32(len(terms))
		at := termHash(t) & uint32(size-1)
		for slots[at] != 0 {
			at = (at + 1) & uint32(size-1)
		}
		slots[at] = uint32(i + 1)
	}
	ends, ordinals, weights := b.turn()
	section(&w, "numbers", b.numbers)
	section(&w, "norms", b.norms)
	section(&w, "terms", terms)
	section(&w, "termEnds", termEnds)
	section(&w, "slots", slots)
	section(&w, "ends", ends)
	section(&w, "ordinals", ordinals)
	section(&w, "weights", weights)
	section(&w, "records", b.records)
	section(&w, "recordEnds", b.recordEnds)
	section(&w, "words", b.words)
	section(&w, "wordEnds", b.wordEnds)
	section(&w, "near", b.near.vectors)
	section(&w, "nearHas", b.near.has)
	section(&w, "far", b.far.vectors)
	section(&w, "farHas", b.far.has)
	for dim, c := range b.columns {
		section(&w, fmt.Sprintf("rows%d", dim), c.rows)
		w.foot.Columns[dim] = c.sets
	}
	return w.end()
}

// A sectionWriter writes sections and remembers where they are, and the first error.
type sectionWriter struct {
	w    io.Writer
	at   int64
	foot segmentFoot
	err  error
}

func (w *sectionWriter) bytes(b []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(b)
		w.at += int64(len(b))
	}
}

func section[T uint8 | int8 | uint16 | uint32 | uint64 | float64](w *sectionWriter, name string, values []T) {
	w.bytes(make([]byte, -w.at&7))
	var b []byte
	if len(values) > 0 {
		b = unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), len(values)*int(unsafe.Sizeof(values[0])))
	}
	w.foot.Sections = append(w.foot.Sections, sectionPlace{name, w.at, int64(len(b)), crc32.Checksum(b, castagnoli)})
	w.bytes(b)
}

func (w *sectionWriter) end() error {
	foot, err := json.Marshal(w.foot)
	if err != nil {
		return err
	}
	w.bytes(append(binary.LittleEndian.AppendUint32(foot, uint32(len(foot))), segmentMagic...))
	return w.err
}

// inMemory returns the segment as bytes in memory.
func (b *segmentBuilder) inMemory() (*segment, error) {
	var buf bytes.Buffer
	if err := b.write(&buf); err != nil {
		return nil, err
	}
	return openSegment(buf.Bytes())
}

// inFile writes the segment to a new file, synced, and maps it.
func (b *segmentBuilder) inFile(path string) (*segment, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = b.write(w)
	if err == nil {
		err = w.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("write a segment: %w", err), os.Remove(path))
	}
	return mapSegment(path)
}
