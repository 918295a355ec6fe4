package indexer

import (
	"slices"
	"unicode"

	"duijie/corpus"
)

const (
	// shingleRunes is how many letters and digits in a row are one shingle: about two Chinese words.
	shingleRunes = 4
	// leastShingles is how many a text needs before its likeness to another says anything.
	leastShingles = 8
	// A signature has bands of rows each: two texts that share a part s of their shingles agree in all rows of at least one
	// band with the probability 1-(1-s^rows)^bands: 0.9996 at .8, .97 at .7, .80 at .6, .05 at .3, .0002 at .1.
	bands, rows = 20, 5
)

// A signature is the MinHash of a text's shingles (Broder 1997, "On the resemblance and containment of documents"), 16
// bits of each minimum: two texts agree in about the part of places that they share of their shingles.
type signature [bands * rows]uint16

// shingles returns a hash of each four letters and digits in a row of what d says, folded: title and body.
func shingles(d *corpus.Doc) []uint64 {
	text := Fold(d.Title + "\n" + d.Body()).Text
	out := make([]uint64, 0, len(text)/3)
	var last [shingleRunes]rune
	n := 0
	for _, r := range text {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		copy(last[:], last[1:])
		last[shingleRunes-1] = r
		if n++; n < shingleRunes {
			continue
		}
		h := uint64(0)
		for _, r := range last {
			h = mixed(h ^ uint64(r))
		}
		out = append(out, h)
	}
	return out
}

// mixed is the finaliser of SplitMix64, which spreads each bit over all.
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// factors make the hash functions of a signature of one hash.
var factors = func() (f [bands * rows]uint32) {
	for i := range f {
		f[i] = uint32(mixed(uint64(i))) | 1
	}
	return f
}()

// sign makes the signature of shingles; ok says whether they are enough for one.
func sign(shingles []uint64) (s signature, ok bool) {
	if len(shingles) < leastShingles {
		return s, false
	}
	var least [bands * rows]uint32
	for i := range least {
		least[i] = ^uint32(0)
	}
	for _, h := range shingles {
		x, y := uint32(h), uint32(h>>32)
		for i, f := range factors {
			least[i] = min(least[i], (x^f)*f+y)
		}
	}
	for i, v := range least {
		s[i] = uint16(mixed(uint64(v)))
	}
	return s, true
}

// agreeing is in how many places two signatures agree.
func (s *signature) agreeing(o *signature) (n int) {
	for i := range s {
		if s[i] == o[i] {
			n++
		}
	}
	return n
}

// band is a hash of one band.
func (s *signature) band(i int) (h uint64) {
	for _, v := range s[i*rows : (i+1)*rows] {
		h = mixed(h ^ uint64(v))
	}
	return h
}

func distinct(hashes []uint64) []uint64 {
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// jaccard is the size of the intersection over that of the union of two sorted sets.
func jaccard(x, y []uint64) float64 {
	both, i, j := 0, 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return float64(both) / float64(len(x)+len(y)-both)
}
