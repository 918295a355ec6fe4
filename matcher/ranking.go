package matcher

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"

	"duijie/corpus"
)

// A learnedFile is what DATA/ranking.json holds.
type learnedFile struct {
	Version string             `json:"version"`
	Base    string             `json:"base"` // version of the ranking that the program had then: its parts mean the same
	Weights map[string]float64 `json:"weights"`
	Slope   float64            `json:"slope"`
	Offset  float64            `json:"offset"`
	Lesson  Lesson             `json:"lesson"`
}

// WriteRanking returns a learned ranking and its lesson as ReadRanking takes them.
func WriteRanking(r Ranking, l Lesson) ([]byte, error) {
	f := learnedFile{r.Version, DefaultRanking().Version, map[string]float64{}, r.Slope, r.Offset, l}
	for p, w := range r.Weights {
		f.Weights[Part(p).String()] = w
	}
	b, err := json.MarshalIndent(f, "", "  ")
	return append(b, '\n'), err
}

// ReadRanking reads the learned ranking at path, and DefaultRanking with a zero Lesson where there is none. A file that
// is damaged, was edited or was learned by a program whose parts differ is an error of code Invalid.
func ReadRanking(path string) (Ranking, Lesson, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return DefaultRanking(), Lesson{}, nil
	}
	if err != nil {
		return Ranking{}, Lesson{}, err
	}
	bad := func(cause error, format string, args ...any) (Ranking, Lesson, error) {
		e := corpus.Errorf(corpus.Invalid, path+" "+format, args...)
		e.Fix, e.Err = "take it away with duijie learn --reset, then learn again", cause
		return Ranking{}, Lesson{}, e
	}
	var f learnedFile
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		return bad(err, "is no learned ranking")
	}
	if base := DefaultRanking().Version; f.Base != base {
		return bad(nil, "was learned for ranking %q, and this program has %q", f.Base, base)
	}
	r := Ranking{Version: f.Version, Slope: f.Slope, Offset: f.Offset}
	for p := range r.Weights {
		name := Part(p).String()
		w, ok := f.Weights[name]
		if !ok {
			return bad(nil, "lacks the weight of %s", name)
		}
		r.Weights[p] = w
	}
	if len(f.Weights) != len(r.Weights) {
		return bad(nil, "has weights of parts that are not known")
	}
	if err := r.check(); err != nil {
		return bad(err, "can't be used")
	}
	if f.Version != r.version() {
		return bad(nil, "was changed after it was learned")
	}
	return r, f.Lesson, nil
}

// check reports what would make a ranking senseless.
func (r *Ranking) check() error {
	for p, w := range r.Weights {
		if !(w >= 0) || math.IsInf(w, 1) {
			return fmt.Errorf("the weight of %s is %v", Part(p), w)
		}
	}
	if r.Weights[WordsPart]+r.Weights[MeaningPart] == 0 {
		return errors.New("neither words nor meaning has a weight, and they choose the candidates")
	}
	if !(r.Slope > 0) || math.IsInf(r.Slope, 1) || math.IsNaN(r.Offset) || math.IsInf(r.Offset, 0) {
		return fmt.Errorf("the score does not rise with the points: slope %v, offset %v", r.Slope, r.Offset)
	}
	return nil
}

// version names a learned ranking after all that it does.
func (r *Ranking) version() string {
	sum := sha256.Sum256(fmt.Append(nil, DefaultRanking().Version, r.Weights, r.Slope, r.Offset))
	return fmt.Sprintf("learned-%x", sum[:4])
}

// With returns a scorer of the same words with another ranking.
func (s *Scorer) With(r Ranking) *Scorer {
	other := *s
	other.ranking = r
	return &other
}

// Ranking is what the matcher's scores are made with.
func (m *Matcher) Ranking() Ranking { return m.scorer.ranking }
