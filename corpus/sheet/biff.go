package sheet

import (
	"encoding/binary"
	"errors"
	"iter"

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
