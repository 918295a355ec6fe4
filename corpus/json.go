package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// jsonList finds where the list begins in the answer of a JSON API: an array of objects, at the top or under one of the names
// that such answers use.
var jsonList = regexp.MustCompile(`^\s*(?:\[|\{[^\[]*?"(?:items|data|list|rows|records|results?|content|entries|page)"\s*:\s*(?:\{[^\[]*?"(?:items|data|list|rows|records|results?|content|entries)"\s*:\s*)?\[)\s*(?:\{|\])`)

// jsonArray is how an array of objects, also an empty one, begins.
var jsonArray = regexp.MustCompile(`^\s*\[\s*(?:\{|\]\s*$)`)

// deepest is how many levels of objects become headers: holder.unit.name.
const deepest = 3

// readJSON reads the objects of the array that begins at a place of a decoded text. Unless it is the whole, it may be the
// first page of more, so that what it lacks may still be there. An object may have maxRow bytes.
func (t *tableReader) readJSON(r io.Reader, begins int, whole bool) error {
	if err := t.checkMap(nil); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, r, int64(begins)); err != nil {
		return readError(err)
	}
	part := &io.LimitedReader{R: r, N: maxRow}
	d := json.NewDecoder(part)
	if _, err := d.Token(); err != nil {
		return readError(err)
	}
	for n := 1; ; n++ {
		part.N = maxRow
		if !d.More() {
			if n == 1 {
				return &Error{Code: Invalid, Message: "JSON 里没有条目", Fix: "检查地址"}
			}
			return nil
		}
		var raw json.RawMessage
		var object []byte
		err := d.Decode(&raw)
		if err == nil {
			object, err = flat(raw)
		}
		if err != nil {
			return &Error{Code: Invalid, Message: fmt.Sprintf("JSON 在第 %d 条处读不下去", n), Fix: "检查文件是否完整", Err: err}
		}
		row := Row{File: t.file, Line: n, newest: !whole}
		t.object(&row, string(object))
		if !t.yield(row, nil) {
			return errStopped
		}
	}
}

// flat is a JSON object whose members are no objects: those of one in it have its name and a dot before theirs.
func flat(object []byte) ([]byte, error) {
	out := []byte{'{'}
	var add func(prefix string, object []byte, depth int) error
	add = func(prefix string, object []byte, depth int) error {
		keys, values, compound, err := readObject(string(object))
		for i, key := range keys {
			value := values[i]
			switch {
			case compound[i] && value[0] == '{' && depth < deepest:
				if err := add(prefix+key+".", []byte(value), depth+1); err != nil {
					return err
				}
				continue
			case !compound[i]:
				text, err := json.Marshal(value)
				if err != nil {
					return err
				}
				value = string(text)
			}
			name, err := json.Marshal(prefix + key)
			if err != nil {
				return err
			}
			if len(out) > 1 {
				out = append(out, ',')
			}
			out = append(append(append(out, name...), ':'), value...)
		}
		return err
	}
	err := add("", object, 1)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return append(out, '}'), err
}
