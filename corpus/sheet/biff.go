package sheet

import (
	"cmp"
	"encoding/binary"
	"errors"
	"iter"
	"math"
	"slices"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Records of BIFF5 and BIFF8, by the names of [MS-XLS].
const (
	recFormula     = 0x0006
	recEOF         = 0x000a
	recDateMode    = 0x0022
	recFilePass    = 0x002f
	recContinue    = 0x003c
	recCodePage    = 0x0042
	recBoundSheet  = 0x0085
	recMulRK       = 0x00bd
	recRString     = 0x00d6
	recXF          = 0x00e0
	recMergedCells = 0x00e5
	recSST         = 0x00fc
	recLabelSST    = 0x00fd
	recNumber      = 0x0203
	recLabel       = 0x0204
	recBoolErr     = 0x0205
	recFormula3    = 0x0206
	recString      = 0x0207
	recRK          = 0x027e
	recFormula4    = 0x0406
	recFormat      = 0x041e
	recBOF         = 0x0809
)

// A biff is the stream of a workbook. Numbers in it are little-endian; what is cut off or contradicts itself is left out.
type biff struct {
	stream   []byte
	wide     bool // BIFF8: strings are Unicode
	page     encoding.Encoding
	date1904 bool
	shared   []string
	formats  []format // of cells, by index of their XF record
	sheets   []biffSheet
}

type biffSheet struct {
	name   string
	at     int // in the stream
	hidden bool
}

// A record is one of the stream, with those that continue it.
type record struct {
	id    uint16
	parts [][]byte // at least one
}

// records yields those of one substream, which begins at a BOF record, without substreams within it (charts).
func (b *biff) records(at int) iter.Seq[record] {
	return func(yield func(record) bool) {
		depth := 0
		next := func() (id uint16, data []byte, ok bool) {
			if at < 0 || at+4 > len(b.stream) {
				return 0, nil, false
			}
			id, n := binary.LittleEndian.Uint16(b.stream[at:]), int(binary.LittleEndian.Uint16(b.stream[at+2:]))
			data = b.stream[at+4 : min(at+4+n, len(b.stream))]
			at += 4 + n
			return id, data, true
		}
		id, data, ok := next()
		for ok {
			r := record{id, [][]byte{data}}
			for id, data, ok = next(); ok && id == recContinue; id, data, ok = next() {
				r.parts = append(r.parts, data)
			}
			switch r.id {
			case recBOF:
				depth++
			case recEOF:
				if depth--; depth <= 0 {
					return
				}
			}
			if (depth == 1 || r.id == recBOF) && !yield(r) {
				return
			}
		}
	}
}

// openBIFF reads what all sheets share.
func openBIFF(stream []byte) (*biff, error) {
	b := &biff{stream: stream, page: simplifiedchinese.GB18030}
	codes := map[uint16]format{}
	var xfs []uint16
	first := true
	for r := range b.records(0) {
		d := &fields{parts: r.parts}
		switch r.id {
		case recBOF:
			version := d.u16()
			if first && version != 0x0600 && version != 0x0500 {
				return nil, &Error{Message: "这个工作簿的格式太旧", Fix: "用 Excel 或 WPS 另存为 .xlsx 后再导入"}
			}
			if first {
				b.wide = version == 0x0600
			}
			first = false
		case recFilePass:
			return nil, errEncrypted
		case recCodePage:
			b.page = codePage(d.u16())
		case recDateMode:
			b.date1904 = d.u16() == 1
		case recFormat:
			n := d.u16()
			codes[n] = formatOf(b.text(d, b.wide))
		case recXF:
			d.u16() // font
			xfs = append(xfs, d.u16())
		case recBoundSheet:
			s := biffSheet{at: int(d.u32())}
			s.hidden = d.u8()&3 != 0
			kind := d.u8()
			if s.name = b.text(d, false); kind == 0 { // no charts, no macros
				b.sheets = append(b.sheets, s)
			}
		case recSST:
			b.readShared(d)
		}
	}
	if first {
		return nil, broken("工作簿", errors.New("no BOF record"))
	}
	for _, n := range xfs {
		f, ok := codes[n]
		if !ok {
			f = builtin(int(n))
		}
		b.formats = append(b.formats, f)
	}
	return b, nil
}

func codePage(n uint16) encoding.Encoding {
	switch n {
	case 932:
		return japanese.ShiftJIS
	case 950:
		return traditionalchinese.Big5
	case 1252:
		return charmap.Windows1252
	}
	return simplifiedchinese.GB18030
}

func (b *biff) readShared(d *fields) {
	d.u32()
	for n := d.u32(); n > 0 && !d.over(); n-- {
		b.shared = append(b.shared, b.text(d, true))
	}
}

// text reads a string; long says that its length has two bytes.
func (b *biff) text(d *fields, long bool) string {
	n := 0
	if long {
		n = int(d.u16())
	} else {
		n = int(d.u8())
	}
	if !b.wide {
		s, err := b.page.NewDecoder().Bytes(d.bytes(n))
		if err != nil {
			return ""
		}
		return string(s)
	}
	flags := d.u8()
	runs, more := 0, 0
	if flags&8 != 0 {
		runs = int(d.u16())
	}
	if flags&4 != 0 {
		more = int(d.u32())
	}
	s := d.chars(n, flags)
	d.skip(4*runs + more) // fonts, phonetics
	return s
}

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

// fields reads the fields of a record one after the other; what is not there is 0.
type fields struct{ parts [][]byte }

// left is how many bytes the part has that is being read.
func (f *fields) left() int { return len(f.parts[0]) }

func (f *fields) over() bool {
	for len(f.parts) > 1 && len(f.parts[0]) == 0 {
		f.parts = f.parts[1:]
	}
	return len(f.parts[0]) == 0
}

// bytes returns the next n bytes, fewer at the end.
func (f *fields) bytes(n int) []byte {
	var out []byte
	for len(out) < n && !f.over() {
		k := min(n-len(out), len(f.parts[0]))
		out = append(out, f.parts[0][:k]...)
		f.parts[0] = f.parts[0][k:]
	}
	return out
}

func (f *fields) skip(n int) {
	for n > 0 && !f.over() {
		k := min(n, len(f.parts[0]))
		f.parts[0] = f.parts[0][k:]
		n -= k
	}
}

func (f *fields) u64() uint64 {
	var b [8]byte
	copy(b[:], f.bytes(8))
	return binary.LittleEndian.Uint64(b[:])
}

func (f *fields) u32() uint32 {
	var b [4]byte
	copy(b[:], f.bytes(4))
	return binary.LittleEndian.Uint32(b[:])
}

func (f *fields) u16() uint16 {
	var b [2]byte
	copy(b[:], f.bytes(2))
	return binary.LittleEndian.Uint16(b[:])
}

func (f *fields) u8() byte {
	if f.over() {
		return 0
	}
	c := f.parts[0][0]
	f.parts[0] = f.parts[0][1:]
	return c
}

// chars reads n UTF-16 units, of one byte each where the high bytes are 0 and flags say so. A part that goes on with them
// begins with flags of its own.
func (f *fields) chars(n int, flags byte) string {
	var units []uint16
	for n > 0 {
		size := 1 + int(flags&1)
		for ; n > 0 && len(f.parts[0]) >= size; n-- {
			u := uint16(f.parts[0][0])
			if size == 2 {
				u = binary.LittleEndian.Uint16(f.parts[0])
			}
			units = append(units, u)
			f.parts[0] = f.parts[0][size:]
		}
		if n == 0 {
			break
		}
		if len(f.parts) == 1 {
			f.parts[0] = nil
			break
		}
		f.parts = f.parts[1:]
		flags = f.u8()
	}
	return string(utf16.Decode(units))
}
