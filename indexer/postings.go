package indexer

import (
	"math"

	"duijie/corpus"
)

// The words part of a pair is one exact integer, whichever side asks and whatever else is indexed:
//
//	sum over the terms of both:  asked(need) x idf(term) x impact(other)
//
// asked is 3 x count in title + count in body, 15 at most. impact is the term frequency part of BM25, title and body
// each with a constant average length, 3 x title + body, in steps of impactStep. idf is that of a fixed table, in
// steps of 1/idfSteps. Two-character runs of the titles ("pairs") have a vocabulary of their own and a quarter of the
// weight: on the dev set words alone reach .301/.638 (nDCG@10 full/judged), with a quarter of pairs the same, with
// equal weights .295/.634.
// The postings of needs hold asked, those of the other kinds impact; the asking document brings the other factor.
//
// The sum fits 32 bits: the impacts of a document add up to 16,000 or so however long it is, because longer
// documents have smaller ones; asked x idf is below 15 x 3,200.
const (
	maxAsked = 15
	idfSteps = 256

	saturation   = 1.2 // BM25's k1, the usual value
	lengthShare  = .75 // BM25's b, the usual value
	bodyWords    = 200 // usual length of a body in search-mode words
	impactStep   = 4 / 255.0
	maxIDF       = 3200 // 12.5 in steps of 1/256; the rarest words have 10.3
	searchFactor = 28   // brings the asked weights of needs near to impacts where a search ranks both
)

// A vocabulary says how the terms of one list count.
type vocabulary struct {
	usualTitle float64 // length of an ordinary title in these terms
	weight     float64 // of the title beside the body's 1
}

var (
	wordTerms = vocabulary{8, 3}
	pairTerms = vocabulary{18, .75}
)

// wordsValue turns the integer sum into Candidate.Words: the BM25 value by words and a quarter of that by pairs.
func wordsValue(sum uint32) float64 { return float64(sum) * (impactStep / idfSteps) }

// stepIDF quantises an inverse document frequency.
func stepIDF(idf float64) uint32 {
	return uint32(max(0, min(maxIDF, math.Round(idf*idfSteps))))
}

// floorIDF is below which a word says nothing of a pair: more than a third of all texts have it. Without these words a
// match by words takes a quarter to a third less time, and no figure of the judged needs moves.
const floorIDF = 1

// askedIDF is the stepIDF of a match: 0 for words below floorIDF.
func askedIDF(idf float64) uint32 {
	if idf < floorIDF {
		return 0
	}
	return stepIDF(idf)
}

// Asked returns how much a need asks for a term: 0 to 15.
func (c Count) Asked() uint8 { return uint8(min(maxAsked, 3*int(c.Title)+int(c.Body))) }

func asked(counts []Count) []uint8 {
	out := make([]uint8, len(counts))
	for i, c := range counts {
		out[i] = c.Asked()
	}
	return out
}

// impacts returns how much each term says about its document: 1 to 255.
func (v vocabulary) impacts(counts []Count) []uint8 {
	var title, body float64
	for _, c := range counts {
		title += float64(c.Title)
		body += float64(c.Body)
	}
	titleNorm := saturation * (1 - lengthShare + lengthShare*title/v.usualTitle)
	bodyNorm := saturation * (1 - lengthShare + lengthShare*body/bodyWords)
	out := make([]uint8, len(counts))
	for i, c := range counts {
		t, b := float64(c.Title), float64(c.Body)
		value := v.weight*t/(t+titleNorm) + b/(b+bodyNorm)
		out[i] = uint8(max(1, math.Round(value/impactStep)))
	}
	return out
}

// weights returns the factor that documents of a kind carry: asked for needs, impacts for the others.
func (v vocabulary) weights(k corpus.Kind, counts []Count) []uint8 {
	if k == corpus.Need {
		return asked(counts)
	}
	return v.impacts(counts)
}

// PairWords returns the words part of a pair from the two entries alone: what Candidate.Words holds for it. need is
// the side that asks, of whatever kind; idf is that of the engine.
func PairWords(need, other *Entry, idf func(term string) float64) float64 {
	return wordsValue(wordTerms.sum(need.Words, other.Words, idf) + pairTerms.sum(need.Pairs, other.Pairs, idf))
}

func (v vocabulary) sum(need, other []Count, idf func(string) float64) uint32 {
	want := make(map[string]uint8, len(need))
	for i, w := range asked(need) {
		want[need[i].Term] = w
	}
	var sum uint32
	for i, impact := range v.impacts(other) {
		if w := want[other[i].Term]; w > 0 {
			sum += uint32(w) * askedIDF(idf(other[i].Term)) * uint32(impact)
		}
	}
	return sum
}
