package corpus

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// A biffBook writes workbooks of Excel 97 to 2003 (wide) or 5 for tests, as much of them as the tests read.
type biffBook struct {
	bytes.Buffer
	wide    bool
	strings []string
}

func le(v ...any) []byte {
	var b bytes.Buffer
	for _, x := range v {
		switch x := x.(type) {
		case int:
			binary.Write(&b, binary.LittleEndian, uint16(x))
		case []byte:
			b.Write(x)
		default:
			binary.Write(&b, binary.LittleEndian, x)
		}
	}
	return b.Bytes()
}

func (b *biffBook) record(id int, v ...any) {
	data := le(v...)
	b.Write(le(id, len(data), data))
}

// utf16le is a string with its flags, as BIFF8 has it, without its length.
func utf16le(s string) []byte { return le(byte(1), utf16.Encode([]rune(s))) }

// A biffSheetSpec is a sheet of a test: cells are strings (shared), labels (in the record), numbers, days, percentages,
// formulas, bools and errors.
type biffSheetSpec struct {
	name   string
	hidden byte
	rows   [][]any
	merged [][4]int // first row, last row, first column, last column, from 0
}

type (
	biffLabel   string  // LABEL record: its text is not shared
	biffDay     float64 // with a date format of its own
	biffPercent float64
	biffFormula string // last value of a formula
	biffError   byte
)

// shared writes the SST record, in pieces of at most limit bytes that break within strings.
func (b *biffBook) shared(limit int) {
	piece := le(uint32(len(b.strings)), uint32(len(b.strings)))
	id := 0xfc
	flush := func() {
		b.record(id, piece)
		id, piece = 0x3c, nil
	}
	for _, s := range b.strings {
		units := utf16.Encode([]rune(s))
		piece = append(piece, le(len(units), byte(1))...)
		for _, u := range units {
			if len(piece)+2 > limit {
				flush()
				piece = []byte{1}
			}
			piece = append(piece, le(u)...)
		}
		if len(piece)+3 > limit {
			flush()
		}
	}
	flush()
}

// biff returns the stream of a workbook; limit is the size of the pieces of its strings.
func biff(limit int, sheets ...biffSheetSpec) []byte {
	b := &biffBook{wide: true}
	index := map[string]int{}
	for _, s := range sheets {
		for _, row := range s.rows {
			for _, c := range row {
				if text, ok := c.(string); ok && text != "" {
					if _, ok := index[text]; !ok {
						index[text] = len(b.strings)
						b.strings = append(b.strings, text)
					}
				}
			}
		}
	}
	const begin = 0x0809
	b.record(begin, 0x0600, 0x0005, 0, 0, uint32(0), uint32(0))
	const months = `yyyy"年"m"月"`
	b.record(0x41e, 200, len([]rune(months)), utf16le(months))
	for _, format := range []int{0, 200, 10} { // cells: plain, day, percentage
		b.record(0xe0, 0, format, make([]byte, 16))
	}
	var places []int
	for _, s := range sheets {
		name := utf16.Encode([]rune(s.name))
		b.record(0x85, uint32(0), s.hidden, byte(0), byte(len(name)), utf16le(s.name))
		places = append(places, b.Len()-len(utf16le(s.name))-7)
	}
	b.shared(limit)
	b.record(0x0a)
	for i, s := range sheets {
		binary.LittleEndian.PutUint32(b.Bytes()[places[i]:], uint32(b.Len()))
		b.record(begin, 0x0600, 0x0010, 0, 0, uint32(0), uint32(0))
		for r, row := range s.rows {
			for c, v := range row {
				b.cell(index, r, c, v)
			}
		}
		if len(s.merged) > 0 {
			var ranges []byte
			for _, m := range s.merged {
				ranges = append(ranges, le(m[0], m[1], m[2], m[3])...)
			}
			b.record(0xe5, len(s.merged), ranges)
		}
		b.record(0x0a)
	}
	return b.Bytes()
}

func (b *biffBook) cell(index map[string]int, r, c int, v any) {
	switch v := v.(type) {
	case string:
		if v != "" {
			b.record(0xfd, r, c, 0, uint32(index[v]))
		}
	case biffLabel:
		b.record(0x204, r, c, 0, len(utf16.Encode([]rune(v))), utf16le(string(v)))
	case int:
		b.record(0x27e, r, c, 0, uint32(v)<<2|2)
	case []int: // several cells beside each other, in hundredths
		data := le(r, c)
		for _, n := range v {
			data = append(data, le(0, uint32(n)<<2|3)...)
		}
		b.record(0xbd, data, c+len(v)-1)
	case float64:
		b.record(0x203, r, c, 0, math.Float64bits(v))
	case biffDay:
		b.record(0x203, r, c, 1, math.Float64bits(float64(v)))
	case biffPercent:
		b.record(0x203, r, c, 2, math.Float64bits(float64(v)))
	case biffFormula:
		b.record(0x06, r, c, 0, []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, 0, uint32(0), 0)
		b.record(0x207, len(utf16.Encode([]rune(v))), utf16le(string(v)))
	case bool:
		b.record(0x205, r, c, 0, byte(1), byte(0))
	case biffError:
		b.record(0x205, r, c, 0, byte(v), byte(1))
	}
}

// biff5 returns the stream of a workbook of Excel 5, whose strings are in the code page of its system.
func biff5(encode func(string) string, name string, rows [][]string) []byte {
	b := &biffBook{}
	b.record(0x0809, 0x0500, 0x0005, 0, 0)
	b.record(0x42, 936)
	b.record(0x85, uint32(0), byte(0), byte(0), byte(len(encode(name))), []byte(encode(name)))
	place := b.Len() - len(encode(name)) - 7
	b.record(0x0a)
	binary.LittleEndian.PutUint32(b.Bytes()[place:], uint32(b.Len()))
	b.record(0x0809, 0x0500, 0x0010, 0, 0)
	for r, row := range rows {
		for c, text := range row {
			b.record(0x204, r, c, 0, len(encode(text)), []byte(encode(text)))
		}
	}
	b.record(0x0a)
	return b.Bytes()
}

// ole puts one stream into a compound file, as Windows keeps workbooks and documents.
func ole(name string, stream []byte) []byte {
	const sector, end, fat, free = 512, 0xfffffffe, 0xfffffffd, 0xffffffff
	stream = append(bytes.Clone(stream), make([]byte, max(0, 4096-len(stream)))...) // shorter ones lie elsewhere
	stream = append(stream, make([]byte, -len(stream)&(sector-1))...)
	n := len(stream) / sector
	var table []byte // sector 0 is the table, 1 the directory, then comes the stream
	table = append(table, le(uint32(fat), uint32(end))...)
	for i := range n - 1 {
		table = append(table, le(uint32(i+3))...)
	}
	table = append(table, le(uint32(end))...)
	for len(table) < sector {
		table = append(table, le(uint32(free))...)
	}
	entry := func(name string, kind byte, child, first, size uint32) []byte {
		units := utf16.Encode([]rune(name))
		data := make([]byte, 128)
		copy(data, le(units))
		copy(data[64:], le(2*len(units)+2, kind, byte(1), uint32(free), uint32(free), child))
		copy(data[116:], le(first, size))
		return data
	}
	head := le([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 16), 0x3e, 3, 0xfffe, 9, 6, make([]byte, 6),
		uint32(0), uint32(1), uint32(1), uint32(0), uint32(4096), uint32(end), uint32(0), uint32(end), uint32(0), uint32(0))
	for len(head) < sector {
		head = append(head, 0xff)
	}
	directory := append(entry("Root Entry", 5, 1, end, 0), entry(name, 2, free, 2, uint32(len(stream)))...)
	directory = append(directory, make([]byte, sector-len(directory))...)
	return bytes.Join([][]byte{head, table, directory, stream}, nil)
}
