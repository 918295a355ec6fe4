package indexer

import (
	"encoding/binary"
	"math"

	"duijie/corpus"
)

// A record is what a segment keeps of one entry beside its postings, vectors and columns. Terms are uvarint places in
// the segment's vocabulary, strings their length and bytes, lists their length and elements, fractions 8 bytes.

// appendRecord writes all of e but Words, Pairs, Vector, Far, Typed, Norm and Number.
func appendRecord(b []byte, e *Entry, id func(term string) uint32) []byte {
	words := 0
	for _, x := range e.Elements {
		words += len(x.Words)
	}
	for _, f := range e.Figures {
		words += len(f.Words)
	}
	b = binary.AppendUvarint(b, uint64(words))
	b = appendString(b, e.ID)
	b = binary.AppendUvarint(b, e.Version)
	b = appendString(b, e.Team)
	b = appendFloat(b, float64(e.Repetition))
	b = appendBool(b, e.Closed)

	b = binary.AppendUvarint(b, uint64(len(e.Keywords)))
	for _, k := range e.Keywords {
		b = binary.LittleEndian.AppendUint32(binary.AppendUvarint(b, uint64(id(k.Term))), math.Float32bits(k.Weight))
	}
	b = binary.AppendUvarint(b, uint64(len(e.Elements)))
	for _, x := range e.Elements {
		b = appendTerms(appendString(append(b, byte(x.Kind)), x.Text), x.Words, id)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Figures)))
	for _, f := range e.Figures {
		b = appendString(appendString(appendString(b, f.Text), f.Name), f.Value)
		b = appendFloat(appendFloat(b, f.Quantity.Min), f.Quantity.Max)
		b = appendBool(appendString(b, f.Quantity.Unit), f.Quantity.Relative)
		b = appendTerms(b, f.Words, id)
	}

	c := &e.Columns
	b = appendStrings(b, c.Field)
	b = appendString(b, c.Region)
	b = appendStrings(b, c.Strategic)
	b = appendString(b, string(c.Stage))
	b = appendStrings(b, c.Cooperation)
	b = appendString(appendString(appendString(b, string(c.Published)), string(c.ValidUntil)), string(c.Confirmed))
	b = appendString(binary.AppendVarint(binary.AppendVarint(b, c.Money.Min), c.Money.Max), c.Money.Text)
	return appendBool(b, c.Evaluated)
}

// appendWords writes Words and Pairs.
func appendWords(b []byte, e *Entry, id func(term string) uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(e.Words)))
	for _, c := range e.Words {
		b = append(binary.AppendUvarint(b, uint64(id(c.Term))), c.Title, c.Body)
	}
	b = binary.AppendUvarint(b, uint64(len(e.Pairs)))
	for _, c := range e.Pairs {
		b = append(binary.AppendUvarint(b, uint64(id(pairTerm(c.Term)))), c.Title)
	}
	return b
}

func appendString[S ~string](b []byte, s S) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendStrings[S ~string](b []byte, list []S) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendString(b, s)
	}
	return b
}

func appendTerms(b []byte, terms []string, id func(string) uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(terms)))
	for _, t := range terms {
		b = binary.AppendUvarint(b, uint64(id(t)))
	}
	return b
}

func appendFloat(b []byte, x float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
}

func appendBool(b []byte, x bool) []byte {
	if x {
		return append(b, 1)
	}
	return append(b, 0)
}

// A recordReader reads what the functions above wrote. Its strings are parts of text or of terms.
type recordReader struct {
	text  string
	terms []string
}

func (r *recordReader) uvarint() uint64 {
	var x uint64
	for shift, i := 0, 0; ; shift, i = shift+7, i+1 {
		b := r.text[i]
		x |= uint64(b&0x7f) << shift
		if b < 0x80 {
			r.text = r.text[i+1:]
			return x
		}
	}
}

func (r *recordReader) varint() int64 {
	x := r.uvarint()
	return int64(x>>1) ^ -int64(x&1)
}

func (r *recordReader) take(n int) string {
	s := r.text[:n]
	r.text = r.text[n:]
	return s
}

func (r *recordReader) string() string { return r.take(int(r.uvarint())) }
func (r *recordReader) byte() byte     { return r.take(1)[0] }
func (r *recordReader) bool() bool     { return r.byte() != 0 }
func (r *recordReader) term() string   { return r.terms[r.uvarint()] }

func (r *recordReader) bits32() uint32 {
	s := r.take(4)
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func (r *recordReader) float() float64 {
	low := r.bits32()
	return math.Float64frombits(uint64(low) | uint64(r.bits32())<<32)
}

func readStrings[S ~string](r *recordReader) []S {
	n := int(r.uvarint())
	if n == 0 {
		return nil
	}
	out := make([]S, n)
	for i := range out {
		out[i] = S(r.string())
	}
	return out
}

// words takes a list of terms, which begin at room.
func (r *recordReader) words(room *[]string) []string {
	n := int(r.uvarint())
	if n == 0 {
		return nil
	}
	out := (*room)[:n:n]
	*room = (*room)[n:]
	for i := range out {
		out[i] = r.term()
	}
	return out
}

// record fills e with what appendRecord wrote.
func (r *recordReader) record(e *Entry) {
	room := make([]string, r.uvarint())
	e.ID = r.string()
	e.Version = r.uvarint()
	e.Team = r.string()
	e.Repetition = float32(r.float())
	e.Closed = r.bool()
	if n := int(r.uvarint()); n > 0 {
		e.Keywords = make([]Keyword, n)
		for i := range e.Keywords {
			e.Keywords[i] = Keyword{r.term(), math.Float32frombits(r.bits32())}
		}
	}
	if n := int(r.uvarint()); n > 0 {
		e.Elements = make([]Element, n)
		for i := range e.Elements {
			e.Elements[i] = Element{ElementKind(r.byte()), r.string(), r.words(&room)}
		}
	}
	if n := int(r.uvarint()); n > 0 {
		e.Figures = make([]corpus.Indicator, n)
		for i := range e.Figures {
			f := &e.Figures[i]
			f.Text, f.Name, f.Value = r.string(), r.string(), r.string()
			f.Quantity.Min, f.Quantity.Max = r.float(), r.float()
			f.Quantity.Unit, f.Quantity.Relative = r.string(), r.bool()
			f.Words = r.words(&room)
		}
	}
	c := &e.Columns
	c.Field = readStrings[string](r)
	c.Region = r.string()
	c.Strategic = readStrings[string](r)
	c.Stage = corpus.Stage(r.string())
	c.Cooperation = readStrings[corpus.Mode](r)
	c.Published, c.ValidUntil, c.Confirmed = corpus.Date(r.string()), corpus.Date(r.string()), corpus.Date(r.string())
	c.Money = corpus.Money{Min: r.varint(), Max: r.varint(), Text: r.string()}
	c.Evaluated = r.bool()
}

// counts fills e with what appendWords wrote.
func (r *recordReader) counts(e *Entry) {
	if n := int(r.uvarint()); n > 0 {
		e.Words = make([]Count, n)
		for i := range e.Words {
			e.Words[i] = Count{r.term(), r.byte(), r.byte()}
		}
	}
	if n := int(r.uvarint()); n > 0 {
		e.Pairs = make([]Count, n)
		for i := range e.Pairs {
			e.Pairs[i] = Count{Term: r.term()[len(pairMark):], Title: r.byte()}
		}
	}
}
