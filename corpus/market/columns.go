package market

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duijie/corpus"
)

// Maps is the record table of saved maps.
const Maps = "maps"

// A Map says which columns of somebody's tables go into which fields. One with the name of a source serves all imports
// from it.
type Map struct {
	Name    string            `json:"name"`
	Columns map[string]string `json:"columns" doc:"header to field; -: the column is left out"`
	By      string            `json:"by" doc:"who saved it, as key:ID"`
	Saved   time.Time         `json:"saved"`
}

const (
	maxMapName    = 64 // characters, as of a source
	maxMapColumns = 200
)

// MakeMap checks a map. An error has code Invalid and names the field.
func MakeMap(name string, columns map[string]string, by string, now time.Time) (Map, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n == 0 || n > maxMapName || strings.ContainsFunc(name, func(r rune) bool { return r == '/' || unicode.IsControl(r) }) {
		return Map{}, invalid("name", "use 1 to 64 characters without a slash", "%q is no name of a map", name)
	}
	if len(columns) == 0 || len(columns) > maxMapColumns {
		return Map{}, invalid("map", "say HEADER=FIELD for 1 to 200 columns", "there are %d columns", len(columns))
	}
	if err := corpus.CheckMap(columns); err != nil {
		return Map{}, err
	}
	m := Map{Name: name, Columns: make(map[string]string, len(columns)), By: by, Saved: now.UTC().Truncate(time.Second)}
	for header, field := range columns {
		if field == "" {
			field = "-"
		}
		m.Columns[header] = field
	}
	return m, nil
}
