package indexer

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"duijie/corpus"
)

// A segment holds up to maxSegment documents of one kind and never changes. In memory or mapped from a file it is the
// same bytes: sections, each beginning at a multiple of 8, then the foot as JSON, its length (4) and segmentMagic.
// Documents are ordered by number; their place is their ordinal, 16 bits wide, so that a posting takes three bytes and
// the sums of a query over one segment fit the processor's second cache. Numbers are little-endian.
//
//	section    element   by          value
//	numbers    uint32    ordinal     the document's number, rising
//	norms      float64   ordinal     Entry.Norm
//	terms      byte                  the vocabulary, one term after the other; pairs begin with pairMark
//	termEnds   uint32    term        end in terms
//	slots      uint32    hash        term + 1, open addressing; 0 for none
//	ends       uint32    term        end of its postings
//	ordinals   uint16    posting     document
//	weights    uint8     posting     impact, of needs what they ask: see postings.go
//	records    byte                  see record.go
//	recordEnds uint64    ordinal     end in records
//	words      byte                  Words and Pairs
//	wordEnds   uint64    ordinal     end in words
//	near, far  int8      ordinal     vectors, foot.Dims and foot.FarDims bytes each
//	nearHas, farHas byte ordinal     1 where there is a vector
//	rowsN      uint16    ordinal     column N: place in foot.Columns
type segment struct {
	kind    corpus.Kind
	path    string   // "" in memory
	file    *os.File // nil in memory
	data    []byte
	foot    segmentFoot
	users   atomic.Int32 // snapshots that show it; the last one unmaps it
	numbers []uint32
	norms   []float64
	terms   []string
	runes   sync.Once // guards byRune, see termsWith
	byRune  map[rune][]uint32

	slots, ends          []uint32
	ordinals             []uint16
	weights              []uint8
	records, words       []byte
	recordEnds, wordEnds []uint64
	near, far            plane
	columns              columns
}

// maxSegment leaves the 16 bits of a column's place room for the empty set.
const maxSegment = 1<<16 - 1

// segmentForm changes when the layout changes, so that folders of before are made anew.
const segmentForm = 2

const segmentMagic = "duijie.s"

// pairMark begins the two-character runs of titles in the vocabulary, which have postings of their own.
const pairMark = "\x00"

func pairTerm(pair string) string { return pairMark + pair }

// A segmentFoot says where the sections lie.
type segmentFoot struct {
	Form     int              `json:"form"`
	Kind     corpus.Kind      `json:"kind"`
	Dims     int              `json:"dims"`
	FarDims  int              `json:"far_dims"`
	Columns  [dims][][]string `json:"columns"` // the distinct sets of values, the empty one first
	Sections []sectionPlace   `json:"sections"`
}

type sectionPlace struct {
	Name   string `json:"name"`
	Offset int64  `json:"offset"`
	Length int64  `json:"length"`
	Sum    uint32 `json:"crc32c"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A plane is the vectors of one model, side by side.
type plane struct {
	dims    int // 0: there are none
	vectors []int8
	has     []byte
}

// at returns the vector of a document, nil where it has none. It is part of the segment.
func (p *plane) at(ordinal int) Vector {
	if p.dims == 0 || p.has[ordinal] == 0 {
		return nil
	}
	return p.vectors[ordinal*p.dims : (ordinal+1)*p.dims]
}

// mapSegment maps a file. Its sums are for check.
func mapSegment(path string) (*segment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	fail := func(err error) (*segment, error) { return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.Close()) }
	info, err := f.Stat()
	if err != nil {
		return fail(err)
	}
	if info.Size() == 0 {
		return fail(errors.New("it is empty"))
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return fail(err)
	}
	s, err := openSegment(data)
	if err != nil {
		return fail(errors.Join(err, syscall.Munmap(data)))
	}
	s.path, s.file = path, f
	return s, nil
}

// openSegment reads the foot of a segment and finds its sections.
func openSegment(data []byte) (*segment, error) {
	s := &segment{data: data}
	tail := len(segmentMagic) + 4
	if len(data) < tail || string(data[len(data)-len(segmentMagic):]) != segmentMagic {
		return nil, errors.New("this is no segment, or cut short")
	}
	size := int(binary.LittleEndian.Uint32(data[len(data)-tail:]))
	if size > len(data)-tail {
		return nil, errors.New("the segment is cut short")
	}
	if err := json.Unmarshal(data[len(data)-tail-size:len(data)-tail], &s.foot); err != nil {
		return nil, fmt.Errorf("foot of the segment: %w", err)
	}
	if s.foot.Form != segmentForm {
		return nil, fmt.Errorf("the segment has form %d, this program knows %d", s.foot.Form, segmentForm)
	}
	s.kind = s.foot.Kind
	var terms []byte
	var termEnds []uint32
	known := 0
	for _, at := range s.foot.Sections {
		if at.Offset < 0 || at.Length < 0 || at.Offset%8 != 0 || at.Offset+at.Length > int64(len(data)-tail-size) {
			return nil, fmt.Errorf("section %s of the segment lies outside of it", at.Name)
		}
		b := data[at.Offset : at.Offset+at.Length]
		known++
		switch at.Name {
		case "numbers":
			s.numbers = numbersOf[uint32](b)
		case "norms":
			s.norms = numbersOf[float64](b)
		case "terms":
			terms = b
		case "termEnds":
			termEnds = numbersOf[uint32](b)
		case "slots":
			s.slots = numbersOf[uint32](b)
		case "ends":
			s.ends = numbersOf[uint32](b)
		case "ordinals":
			s.ordinals = numbersOf[uint16](b)
		case "weights":
			s.weights = b
		case "records":
			s.records = b
		case "recordEnds":
			s.recordEnds = numbersOf[uint64](b)
		case "words":
			s.words = b
		case "wordEnds":
			s.wordEnds = numbersOf[uint64](b)
		case "near":
			s.near.dims, s.near.vectors = s.foot.Dims, numbersOf[int8](b)
		case "nearHas":
			s.near.has = b
		case "far":
			s.far.dims, s.far.vectors = s.foot.FarDims, numbersOf[int8](b)
		case "farHas":
			s.far.has = b
		default:
			var dim int
			if _, err := fmt.Sscanf(at.Name, "rows%d", &dim); err != nil || dim < 0 || dim >= dims {
				known--
				continue
			}
			s.columns[dim] = column{s.foot.Columns[dim], numbersOf[uint16](b)}
		}
	}
	n := len(s.numbers)
	if known != 16+dims || len(s.norms) != n || len(s.recordEnds) != n || len(s.wordEnds) != n || len(s.ends) != len(termEnds) ||
		len(s.ordinals) != len(s.weights) || len(s.near.vectors) != n*s.near.dims || len(s.far.vectors) != n*s.far.dims ||
		len(s.near.has) != n || len(s.far.has) != n || len(s.slots)&(len(s.slots)-1) != 0 || len(s.slots) <= len(s.ends) {
		return nil, errors.New("the sections of the segment don't fit each other")
	}
	// The vocabulary is copied: entries hold on to its terms after the segment is gone.
	all, from := string(terms), uint32(0)
	s.terms = make([]string, len(termEnds))
	for i, end := range termEnds {
		if end < from || int(end) > len(all) {
			return nil, errors.New("the vocabulary of the segment is damaged")
		}
		s.terms[i], from = all[from:end], end
	}
	return s, nil
}

// numbersOf reads bytes as numbers, which are little-endian like every processor that this program is built for.
func numbersOf[T uint16 | uint32 | uint64 | float64 | int8](b []byte) []T {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), len(b)/int(unsafe.Sizeof(T(0))))
}

// check compares the sums of all sections of a file, which may be damaged where nobody has read yet. It reads the file
// beside the mapping, so that what nobody asks for does not come into memory.
func (s *segment) check() error {
	for _, at := range s.foot.Sections {
		sum := crc32.New(castagnoli)
		if _, err := io.Copy(sum, io.NewSectionReader(s.file, at.Offset, at.Length)); err != nil {
			return err
		}
		if sum.Sum32() != at.Sum {
			return fmt.Errorf("%s: section %s is damaged", s.path, at.Name)
		}
	}
	return nil
}

// release says that one snapshot less shows s.
func (s *segment) release() {
	if s.users.Add(-1) == 0 {
		s.unmap()
	}
}

func (s *segment) unmap() {
	if s.path != "" {
		syscall.Munmap(s.data) // it was mapped, so it can be unmapped
		s.file.Close()         // only read
	}
}

func termHash(term string) uint32 {
	h := uint32(2166136261) // FNV-1a
	for i := range len(term) {
		h = (h ^ uint32(term[i])) * 16777619
	}
	return h
}

// term returns the place of a term in the vocabulary, -1 where it is not there.
func (s *segment) term(term string, hash uint32) int {
	mask := uint32(len(s.slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		switch id := s.slots[at]; {
		case id == 0:
			return -1
		case s.terms[id-1] == term:
			return int(id - 1)
		}
	}
}

// termsWith returns the places of the words that hold a character. The first call looks through all words.
func (s *segment) termsWith(r rune) []uint32 {
	s.runes.Do(func() {
		s.byRune = map[rune][]uint32{}
		for at, word := range s.terms {
			if isPair(word) {
				continue
			}
			for i, r := range word {
				if isHan(r) && strings.IndexRune(word, r) == i {
					s.byRune[r] = append(s.byRune[r], uint32(at))
				}
			}
		}
	})
	return s.byRune[r]
}

// list returns the documents with the term at a place of the vocabulary, by rising ordinal, and their weights.
func (s *segment) list(term int) (ordinals []uint16, weights []uint8) {
	var from uint32
	if term > 0 {
		from = s.ends[term-1]
	}
	to := s.ends[term]
	return s.ordinals[from:to:to], s.weights[from:to:to]
}

// ordinal returns the place of a document.
func (s *segment) ordinal(number uint32) (int, bool) { return slices.BinarySearch(s.numbers, number) }

// entry makes the entry of a document anew, without Typed; with Words and Pairs where full.
func (s *segment) entry(ordinal int, full bool) *Entry {
	e := &Entry{Ref: Ref{s.kind, s.numbers[ordinal]}, Norm: s.norms[ordinal]}
	r := recordReader{string(row(s.records, s.recordEnds, ordinal)), s.terms}
	r.record(e)
	if full {
		r.text = string(s.wordsOf(ordinal))
		r.counts(e)
	}
	e.Vector, e.Far = slices.Clone(s.near.at(ordinal)), slices.Clone(s.far.at(ordinal))
	return e
}

// wordsOf returns a document's part of words. Of a file it is read, not mapped: words are nearly half of it, and seldom
// asked for.
func (s *segment) wordsOf(ordinal int) []byte {
	b := row(s.words, s.wordEnds, ordinal)
	if s.file == nil || len(b) == 0 {
		return b
	}
	read := make([]byte, len(b))
	at := int64(uintptr(unsafe.Pointer(&b[0])) - uintptr(unsafe.Pointer(&s.data[0])))
	if _, err := s.file.ReadAt(read, at); err != nil {
		return b
	}
	return read
}

func row(b []byte, ends []uint64, i int) []byte {
	var from uint64
	if i > 0 {
		from = ends[i-1]
	}
	return b[from:ends[i]]
}

// isPair reports whether a term of a vocabulary is a pair, and no word.
func isPair(term string) bool { return strings.HasPrefix(term, pairMark) }
