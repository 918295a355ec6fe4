package matcher

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"duijie/corpus"
	"duijie/indexer"
)

func TestTheBestProofCountsWholeAndEachFurtherOneHalfAsMuch(t *testing.T) {
	for _, test := range []struct {
		points []float64
		want   float64
	}{
		{nil, 0},
		{[]float64{8}, 8},
		{[]float64{8, 4}, 8 + 4/2.},
		{[]float64{8, 8, 8, 8, 8}, 8 + 8/2. + 8/4. + 8/8. + 8/16.},
		{[]float64{8, 8, 8, 8, 8, 8, 8}, 8 + 8/2. + 8/4. + 8/8. + 8/16.}, // five count
		{[]float64{8, 4, 4, 4, 4, 4, 4}, 11.75},                          // less than 16 alone
	} {
		if got := expertPoints(test.points); got != test.want {
			t.Errorf("%v bring %v, want %v", test.points, got, test.want)
		}
	}
}

// library is all that h has published, as anybody sees it.
func (h *house) library(t *testing.T) ExpertOptions {
	t.Helper()
	var all []corpus.Doc
	for _, k := range corpus.Kinds {
		for d, err := range h.store.Each(k, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if d.Status == corpus.Published {
				all = append(all, d.Public())
			}
		}
	}
	return ExpertOptions{
		Limit: MaxExperts,
		Documents: func(_ context.Context, refs []indexer.Ref) (out []corpus.Doc, _ error) {
			for _, ref := range refs {
				i := slices.IndexFunc(all, func(d corpus.Doc) bool { return d.Kind == ref.Kind && d.Number == ref.Number })
				out = append(out, all[i])
			}
			return out, nil
		},
		Linked: func(_ context.Context, d corpus.Doc, kinds ...corpus.Kind) (out []corpus.Doc, _ error) {
			for _, other := range all {
				if !slices.Contains(kinds, other.Kind) {
					continue
				}
				if slices.Contains(d.Links, corpus.Link{Kind: other.Kind, ID: other.ID}) || slices.Contains(other.Links, corpus.Link{Kind: d.Kind, ID: d.ID}) {
					out = append(out, other)
				}
			}
			return out, nil
		},
	}
}

func (h *house) experts(t *testing.T, need string) ExpertAnswer {
	t.Helper()
	a, err := h.matcher.Experts(t.Context(), need, h.library(t))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// steeping is a need, and what knows about it and what does not.
var steeping = struct {
	need                  corpus.Doc
	fits, fitsToo, misfit string
}{
	corpus.Doc{Kind: corpus.Need, SourceID: "n", Title: "缩短玉米浸泡周期并降低亚硫酸用量",
		Text: "我公司年加工玉米60万吨，采用48 h逆流浸泡，罐容已是瓶颈。希望在现有磨机不动的情况下把玉米浸泡时间压下来，同时减少亚硫酸的投入，淀粉收率不能掉。"},
	"玉米湿磨酶法辅助短时浸泡。将玉米先在50 ℃水中预浸，粗破碎后加入酸性蛋白酶，缩短玉米浸泡时间，亚硫酸用量降至0.6 kg/t以下，淀粉收率不变。",
	"玉米淀粉加压间歇浸泡罐。借压力交变加速水和亚硫酸向玉米籽粒内部渗透，浸泡时间由40 h缩短到24 h，胚芽收率提高。",
	"风电机组叶片前缘敷设电热膜除冰，冬季停机时间减少。",
}

func TestExpertsAreFoundByWhatIsTheirs(t *testing.T) {
	doc := func(k corpus.Kind, id, text string, links ...corpus.Link) corpus.Doc {
		return corpus.Doc{Kind: k, SourceID: id, Title: id + " " + strings.Split(text, "。")[0], Text: text, Links: links}
	}
	by := func(d corpus.Doc, org string, people ...string) corpus.Doc {
		d.Org, d.People = org, people
		return d
	}
	titled := func(d corpus.Doc) corpus.Doc {
		d.Title = "短时浸泡"
		return d
	}
	fits, fitsToo, misfit := steeping.fits, steeping.fitsToo, steeping.misfit
	e1, e2, a, a2 := corpus.Link{Kind: corpus.Expert, ID: "e1"}, corpus.Link{Kind: corpus.Expert, ID: "e2"}, corpus.Link{Kind: corpus.Achievement, ID: "a"}, corpus.Link{Kind: corpus.Achievement, ID: "a2"}
	for name, test := range map[string]struct {
		docs []corpus.Doc
		want string // each with the documents that prove it, by id
	}{
		"nothing fits":                    {[]corpus.Doc{doc(corpus.Achievement, "a", misfit, e1), doc(corpus.Expert, "e1", misfit)}, ""},
		"the achievement links":           {[]corpus.Doc{doc(corpus.Achievement, "a", fits, e1), doc(corpus.Expert, "e1", misfit)}, "e1=a"},
		"the expert links":                {[]corpus.Doc{doc(corpus.Achievement, "a", fits), doc(corpus.Expert, "e1", misfit, a)}, "e1=a"},
		"both link":                       {[]corpus.Doc{doc(corpus.Achievement, "a", fits, e1), doc(corpus.Expert, "e1", misfit, a)}, "e1=a"},
		"a project":                       {[]corpus.Doc{doc(corpus.Project, "p", fits, e1), doc(corpus.Expert, "e1", misfit)}, "e1=p"},
		"their own posting":               {[]corpus.Doc{doc(corpus.Expert, "e1", fits)}, "e1=e1"},
		"all of these":                    {[]corpus.Doc{doc(corpus.Expert, "e1", fits, a), doc(corpus.Achievement, "a", fits), doc(corpus.Project, "p", fits, e1), doc(corpus.Project, "q", misfit, e1)}, "e1=a+e1+p"},
		"two of one achievement":          {[]corpus.Doc{doc(corpus.Achievement, "a", fits, e1, e2), doc(corpus.Expert, "e1", misfit), doc(corpus.Expert, "e2", misfit)}, "e1=a e2=a"},
		"who has more":                    {[]corpus.Doc{doc(corpus.Expert, "e2", fits), doc(corpus.Expert, "e1", fits, a), doc(corpus.Achievement, "a", fitsToo)}, "e1=a+e1 e2=e2"},
		"posted twice":                    {[]corpus.Doc{titled(doc(corpus.Achievement, "a", fits)), titled(doc(corpus.Achievement, "a2", fits)), doc(corpus.Expert, "e1", misfit, a, a2)}, "e1=短时浸泡"},
		"a team":                          {[]corpus.Doc{by(doc(corpus.Achievement, "a", fits), "甲大学", "王一", "李二"), by(doc(corpus.Achievement, "a2", fitsToo), "甲大学", "王一")}, "王一、李二=a+a2"},
		"a team in another order":         {[]corpus.Doc{by(doc(corpus.Achievement, "a", fits), "甲大学", "王一", "李二"), by(doc(corpus.Project, "p", fitsToo), "甲大学", "李二", "王一")}, "王一、李二=a+p"},
		"two teams of one organisation":   {[]corpus.Doc{by(doc(corpus.Achievement, "a", fits), "甲大学", "王一"), by(doc(corpus.Achievement, "a2", fitsToo), "甲大学", "李二")}, "王一=a 李二=a2"},
		"an organisation without people":  {[]corpus.Doc{by(doc(corpus.Project, "p", fits), "甲大学")}, "甲大学=p"},
		"nobody is named":                 {[]corpus.Doc{doc(corpus.Achievement, "a", fits)}, ""},
		"by the name in the title":        {[]corpus.Doc{by(doc(corpus.Expert, "王一", fits), "甲大学"), by(doc(corpus.Achievement, "a", fitsToo), "甲大学", "李二", "王一")}, "王一=a+王一"},
		"by the name of the person":       {[]corpus.Doc{by(doc(corpus.Expert, "e1", fits), "甲大学", "王一"), by(doc(corpus.Achievement, "a", fitsToo), "甲大学", "王一")}, "e1=a+e1"},
		"a namesake elsewhere is another": {[]corpus.Doc{by(doc(corpus.Expert, "e1", fits), "甲大学", "王一"), by(doc(corpus.Achievement, "a", fitsToo), "乙大学", "王一")}, "王一=a e1=e1"},
		"the linked one, not the named":   {[]corpus.Doc{by(doc(corpus.Expert, "e1", fits), "甲大学", "王一"), doc(corpus.Expert, "e2", misfit), by(doc(corpus.Achievement, "a", fitsToo, e2), "甲大学", "王一")}, "e2=a e1=e1"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.write(t, append(test.docs, steeping.need)...)
			var got []string
			for _, e := range h.experts(t, "n").Experts {
				name := e.Name
				if e.ID != "" {
					name = strings.Fields(e.Name)[0]
				}
				var ids []string
				for _, r := range e.Reasons {
					first, _, _ := strings.Cut(r.Title, " ")
					ids = append(ids, first)
				}
				slices.Sort(ids)
				got = append(got, name+"="+strings.Join(ids, "+"))
			}
			if said := strings.Join(got, " "); said != test.want {
				t.Errorf("found %q, want %q", said, test.want)
			}
		})
	}
}

// What an expert is given depends on the need and on what is theirs, and on nothing beside.
func TestAnExpertsPointsStayWhenOthersCome(t *testing.T) {
	h := newHouse(t)
	e, a, p := corpus.Link{Kind: corpus.Expert, ID: "e"}, corpus.Link{Kind: corpus.Achievement, ID: "a"}, corpus.Link{Kind: corpus.Project, ID: "p"}
	h.write(t, steeping.need, corpus.Doc{Kind: corpus.Expert, SourceID: "e", Title: "王一", Text: steeping.fitsToo, Links: []corpus.Link{p}},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "a", Title: "短时浸泡", Text: steeping.fits, Links: []corpus.Link{e}}, corpus.Doc{Kind: corpus.Project, SourceID: "p", Title: "间歇浸泡", Text: steeping.fitsToo, Links: []corpus.Link{a}})
	before := h.experts(t, "n").Experts
	if len(before) != 1 || len(before[0].Reasons) != 3 {
		t.Fatalf("before: %+v", before)
	}
	var more []corpus.Doc
	for i := range 2 * examined { // better than what the expert has, so that none of it is among the best any more
		more = append(more, corpus.Doc{Kind: corpus.Achievement, SourceID: fmt.Sprint("x", i), Title: steeping.need.Title, Text: fmt.Sprint(steeping.need.Text, "第", i, "号")})
	}
	h.write(t, more...)
	after := h.experts(t, "n").Experts
	at := slices.IndexFunc(after, func(x Expert) bool { return x.ID == "e" })
	if at < 0 || !reflect.DeepEqual(after[at], before[0]) {
		t.Errorf("after: %+v, want %+v", after, before)
	}
}

// A loser is an engine that lacks Far of an entry from the given search for candidates on, as when one was put meanwhile.
type loser struct {
	indexer.Engine
	from, asked int
}

func (l *loser) Candidates(ctx context.Context, p indexer.Probe) ([]indexer.Candidate, error) {
	if l.asked++; l.asked >= l.from {
		p.Entry.Far = nil
	}
	return l.Engine.Candidates(ctx, p)
}

// The documents of one answer are measured by one model.
func TestExpertsAreMeasuredByOneModel(t *testing.T) {
	h := newHouse(t)
	h.write(t, steeping.need, corpus.Doc{Kind: corpus.Expert, SourceID: "e", Title: "王一", Text: steeping.fits},
		corpus.Doc{Kind: corpus.Achievement, SourceID: "a", Title: "短时浸泡", Text: steeping.fits, Links: []corpus.Link{{Kind: corpus.Expert, ID: "e"}}},
		corpus.Doc{Kind: corpus.Project, SourceID: "p", Title: "间歇浸泡", Text: steeping.fitsToo, Links: []corpus.Link{{Kind: corpus.Expert, ID: "e"}}})
	near := h.experts(t, "n").Experts
	h.outside(t, &characters{}, true)
	h.complete(t)
	far := h.experts(t, "n")
	if far.Degraded != "" || reflect.DeepEqual(far.Experts, near) {
		t.Fatalf("the outside model changes nothing: %+v", far)
	}
	whole := h.engine
	for from := 1; from <= len(proving); from++ {
		l := &loser{Engine: whole, from: from}
		h.matcher.engine = l
		if got := h.experts(t, "n"); got.Degraded != "meaning" || !reflect.DeepEqual(got.Experts, near) {
			t.Errorf("without Far from search %d on: degraded %q, %+v, want %+v", from, got.Degraded, got.Experts, near)
		}
		if from == 1 && l.asked != len(proving) {
			t.Errorf("what was by one model from the beginning was searched %d times", l.asked)
		}
	}
}

func TestExpertsOfTheSample(t *testing.T) {
	h := sampled(t)
	library := h.library(t)
	found, withAchievement := 0, 0
	for d, err := range h.store.Each(corpus.Need, 0) {
		if err != nil {
			t.Fatal(err)
		}
		a, err := h.matcher.Experts(t.Context(), d.ID, library)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range a.Experts {
			var sum float64
			for at, r := range e.Reasons {
				var own float64
				for _, part := range r.Reasons {
					own += part.Points
				}
				if math.Abs(own*r.Share-r.Points) > 1e-9 || r.Share != 1/float64(int(1)<<at) || r.Points <= 0 {
					t.Errorf("%s: %s of %s brings %v, %v of %v", d.ID, r.ID, e.Name, r.Points, r.Share, own)
				}
				if r.Kind == corpus.Achievement {
					withAchievement++
				}
				sum += r.Points
				if r.Kind != corpus.Achievement && slices.ContainsFunc(r.Reasons, func(p Reason) bool {
					return strings.HasPrefix(p.Text, "成果") || strings.Contains(p.Text, "在成果中")
				}) {
					t.Errorf("%s: the reasons of %s call it an achievement: %+v", d.ID, r.ID, r.Reasons)
				}
			}
			if math.Abs(sum-e.Points) > 1e-9 || e.Name == "" || len(e.Reasons) == 0 {
				t.Errorf("%s: %s has %v points of %v", d.ID, e.Name, e.Points, sum)
			}
			if i > 0 && e.Points > a.Experts[i-1].Points {
				t.Errorf("%s: %s stands behind who has less", d.ID, e.Name)
			}
		}
		if found += len(a.Experts); len(a.Experts) > MaxExperts {
			t.Errorf("%s: %d experts", d.ID, len(a.Experts))
		}
	}
	if found == 0 || withAchievement == 0 {
		t.Errorf("%d experts, %d achievements behind them", found, withAchievement)
	}
}
