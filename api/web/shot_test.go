package web

import (
	"bytes"
	"cmp"
	"flag"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"duijie/corpus"
)

var shots = flag.String("shots", "", "folder to which pictures of what the gallery's tests drive are written (make shots)")

// shot keeps a picture of what is in the window, with an element at its top (at "": as it stands), where -shots is given.
func (r *reader) shot(name, at string) {
	r.t.Helper()
	if *shots == "" {
		return
	}
	if at != "" {
		eval[bool](r, `(document.querySelector('`+at+`').scrollIntoView(), true)`)
	}
	picture, err := chromedp.Run(r.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		picture, err = lessColours(picture)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(*shots, name+".png"), picture, 0o644)
	}
	if err != nil {
		r.t.Fatal(err)
	}
}

// screen sets the size of the window.
func (r *reader) screen(wide, high int64) {
	r.t.Helper()
	r.do(chromedp.EmulateViewport(wide, high))
}

// tabTo presses Tab until a condition holds.
func (r *reader) tabTo(condition string) {
	r.t.Helper()
	for range 200 {
		r.do(chromedp.KeyEvent(kb.Tab))
		if eval[bool](r, condition) {
			return
		}
	}
	r.t.Fatalf("Tab never leads to where %s", condition)
}

// lessColours writes a PNG with its 256 commonest colours: pages have few, but for the edges of letters.
func lessColours(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	b := full.Bounds()
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	counts := map[color.RGBA]int{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			counts[at(x, y)]++
		}
	}
	all := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range all[:min(256, len(all))] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	for c := range counts {
		nearest[c] = uint8(palette.Index(c))
	}
	small := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			small.SetColorIndex(x, y, nearest[at(x, y)])
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
	return out.Bytes(), err
}

// sample is the sample exchange.
func sample(t *testing.T) (docs []corpus.Doc) {
	t.Helper()
	for _, k := range corpus.Kinds {
		f, err := os.Open(filepath.Join("../../cmd/duijie/sample", k.Plural()+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for row, err := range corpus.Read(f, filepath.Base(f.Name()), corpus.ReadOptions{Kind: k}) {
			if err != nil || len(row.Problems) > 0 {
				t.Fatalf("%v, %v", err, row.Problems)
			}
			docs = append(docs, row.Doc)
		}
	}
	return docs
}
