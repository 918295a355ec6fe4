package indexer

import (
	"encoding/binary"
	"iter"

	"github.com/RoaringBitmap/roaring/v2"

	"duijie/corpus"
)

// A refSet is a set of documents.
type refSet map[corpus.Kind]*roaring.Bitmap

func (s refSet) add(r Ref) {
	if s[r.Kind] == nil {
		s[r.Kind] = roaring.New()
	}
	s[r.Kind].Add(r.Number)
}

func (s refSet) has(r Ref) bool { return s[r.Kind] != nil && s[r.Kind].Contains(r.Number) }

// of yields the numbers of one kind.
func (s refSet) of(k corpus.Kind) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if s[k] != nil {
			s[k].Iterate(yield)
		}
	}
}

// docID is the kind's first letter and the number.
func docID(r Ref) string {
	return string(binary.BigEndian.AppendUint32([]byte{r.Kind[0]}, r.Number))
}

func parseDocID(id string) Ref {
	for _, k := range corpus.Kinds {
		if k[0] == id[0] {
			return Ref{k, binary.BigEndian.Uint32([]byte(id[1:]))}
		}
	}
	return Ref{}
}
