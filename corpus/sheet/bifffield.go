package sheet

import (
	"encoding/binary"
	"unicode/utf16"
)

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
