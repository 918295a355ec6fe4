package sheet

import (
	"cmp"
	"iter"
	"math"
	"slices"
)

// A biffCell is a cell with a text; rows and columns count from 0.
type biffCell struct {
	row, column uint16
	text        string
}

// cells reads a sheet.
func (b *biff) cells(at int) (cells []biffCell, merged []span) {
	formula := false // the last cell is one, and its text comes in a record of its own
	for r := range b.records(at) {
		d := &fields{parts: r.parts}
		switch r.id {
		case recMergedCells:
			for n := d.u16(); n > 0 && !d.over() && len(merged) < maxRanges; n-- {
				top, bottom, left, right := d.u16(), d.u16(), d.u16(), d.u16()
				if top <= bottom && left <= right {
					merged = append(merged, span{int32(top) + 1, int32(bottom) + 1, int32(left), int32(right)})
				}
			}
			continue
		case recString:
			if formula && len(cells) > 0 {
				cells[len(cells)-1].text = b.text(d, true)
			}
			formula = false
			continue
		case recLabelSST, recLabel, recRString, recNumber, recRK, recMulRK, recBoolErr, recFormula, recFormula3, recFormula4:
		default:
			continue
		}
		formula = false
		c := biffCell{row: d.u16(), column: d.u16()}
		if r.id == recMulRK {
			for d.left() >= 6 {
				c.text = b.number(d.u16(), rk(d.u32()))
				cells = append(cells, c)
				c.column++
			}
			continue
		}
		xf := d.u16()
		switch r.id {
		case recLabelSST:
			if n := int(d.u32()); n < len(b.shared) {
				c.text = b.shared[n]
			}
		case recLabel, recRString:
			c.text = b.text(d, true)
		case recNumber:
			c.text = b.number(xf, math.Float64frombits(d.u64()))
		case recRK:
			c.text = b.number(xf, rk(d.u32()))
		case recBoolErr:
			value := d.u8()
			c.text = boolean(value)
			if d.u8() == 1 {
				c.text = fault(value)
			}
		default: // a formula with its last value
			v := d.u64()
			if c.text = ""; v>>48 != 0xffff {
				c.text = b.number(xf, math.Float64frombits(v))
				break
			}
			switch value := byte(v >> 16); byte(v) {
			case 0:
				formula = true
			case 1:
				c.text = boolean(value)
			case 2:
				c.text = fault(value)
			}
		}
		if c.text != "" || formula {
			cells = append(cells, c)
		}
	}
	slices.SortStableFunc(cells, func(a, b biffCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.column, b.column))
	})
	return cells, merged
}

func (b *biff) number(xf uint16, v float64) string {
	f := plain
	if int(xf) < len(b.formats) {
		f = b.formats[xf]
	}
	return f.text(v, b.date1904)
}

// rk unpacks a number of 30 bits: an integer or the upper half of a float, either of them times 100.
func rk(n uint32) float64 {
	v := float64(int32(n) >> 2)
	if n&2 == 0 {
		v = math.Float64frombits(uint64(n&^3) << 32)
	}
	if n&1 != 0 {
		v /= 100
	}
	return v
}

func boolean(v byte) string {
	if v == 0 {
		return "FALSE"
	}
	return "TRUE"
}

// fault is what a spreadsheet shows instead of a value.
func fault(v byte) string {
	return map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A"}[v]
}

// cellRows yields the rows of sorted cells; of two in one place the later counts.
func cellRows(cells []biffCell) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for len(cells) > 0 {
			row := Row{N: int(cells[0].row) + 1}
			for ; len(cells) > 0 && int(cells[0].row)+1 == row.N; cells = cells[1:] {
				at := int(cells[0].column)
				if at >= maxWidth {
					continue
				}
				for len(row.Cells) <= at {
					row.Cells = append(row.Cells, "")
				}
				row.Cells[at] = cells[0].text
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
