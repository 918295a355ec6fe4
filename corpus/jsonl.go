package corpus

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// readJSONL reads one object a line.
func (t *tableReader) readJSONL(r *bufio.Reader) error {
	if err := t.checkMap(nil); err != nil {
		return err
	}
	t.sampledObjects(r)
	l := lines{r: r}
	for {
		line, cut, err := l.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		row := Row{File: t.file, Line: l.n, Header: []string{rawHeader}, Cells: []string{line}}
		if cut {
			row.Cells, row.Problems = []string{""}, []*Error{tooLong()}
		} else {
			t.object(&row, line)
		}
		if !t.yield(row, nil) {
			return errStopped
		}
	}
}

// object fills row from a JSON object whose keys are headers.
func (t *tableReader) object(row *Row, line string) {
	keys, values, compound, err := readObject(line)
	if err != nil {
		row.Problems = append(row.Problems, &Error{Code: Invalid, Field: rawHeader, Message: "不是完整的 JSON 对象：" + err.Error(),
			Fix: `每行一个对象，如 {"id":"1","title":"…","text":"…"}`})
		return
	}
	row.Header, row.Cells, row.lossy = keys, values, nil
	id := strings.Join(keys, "\x00")
	h, ok := t.headers[id]
	if !ok {
		h = t.header(keys)
		if t.headers == nil || len(t.headers) > 1000 { // objects with ever new keys
			t.headers = map[string]*header{}
		}
		t.headers[id] = h
	}
	t.fill(row, h, compound)
}

// readObject returns keys and values in their order: strings as they are, arrays and objects as JSON (compound), null
// as "".
func readObject(line string) (keys, values []string, compound []bool, err error) {
	if keys, values, ok := readStrings(line); ok {
		return keys, values, make([]bool, len(keys)), nil
	}
	d := json.NewDecoder(strings.NewReader(line))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, nil, nil, errors.Join(err, errors.New("没有以 { 开头"))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, nil, nil, err
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, nil, nil, err
		}
		raw = bytes.TrimSpace(raw)
		value := string(raw)
		switch raw[0] {
		case '"':
			if err := json.Unmarshal(raw, &value); err != nil {
				return nil, nil, nil, err
			}
		case 'n':
			value = ""
		}
		keys, values = append(keys, key.(string)), append(values, value)
		compound = append(compound, raw[0] == '[' || raw[0] == '{')
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, nil, errors.New("对象后面还有内容")
	}
	return keys, values, compound, nil
}

// readStrings is readObject for the common case, an object of nothing but strings. It is not ok for others, and for what
// is no JSON.
func readStrings(line string) (keys, values []string, ok bool) {
	if !utf8.ValidString(line) {
		return nil, nil, false
	}
	rest, ok := strings.CutPrefix(line, "{")
	for ok {
		var key, value string
		if key, rest, ok = cutString(blankless(rest)); !ok {
			break
		}
		if rest, ok = strings.CutPrefix(blankless(rest), ":"); !ok {
			break
		}
		if value, rest, ok = cutString(blankless(rest)); !ok {
			break
		}
		keys, values = append(keys, key), append(values, value)
		rest = blankless(rest)
		if rest == "}" {
			return keys, values, true
		}
		rest, ok = strings.CutPrefix(rest, ",")
	}
	return nil, nil, false
}

// blankless is s without the blanks of JSON at its beginning.
func blankless(s string) string { return strings.TrimLeft(s, " \t\r\n") }

// cutString cuts a JSON string off the beginning of s.
func cutString(s string) (text, rest string, ok bool) {
	if s == "" || s[0] != '"' {
		return "", s, false
	}
	escaped := false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			escaped = true
			i++
		case c < ' ':
			return "", s, false
		case c == '"' && escaped:
			err := json.Unmarshal([]byte(s[:i+1]), &text)
			return text, s[i+1:], err == nil
		case c == '"':
			return s[1:i], s[i+1:], true
		}
	}
	return "", s, false
}
