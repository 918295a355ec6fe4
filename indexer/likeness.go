package indexer

import (
	"fmt"
	"slices"

	"duijie/corpus"
)

// What it tells by itself that two documents share a TwinKey: the number of a right, or title and holder.
const (
	rightLikeness  = .85
	holderLikeness = .8
)

// Likeness says how alike two documents of a kind are, in [0, 1], and why: 1 is the same text, without a TwinKey in common
// it is the part of their shingles that they share, and with one the text adds what it can.
func Likeness(a, b *corpus.Doc) (likeness float64, reasons []string) {
	x, y := compared(a), compared(b)
	return x.likeness(&y)
}

// A comparison is what of a document is compared.
type comparison struct {
	text     string // hash
	keys     []corpus.TwinKey
	shingles []uint64 // sorted, each once; nil where the text is too short
}

func compared(d *corpus.Doc) comparison {
	c := comparison{text: corpus.TextHash(d), keys: corpus.TwinKeys(d)}
	if all := shingles(d); len(all) >= leastShingles {
		c.shingles = distinct(all)
	}
	return c
}

func (c *comparison) likeness(o *comparison) (likeness float64, reasons []string) {
	shared := 0.
	for _, k := range c.keys {
		if !slices.Contains(o.keys, k) {
			continue
		}
		reasons = append(reasons, k.Reason())
		if k.Right() {
			shared = rightLikeness
		} else {
			shared = max(shared, holderLikeness)
		}
	}
	text := 0.
	switch {
	case c.text == o.text:
		text = 1
		reasons = append(reasons, "正文相同")
	case c.shingles != nil && o.shingles != nil:
		text = jaccard(c.shingles, o.shingles)
		reasons = append(reasons, fmt.Sprintf("正文相似 %.2f", text))
	}
	return shared + (1-shared)*text, reasons
}
