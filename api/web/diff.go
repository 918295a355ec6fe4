package web

import (
	"time"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

const (
	// Texts of more than diffRunes characters together are compared for diffTime at most, and then shown more coarsely; shorter
	// ones take a tenth of a second at worst.
	diffRunes, diffTime = 4_000, 200 * time.Millisecond
	// Of a run of text that both have, so many characters beside a difference are shown, and of a difference the longest.
	besideShown, differenceShown = 40, 400
)

// differing cuts two texts into segments of which those are marked that the other lacks. Long runs are shortened in their
// middle.
func differing(a, b string) (x, y []segment) {
	d := diffmatchpatch.New()
	if d.DiffTimeout = 0; utf8.RuneCountInString(a)+utf8.RuneCountInString(b) > diffRunes {
		d.DiffTimeout = diffTime
	}
	for _, part := range d.DiffCleanupSemantic(d.DiffMain(a, b, false)) {
		switch part.Type {
		case diffmatchpatch.DiffEqual:
			same := segment{Text: shorten(part.Text, besideShown)}
			x, y = append(x, same), append(y, same)
		case diffmatchpatch.DiffDelete:
			x = append(x, segment{shorten(part.Text, differenceShown/2), true})
		case diffmatchpatch.DiffInsert:
			y = append(y, segment{shorten(part.Text, differenceShown/2), true})
		}
	}
	return x, y
}

// shorten leaves out the middle of a text where its ends of so many characters each don't make up nearly all of it.
func shorten(text string, ends int) string {
	if utf8.RuneCountInString(text) <= 2*ends+8 {
		return text
	}
	r := []rune(text)
	return string(r[:ends]) + "……" + string(r[len(r)-ends:])
}
