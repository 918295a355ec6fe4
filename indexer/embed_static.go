package indexer

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// vectorsFile is the table that cmd/vectors makes; the layout stands there.
//
//go:embed vectors.bin
var vectorsFile []byte

// sif is a in the weight a/(a + p(word)) of a word in a text: common words count less. From the smooth inverse frequency
// weighting of Arora and others (2017); the value was determined on the dev set.
const sif = 3e-5

// A Static embedder sums vectors of words. It needs no model server: the table is part of the binary. Its methods may
// be called concurrently.
type Static struct {
	model  string
	dims   int
	rowOf  map[string]int32
	partOf map[string]int32 // of first ("^字"), last ("字$") and inner characters and pairs of them
	scales []float32
	rows   []int8
	norms  []float32 // length of each row in int8 steps
	mean   []float32
	top    [3][]float32 // leading directions of ordinary texts, which say nothing of a text's subject
	words  func(string) []string
	freq   func(string) float64
}

// NewStatic reads the built-in table. words segments a text into folded words, freq gives a word's probability in the
// language; both are a Segmenter's.
func NewStatic(words func(string) []string, freq func(string) float64) (*Static, error) {
	line, body, ok := bytes.Cut(vectorsFile, []byte("\n"))
	var head struct {
		Model, Hash        string
		Words, Parts, Dims int
	}
	if err := json.Unmarshal(line, &head); !ok || err != nil {
		return nil, fmt.Errorf("table of word vectors: bad header: %w", err)
	}
	n := head.Words + head.Parts
	s := &Static{model: head.Model + "-" + head.Hash, dims: head.Dims, words: words, freq: freq,
		rowOf: make(map[string]int32, head.Words), partOf: make(map[string]int32, head.Parts),
		scales: make([]float32, n), rows: make([]int8, n*head.Dims), norms: make([]float32, n)}
	numbers := n*4 + n*head.Dims/2 + 4*head.Dims*4
	if len(body) < numbers {
		return nil, fmt.Errorf("table of word vectors: cut short: %d bytes", len(body))
	}
	list := string(body[:len(body)-numbers])
	body = body[len(body)-numbers:]
	row := 0
	for word := range strings.SplitSeq(strings.TrimSuffix(list, "\n"), "\n") {
		if row < head.Words {
			s.rowOf[word] = int32(row)
		} else {
			s.partOf[word] = int32(row)
		}
		row++
	}
	if len(s.rowOf) != head.Words || len(s.partOf) != head.Parts {
		return nil, fmt.Errorf("table of word vectors: %d words and %d parts, not %d and %d", len(s.rowOf), len(s.partOf), head.Words, head.Parts)
	}
	body = floats(body, s.scales)
	for i, b := range body[:len(s.rows)/2] {
		s.rows[2*i], s.rows[2*i+1] = int8(b&15)-8, int8(b>>4)-8
	}
	body = body[len(s.rows)/2:]
	s.mean = make([]float32, head.Dims)
	body = floats(body, s.mean)
	for i := range s.top {
		s.top[i] = make([]float32, head.Dims)
		body = floats(body, s.top[i])
	}
	for i := range s.norms {
		row := s.row(int32(i))
		s.norms[i] = float32(math.Sqrt(float64(dotInt8(row, row))))
	}
	return s, nil
}

// floats fills out from little-endian bytes and returns the rest.
func floats(b []byte, out []float32) []byte {
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return b[4*len(out):]
}

func (s *Static) row(i int32) []int8 { return s.rows[int(i)*s.dims : (int(i)+1)*s.dims] }

// Model names the table with the first half of its hash.
func (s *Static) Model() string { return s.model }

// Embed returns one unit vector a text. The role makes no difference.
func (s *Static) Embed(ctx context.Context, _ Role, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, t := range texts {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		out[i] = s.vector(t)
	}
	return out, nil
}

// vector sums (1 + ln tf) · a/(a + p) · row over the words of a text, and takes away what all texts share.
func (s *Static) vector(text string) []float32 {
	v := make([]float32, s.dims)
	counts := map[string]int{}
	var order []string // sums in one order, so that equal texts have equal vectors
	for _, w := range s.words(text) {
		if counts[w]++; counts[w] == 1 {
			order = append(order, w)
		}
	}
	known := false
	for _, w := range order {
		weight := (1 + math.Log(float64(counts[w]))) * sif / (sif + s.freq(w))
		rows, share := s.rowsOf(w)
		for _, r := range rows {
			known = true
			f := float32(weight) * share * s.scales[r]
			for i, x := range s.row(r) {
				v[i] += f * float32(x)
			}
		}
	}
	if !known {
		return v
	}
	unit(v)
	for i, m := range s.mean {
		v[i] -= m
	}
	for _, t := range s.top {
		var along float32
		for i, x := range t {
			along += x * v[i]
		}
		for i, x := range t {
			v[i] -= along * x
		}
	}
	unit(v)
	return v
}

// unit scales v to length 1; a zero vector stays.
func unit(v []float32) {
	var sum float64
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	f := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= f
	}
}

// rowsOf returns the rows whose sum, times share, is a word's vector: its own; for two to four Chinese characters outside
// the table those of its parts, which were made to be summed; for others those of the longest known pieces from the left,
// which were not.
func (s *Static) rowsOf(word string) (rows []int32, share float32) {
	if r, ok := s.rowOf[word]; ok {
		return []int32{r}, 1
	}
	for _, p := range parts(word) {
		if r, ok := s.partOf[p]; ok {
			rows = append(rows, r)
		}
	}
	if len(rows) > 0 {
		return rows, 1
	}
	for len(word) > 0 {
		end := len(word)
		for end > 0 {
			if r, ok := s.rowOf[word[:end]]; ok {
				rows = append(rows, r)
				break
			}
			_, n := utf8.DecodeLastRuneInString(word[:end])
			end -= n
		}
		if end == 0 {
			_, end = utf8.DecodeRuneInString(word)
		}
		word = word[end:]
	}
	return rows, 1 / float32(max(1, len(rows)))
}

// parts returns the parts of a word of two to four Chinese characters, as cmd/vectors makes them.
func parts(word string) []string {
	runes := []rune(word)
	if len(runes) < 2 || len(runes) > 4 {
		return nil
	}
	for _, r := range runes {
		if r < 0x4e00 || r > 0x9fff {
			return nil
		}
	}
	last := len(runes) - 1
	out := []string{"^" + string(runes[0]), string(runes[last]) + "$"}
	for i := 1; i < last; i++ {
		out = append(out, string(runes[i]))
	}
	for i := 0; i < last && last > 1; i++ {
		out = append(out, string(runes[i:i+2]))
	}
	return out
}

// Row returns the row of a word, -1 where the table does not have it.
func (s *Static) Row(word string) int32 {
	if r, ok := s.rowOf[word]; ok {
		return r
	}
	return -1
}

// RowCosine returns how near the words of two rows are, in [-1, 1]; 0 where one is -1.
func (s *Static) RowCosine(i, j int32) float64 {
	if i < 0 || j < 0 || s.norms[i] == 0 || s.norms[j] == 0 {
		return 0
	}
	return float64(dotInt8(s.row(i), s.row(j))) / (float64(s.norms[i]) * float64(s.norms[j]))
}

// A Bundle is words whose rows stand side by side, so that another word is compared with all of them at once.
type Bundle struct {
	table *Static
	rows  []int8
	norms []float32
	dots  []int32
}

// Bundle makes one, for one goroutine at a time.
func (s *Static) Bundle(words []string) *Bundle {
	b := &Bundle{table: s, rows: make([]int8, len(words)*s.dims), norms: make([]float32, len(words)), dots: make([]int32, len(words))}
	for i, w := range words {
		if r := s.Row(w); r >= 0 {
			copy(b.rows[i*s.dims:], s.row(r))
			b.norms[i] = s.norms[r]
		}
	}
	return b
}

// Cosines puts into out, one a word of the bundle, what RowCosine says of it and word.
func (b *Bundle) Cosines(out []float64, word string) {
	clear(out)
	r := b.table.Row(word)
	if r < 0 || b.table.norms[r] == 0 {
		return
	}
	dots(b.table.row(r), b.rows, b.dots)
	norm := float64(b.table.norms[r])
	for i, dot := range b.dots {
		if b.norms[i] != 0 {
			out[i] = float64(dot) / (norm * float64(b.norms[i]))
		}
	}
}
