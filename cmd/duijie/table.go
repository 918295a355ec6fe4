package main

import (
	"io"
	"strings"

	"github.com/rivo/uniseg"
)

// A table prints columns that stay straight with wide characters in them.
type table struct {
	rows  [][]string
	notes map[int][]string // lines below a row
}

func newTable(header ...string) *table {
	return &table{rows: [][]string{header}, notes: map[int][]string{}}
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// note adds a line below the last row.
func (t *table) note(line string) {
	last := len(t.rows) - 1
	t.notes[last] = append(t.notes[last], line)
}

func (t *table) print(w io.Writer) error {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	var b strings.Builder
	for i, row := range t.rows {
		var line strings.Builder
		for j, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[j]-uniseg.StringWidth(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		for _, note := range t.notes[i] {
			b.WriteString("      " + note + "\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
