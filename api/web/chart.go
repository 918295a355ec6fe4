package web

import "unicode/utf8"

// A chart is bars with their names and numbers; the table beside it says the same.
type chart struct {
	Title, Desc string
	Height      int
	Bars        []chartBar
}

// A chartBar is one row of a chart, in units of its view box.
type chartBar struct {
	Name, Text      string
	TextY, Y, Width int
}

const (
	chartWidth = 360
	barHeight  = 30
	barName    = 18 // characters
)

// add adds a bar whose length is part of whole; one of less than nothing has none.
func (c *chart) add(name, text string, part, whole int64) {
	y := len(c.Bars) * barHeight
	b := chartBar{Name: name, Text: text, TextY: y + 14, Y: y + 18}
	if utf8.RuneCountInString(name) > barName {
		b.Name = string([]rune(name)[:barName]) + "…"
	}
	if whole > 0 {
		b.Width = int(float64(chartWidth) * min(1, max(0, float64(part)/float64(whole))))
	}
	c.Bars = append(c.Bars, b)
	c.Height = y + barHeight
}
