package matcher

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"

	"gonum.org/v1/gonum/stat"

	"duijie/corpus"
)

//go:embed report.html
var reportText string

var reportPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"number": func(x float64) string { return fmt.Sprintf("%.3f", x) },
	"signed": func(x float64) string { return fmt.Sprintf("%+.3f", x) },
	"points": func(x float64) string { return fmt.Sprintf("%.2f", x) },
}).Parse(reportText))

const worstNeeds = 10

// partLabels are the parts as the report's table heads them.
var partLabels = [partCount]string{"用词", "意思", "覆盖", "要素", "指标", "行业", "地区", "阶段", "合作", "价格", "时效", "评价", "重复", "重排"}

// Report writes the evaluation as one HTML page that needs nothing else.
func (e *Evaluation) Report(w io.Writer) error {
	page := struct {
		*Evaluation
		Rows                        []reportRow
		Fields, Calibration, Scores template.HTML
		Labels                      []labelRate
		Worst                       []reportCase
	}{Evaluation: e, Rows: e.rows(), Labels: e.labelRates(), Worst: e.worst()}
	var err error
	if page.Fields, err = e.fieldPlot(); err != nil {
		return err
	}
	if page.Calibration, err = e.calibrationPlot(); err != nil {
		return err
	}
	if page.Scores, err = e.scorePlot(); err != nil {
		return err
	}
	return reportPage.Execute(w, page)
}

// A reportRow is one system of the table.
type reportRow struct {
	Name  string
	Cells []reportCell
}

type reportCell struct {
	Figure     float64
	CI         Interval
	Difference *Interval // to ours; nil for ours
}

// Clear reports whether the difference leaves out 0.
func (c reportCell) Clear() bool {
	return c.Difference != nil && (c.Difference[0] > 0 || c.Difference[1] < 0)
}

// SystemNames lists the systems beside ours, the best by nDCG@10 over all achievements first.
func (e *Evaluation) SystemNames() []string {
	return slices.SortedFunc(maps.Keys(e.Systems), func(x, y string) int {
		return cmp.Or(cmp.Compare(e.Systems[y].NDCG10Full, e.Systems[x].NDCG10Full), cmp.Compare(x, y))
	})
}

func (e *Evaluation) rows() []reportRow {
	row := func(name string, m Measures) reportRow {
		r := reportRow{Name: name}
		for i, x := range m.Figures() {
			cell := reportCell{Figure: x, CI: m.CI[FigureNames[i]]}
			if d, ok := m.Difference[FigureNames[i]]; ok {
				cell.Difference = &d
			}
			r.Cells = append(r.Cells, cell)
		}
		return r
	}
	rows := []reportRow{row(ours, e.Measures)}
	for _, name := range e.SystemNames() {
		rows = append(rows, row(name, e.Systems[name]))
	}
	return rows
}

// judgedScores returns score and grade of all judged pairs, the lowest score first.
func (e *Evaluation) judgedScores() (scores []float64, grades []int) {
	var pairs []listed
	for _, v := range e.cases {
		pairs = append(pairs, v.pairs...)
	}
	slices.SortStableFunc(pairs, func(a, b listed) int { return cmp.Compare(a.Parts.Points(), b.Parts.Points()) })
	for _, p := range pairs {
		scores, grades = append(scores, e.ranking.Score(p.Parts.Points())), append(grades, p.Grade)
	}
	return scores, grades
}

// strongShare is the share of grades of 2 and more.
func strongShare(grades []int) float64 {
	n := 0
	for _, g := range grades {
		if g >= 2 {
			n++
		}
	}
	return float64(n) / float64(len(grades))
}

// A labelRate says how often a label was right.
type labelRate struct {
	Label Label
	Pairs int
	Share float64
}

func (e *Evaluation) labelRates() []labelRate {
	by := map[Label][]int{}
	scores, grades := e.judgedScores()
	for i, s := range scores {
		by[LabelOf(s)] = append(by[LabelOf(s)], grades[i])
	}
	var out []labelRate
	for _, l := range []Label{Strong, Possible, Weak} {
		if len(by[l]) > 0 {
			out = append(out, labelRate{l, len(by[l]), strongShare(by[l])})
		}
	}
	return out
}

// deciles returns mean score and share of strong pairs of ten groups of judged pairs of rising score.
func (e *Evaluation) deciles() (scores, shares []float64) {
	all, grades := e.judgedScores()
	n := min(10, len(all))
	for i := range n {
		from, to := i*len(all)/n, (i+1)*len(all)/n
		scores = append(scores, stat.Mean(all[from:to], nil))
		shares = append(shares, strongShare(grades[from:to]))
	}
	return scores, shares
}

// A fieldFigure is the nDCG of the needs of one 大类 of GB/T 4754.
type fieldFigure struct {
	name  string
	needs int
	ndcg  float64
}

// fields averages over the needs of each 大类 that needs name, the most frequent first, twelve at most. A need with
// several counts in each.
func (e *Evaluation) fields() []fieldFigure {
	by := map[string][]float64{}
	for _, v := range e.cases {
		f, measured := v.figures[ours]
		if !measured {
			continue
		}
		seen := map[string]bool{}
		for _, code := range v.fields {
			name := corpus.CodeName(corpus.Field, code[:min(2, len(code))])
			if name != "" && !seen[name] {
				seen[name] = true
				by[name] = append(by[name], f[0])
			}
		}
	}
	var out []fieldFigure
	for name, x := range by {
		out = append(out, fieldFigure{name, len(x), stat.Mean(x, nil)})
	}
	slices.SortFunc(out, func(a, b fieldFigure) int { return cmp.Or(cmp.Compare(b.needs, a.needs), cmp.Compare(a.name, b.name)) })
	return out[:min(12, len(out))]
}

// A reportCase is one need with its list.
type reportCase struct {
	Title, Asked string
	Figures      Figures
	Parts        []string // heads of the columns
	List, Missed []reportEntry
}

type reportEntry struct {
	listed
	Points float64
	By     []float64 // points, a part a column
}

func (e *Evaluation) worst() []reportCase {
	cases := slices.DeleteFunc(slices.Clone(e.cases), func(v *judgement) bool { return v.figures == nil })
	slices.SortStableFunc(cases, func(a, b *judgement) int {
		x, y := a.figures[ours], b.figures[ours]
		return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1]))
	})
	var out []reportCase
	for _, v := range cases[:min(worstNeeds, len(cases))] {
		out = append(out, v.reported())
	}
	return out
}

func (v *judgement) reported() reportCase {
	c := reportCase{Title: v.title, Asked: cmp.Or(v.Need, v.Text), Figures: v.figures[ours]}
	var shown []Part
	for p := range partCount {
		if slices.ContainsFunc(v.list, func(l listed) bool { return l.Parts[p] != 0 }) {
			shown, c.Parts = append(shown, p), append(c.Parts, partLabels[p])
		}
	}
	for _, l := range v.list {
		entry := reportEntry{listed: l, Points: l.Parts.Points()}
		for _, p := range shown {
			entry.By = append(entry.By, l.Parts[p])
		}
		if 0 < l.Rank && l.Rank <= 10 {
			c.List = append(c.List, entry)
		} else {
			c.Missed = append(c.Missed, entry)
		}
	}
	return c
}
