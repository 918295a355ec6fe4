package matcher

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
	"duijie/corpus/market"
)

// madeQuestions returns needs with judged pairs whose words, meaning and coverage are drawn by chance; grade grades each.
func madeQuestions(needs, pairs int, seed uint64, grade func(v Parts, r *rand.Rand) int) *Questions {
	r := rand.New(rand.NewPCG(seed, 0))
	var all Questions
	for n := range needs {
		q := &question{need: fmt.Sprint("n", n), grades: map[string]int{}}
		for i := range pairs {
			v := Parts{WordsPart: r.NormFloat64(), MeaningPart: r.NormFloat64(), CoveragePart: r.NormFloat64()}
			id := fmt.Sprintf("a%03d", i)
			q.ids, q.values = append(q.ids, id), append(q.values, v)
			q.grades[id] = grade(v, r)
			q.strangers = append(q.strangers, Parts{WordsPart: -2, MeaningPart: -2})
		}
		q.compareGrades()
		all.all = append(all.all, q)
	}
	return &all
}

// byContent grades by words and meaning alone, with some noise.
func byContent(v Parts, r *rand.Rand) int {
	x := v[WordsPart] + 2*v[MeaningPart] + r.NormFloat64()
	return min(3, max(0, int(math.Ceil(x))))
}

var learnedAt = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// noisy is a ranking in which a part that tells nothing weighs most.
func noisy() Ranking {
	r := DefaultRanking()
	r.Weights[WordsPart], r.Weights[MeaningPart], r.Weights[CoveragePart] = .3, .5, .8
	return r
}

func TestLearningLowersTheWeightOfNoise(t *testing.T) {
	old := noisy()
	got, l, err := madeQuestions(60, 12, 1, byContent).Learn(old, learnedAt)
	if err != nil {
		t.Fatal(err)
	}
	if !l.Accepted || l.CI[0] <= 0 || l.New <= l.Old || l.Pairs != 720 || l.Needs < 50 {
		t.Errorf("%+v", l)
	}
	// The grades say 1 : 2 : 0.
	if w := got.Weights; w[CoveragePart] > .2*w[MeaningPart] || w[WordsPart] < .3*w[MeaningPart] || w[WordsPart] > .7*w[MeaningPart] {
		t.Errorf("words %v, meaning %v, noise %v", w[WordsPart], w[MeaningPart], w[CoveragePart])
	}
	for p := CoveragePart + 1; p < partCount; p++ {
		if got.Weights[p] != old.Weights[p] || l.Parts[p].Told != 0 {
			t.Errorf("%s went from %v to %v, told by %v of the comparisons", p, old.Weights[p], got.Weights[p], l.Parts[p].Told)
		}
	}
	if got.Slope <= 0 || got.Slope == old.Slope || !strings.HasPrefix(got.Version, "learned-") {
		t.Errorf("slope %v, version %s", got.Slope, got.Version)
	}
	again, _, err := madeQuestions(60, 12, 1, byContent).Learn(old, learnedAt)
	if err != nil || again != got {
		t.Errorf("learning twice gave %+v and %+v, %v", got, again, err)
	}
}

// The interval leaves out 0 by chance once in a while, more so where the present weights rank no better than chance.
func TestNothingIsLearnedFromChance(t *testing.T) {
	taken := 0
	for seed := range uint64(8) {
		old := DefaultRanking()
		got, l, err := madeQuestions(60, 12, seed, func(_ Parts, r *rand.Rand) int { return r.IntN(4) }).Learn(old, learnedAt)
		if err != nil || l.Accepted != (l.CI[0] > 0) || l.Accepted == (got == old) {
			t.Errorf("seed %d: %+v, %v", seed, l, err)
		}
		if l.Accepted {
			taken++
		}
	}
	if taken > 1 {
		t.Errorf("%d of 8 random sets were taken for knowledge", taken)
	}
}

func TestTooFewJudgedPairsTeachNothing(t *testing.T) {
	for _, c := range []struct {
		needs, pairs int
		want         string
	}{
		{0, 0, "0 judged pairs, with a fitting one for 0 needs"},
		{49, 30, "1470 judged pairs, with a fitting one for 49 needs"},
		{74, 4, "296 judged pairs"},
	} {
		_, _, err := madeQuestions(c.needs, c.pairs, 1, byContent).Learn(noisy(), learnedAt)
		if corpus.CodeOf(err) != corpus.Invalid || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "at least 300 pairs, and 50 needs") {
			t.Errorf("%d needs with %d pairs: %v", c.needs, c.pairs, err)
		}
	}
	// Needs whose pairs all are weak say nothing of the top of a list.
	if _, l, err := madeQuestions(80, 10, 1, func(Parts, *rand.Rand) int { return 1 }).Learn(noisy(), learnedAt); err == nil || l.Needs != 0 {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestCalibrateFindsTheCurve(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 0))
	var all []outcome
	for range 20_000 {
		points := 12 * r.Float64()
		all = append(all, outcome{points, r.Float64() < 1/(1+math.Exp(-(.5*points-4)))})
	}
	slope, offset, err := calibrate(all)
	if err != nil || math.Abs(slope-.5) > .03 || math.Abs(offset+4) > .2 {
		t.Errorf("slope %v, offset %v, %v; drawn with .5 and -4", slope, offset, err)
	}
}

func TestALearnedRankingComesBack(t *testing.T) {
	learned, lesson, err := madeQuestions(60, 12, 1, byContent).Learn(noisy(), learnedAt)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ranking.json")
	if got, l, err := ReadRanking(path); err != nil || got != DefaultRanking() || !l.Made.IsZero() {
		t.Errorf("without a file: %+v, %+v, %v", got, l, err)
	}
	b, err := WriteRanking(learned, lesson)
	if err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(string(b))
	if got, l, err := ReadRanking(path); err != nil || got != learned || !l.Made.Equal(learnedAt) || l.New != lesson.New {
		t.Errorf("read %+v, %+v, %v\nwrote %+v", got, l, err, learned)
	}
	weight := fmt.Sprintf(`"meaning": %v`, learned.Weights[MeaningPart])
	for name, text := range map[string]string{
		"empty":          "",
		"cut":            string(b[:len(b)/2]),
		"edited":         strings.Replace(string(b), weight, `"meaning": 9`, 1),
		"negative":       strings.Replace(string(b), weight, `"meaning": -1`, 1),
		"another part":   strings.Replace(string(b), `"meaning":`, `"moon":`, 1),
		"of other parts": strings.Replace(string(b), `"base": "`, `"base": "0`, 1),
		"falling":        strings.Replace(string(b), `"slope": `, `"slope": -`, 1),
	} {
		write(text)
		_, _, err := ReadRanking(path)
		if corpus.CodeOf(err) != corpus.Invalid || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "duijie learn --reset") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestActsBecomeComparisons(t *testing.T) {
	at := func(minute int, f market.Feedback) market.Feedback {
		f.At = learnedAt.Add(time.Duration(minute) * time.Minute)
		return f
	}
	shown := at(0, market.Feedback{Act: market.ShownAct, Shown: []string{"a", "b", "c"}})
	opened := func(minute int, id string) market.Feedback {
		return at(minute, market.Feedback{Act: market.OpenedAct, Achievement: id})
	}
	declined := func(minute int, id string, why market.DeclineReason) market.Feedback {
		return at(minute, market.Feedback{Act: market.DeclinedAct, Achievement: id, Reason: why})
	}
	signed := at(9, market.Feedback{Act: market.SignedAct, Achievement: "a"})
	contacted := at(8, market.Feedback{Act: market.ContactedAct, Achievement: "a"})
	for _, c := range []struct {
		name     string
		told     []market.Feedback
		compared int
		want     string
	}{
		{"only shown", []market.Feedback{shown}, 0, ""},
		{"nothing to compare with", []market.Feedback{signed}, 0, ""},
		// 1/7 of a contract, halved over two others.
		{"opened at the top", []market.Feedback{shown, opened(1, "a")}, 1, "a>b .0714, a>c .0714"},
		{"opened at rank 3: seen by a third", []market.Feedback{shown, opened(1, "c")}, 1, "c>a .2143, c>b .2143"},
		{"signed", []market.Feedback{shown, signed}, 1, "a>b .5000, a>c .5000"},
		// Of a signed one, an opened one takes 1/7.
		{"signed and opened", []market.Feedback{shown, signed, opened(1, "b")}, 2, "a>b .4286, a>c .5000, b>c .2857"},
		{"declined for its price", []market.Feedback{shown, declined(1, "b", market.PriceOrTerms)}, 1, "a>b .2143 price cooperation, c>b .2143 price cooperation"},
		{"declined for what no part knows", []market.Feedback{shown, declined(1, "b", market.TextUnclear)}, 0, ""},
		{"a declined one is no measure", []market.Feedback{shown, opened(1, "a"), declined(2, "b", market.AlreadySolved)}, 1, "a>c .1429"},
		{"opening again undoes no decline", []market.Feedback{shown, declined(1, "a", market.TooEarly), opened(2, "a")}, 1, "b>a .2143 stage, c>a .2143 stage"},
		{"talking again does", []market.Feedback{shown, declined(1, "a", market.TooEarly), contacted}, 1, "a>b .2143, a>c .2143"},
		{"told late", []market.Feedback{contacted, declined(1, "a", market.TooEarly), shown}, 1, "a>b .2143, a>c .2143"},
		{"far down: no more than ten times", []market.Feedback{at(0, market.Feedback{Act: market.ShownAct, Shown: []string{"a", "b"}, Position: 40}), opened(1, "a")}, 1, "a>b 1.4286"},
	} {
		fates := fatesOf(c.told)
		q := &question{}
		var list []fate
		for _, id := range []string{"a", "b", "c"} {
			if f, ok := fates[id]; ok {
				q.ids, list = append(q.ids, id), append(list, f)
			}
		}
		compared := q.compareFates(list)
		var said []string
		for _, c := range q.comparisons {
			text := fmt.Sprintf("%s>%s %s", q.ids[c.better], q.ids[c.worse], strings.TrimPrefix(fmt.Sprintf("%.4f", c.weight), "0"))
			for _, p := range []Part{StagePart, PricePart, CooperationPart} {
				if c.only&setOf(p) != 0 {
					text += " " + p.String()
				}
			}
			said = append(said, text)
		}
		if got := strings.Join(said, ", "); got != c.want || compared != c.compared {
			t.Errorf("%s: %d compared, %s\nwant %d, %s", c.name, compared, got, c.compared, c.want)
		}
	}
}

func TestADeclineTeachesOnlyThePartsOfItsReason(t *testing.T) {
	present := DefaultRanking().Weights
	all := madeQuestions(60, 12, 1, byContent).all
	before, err := fit(all, present)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		q := &question{need: fmt.Sprint("d", i), ids: []string{"a", "b"}, values: []Parts{{WordsPart: 9, StagePart: -.1}, {StagePart: .1}}}
		q.compareFates([]fate{{level: 2, declined: market.TooEarly, rank: 1}, {rank: 2}})
		all = append(all, q)
	}
	after, err := fit(all, present)
	if err != nil || before[StagePart] != present[StagePart] || after[StagePart] < 1.5*before[StagePart] {
		t.Errorf("stage went from %v to %v, %v", before[StagePart], after[StagePart], err)
	}
	if was, is := before[WordsPart]/before[MeaningPart], after[WordsPart]/after[MeaningPart]; math.Abs(is/was-1) > .05 {
		t.Errorf("words against meaning went from %v to %v", was, is)
	}
}

func TestFeedbackIsLearnedFromDocuments(t *testing.T) {
	h := newHouse(t)
	need := corpus.Doc{Kind: corpus.Need, ID: "n", Title: "淀粉废水处理"}
	achievements := map[string]corpus.Doc{
		"a": {Kind: corpus.Achievement, ID: "a", Title: "淀粉废水厌氧处理工艺"},
		"b": {Kind: corpus.Achievement, ID: "b", Title: "古琴斫制"},
	}
	told := []market.Feedback{{Act: market.ShownAct, Shown: []string{"b", "gone", "a"}, At: learnedAt}, {Act: market.ContactedAct, Achievement: "a", At: learnedAt.Add(1)}}
	var q Questions
	if err := q.AddFeedback(t.Context(), need, achievements, told, Workbench{Analyzer: h.analyzer, Scorer: h.scorer}); err != nil {
		t.Fatal(err)
	}
	if q.feedback != 1 || len(q.all) != 1 || len(q.all[0].comparisons) != 1 {
		t.Fatalf("%+v", q)
	}
	one := q.all[0]
	if d := one.delta(one.comparisons[0]); d[WordsPart] <= 0 || d[MeaningPart] <= 0 {
		t.Errorf("the one contacted leads by %v", d)
	}
}
