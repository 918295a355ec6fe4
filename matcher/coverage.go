package matcher

import (
	"duijie/indexer"
)

// A covering is soft coverage both ways: for each key word of one side the best squared cosine among the key words of
// the other, weighted. Both values are in [0, 1]; 1 means that every word stands on the other side.
type covering struct {
	ofNeed, ofAchievement float64
}

// A cover is the word of the other side that covers a word best.
type cover struct {
	cosine float64 // [0, 1]; 0 where none does
	at     int     // among the key words of the other side
}

// clearCover is the least cosine at which a reader agrees that one word stands for the other; read off some hundred
// pairs of the sample.
const clearCover = .55

// A lexicon holds the key words of one side, to be compared with those of many others. What it has compared once it
// remembers: the others share most of their words. It is for one goroutine.
type lexicon struct {
	words  []indexer.Keyword
	bundle *indexer.Bundle
	near   map[string][]float64 // of a word of the others: its cosine with each of words, [0, 1]
	room   []float64            // for the next of them
	covers []cover              // room for the covers of one pair
}

func (s *Scorer) lexicon(words []indexer.Keyword) *lexicon {
	terms := make([]string, len(words))
	for i, w := range words {
		terms[i] = w.Term
	}
	return &lexicon{words: words, bundle: s.table.Bundle(terms), near: map[string][]float64{}}
}

// cosines compares a word with each of the lexicon's.
func (l *lexicon) cosines(word string) []float64 {
	if c, known := l.near[word]; known {
		return c
	}
	n := len(l.words)
	if len(l.room) < n {
		l.room = make([]float64, 64*n)
	}
	c := l.room[:n:n]
	l.room = l.room[n:]
	l.bundle.Cosines(c, word)
	for i, w := range l.words {
		if c[i] = max(0, c[i]); w.Term == word {
			c[i] = 1
		}
	}
	l.near[word] = c
	return c
}

// compare finds the best cover of each of the lexicon's words and of each of the others. They hold until the next call.
func (l *lexicon) compare(others []indexer.Keyword) (ours, theirs []cover) {
	l.covers = append(l.covers[:0], make([]cover, len(l.words)+len(others))...)
	ours, theirs = l.covers[:len(l.words)], l.covers[len(l.words):]
	for j, other := range others {
		var best cover
		for i, cosine := range l.cosines(other.Term) {
			if cosine > best.cosine {
				best = cover{cosine, i}
			}
			if cosine > ours[i].cosine {
				ours[i] = cover{cosine, j}
			}
		}
		theirs[j] = best
	}
	return ours, theirs
}

// covered is the weighted mean of the squared cosines, [0, 1].
func covered(words []indexer.Keyword, covers []cover) float64 {
	if len(words) == 0 {
		return 0
	}
	var sum, all float64
	for i, w := range words {
		sum += float64(w.Weight) * covers[i].cosine * covers[i].cosine
		all += float64(w.Weight)
	}
	return sum / all
}

// coverage compares the lexicon's words with those of the other side of a pair.
func (l *lexicon) coverage(others []indexer.Keyword) (ofOurs, ofTheirs float64) {
	ours, theirs := l.compare(others)
	return covered(l.words, ours), covered(others, theirs)
}
