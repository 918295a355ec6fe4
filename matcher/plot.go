package matcher

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"image/color"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

const plotWidth = 16 * vg.Centimeter

var (
	plotInk  = color.RGBA{0x1f, 0x5f, 0x8b, 0xff}
	plotPale = color.RGBA{0x9a, 0xa5, 0xb1, 0xff}
)

// newPlot returns an empty plot of labelled axes.
func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = x, y
	return p
}

// svg draws p as an element of a page. Its labels are text in whatever font the page has.
func svg(p *plot.Plot, height vg.Length) (template.HTML, error) {
	c := vgsvg.New(plotWidth, height)
	p.Draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return "", fmt.Errorf("draw a plot: %w", err)
	}
	at := bytes.Index(b.Bytes(), []byte("<svg"))
	if at < 0 {
		return "", errors.New("draw a plot: no svg element")
	}
	return template.HTML(b.Bytes()[at:]), nil // the canvas escapes what stands in labels
}

// calibrationPlot shows what share of judged pairs of about one score was strong; on the line the score says just that.
func (e *Evaluation) calibrationPlot() (template.HTML, error) {
	scores, shares := e.deciles()
	points := make(plotter.XYs, len(scores))
	for i := range points {
		points[i] = plotter.XY{X: scores[i], Y: shares[i]}
	}
	line, marks, err := plotter.NewLinePoints(points)
	if err != nil {
		return "", fmt.Errorf("draw calibration: %w", err)
	}
	line.Color, marks.Color, marks.Shape = plotInk, plotInk, draw.CircleGlyph{}
	ideal, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		return "", fmt.Errorf("draw calibration: %w", err)
	}
	ideal.Color, ideal.Dashes = plotPale, []vg.Length{vg.Points(4), vg.Points(3)}
	p := newPlot("得分", "2 级和 3 级所占比例")
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.Add(plotter.NewGrid(), ideal, line, marks)
	return svg(p, 10*vg.Centimeter)
}

// scorePlot shows the scores of each grade: the box holds half of them, the line in it is the median.
func (e *Evaluation) scorePlot() (template.HTML, error) {
	var by [4]plotter.Values
	scores, grades := e.judgedScores()
	for i, s := range scores {
		by[grades[i]] = append(by[grades[i]], s)
	}
	p := newPlot("评级", "得分")
	p.Y.Min, p.Y.Max = 0, 1
	names := make([]string, len(by))
	for grade, values := range by {
		names[grade] = strconv.Itoa(grade) + " 级"
		if len(values) == 0 {
			continue
		}
		box, err := plotter.NewBoxPlot(vg.Centimeter, float64(grade), values)
		if err != nil {
			return "", fmt.Errorf("draw scores: %w", err)
		}
		box.BoxStyle.Color, box.MedianStyle.Color, box.GlyphStyle.Color = plotInk, plotInk, plotPale
		p.Add(box)
	}
	p.NominalX(names...)
	return svg(p, 9*vg.Centimeter)
}

// fieldPlot shows nDCG by field, "" where no need names one.
func (e *Evaluation) fieldPlot() (template.HTML, error) {
	fields := e.fields()
	if len(fields) == 0 {
		return "", nil
	}
	slices.Reverse(fields) // the axis begins at the bottom
	values, labels := make(plotter.Values, len(fields)), plotter.XYLabels{}
	for i, f := range fields {
		values[i] = f.ndcg
		labels.XYs = append(labels.XYs, plotter.XY{X: 0, Y: float64(i)})
		labels.Labels = append(labels.Labels, fmt.Sprintf("%s（%d）%.3f", f.name, f.needs, f.ndcg))
	}
	bars, err := plotter.NewBarChart(values, vg.Points(8))
	if err != nil {
		return "", fmt.Errorf("draw fields: %w", err)
	}
	bars.Horizontal, bars.Color, bars.LineStyle.Width = true, plotInk, 0
	// The library can't tell how wide a Chinese text is: names begin where bars begin, above them.
	names, err := plotter.NewLabels(labels)
	if err != nil {
		return "", fmt.Errorf("draw fields: %w", err)
	}
	names.Offset.Y = vg.Points(6)
	p := newPlot("nDCG@10（全部成果）", "")
	p.X.Min, p.X.Max = 0, 1
	p.HideY()
	p.Add(bars, names)
	return svg(p, 2*vg.Centimeter+vg.Length(len(fields))*.9*vg.Centimeter)
}
