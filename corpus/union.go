package corpus

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// contents are the fields of a Doc that say something of the posting: those that a level can close, but for where the
// row came from. Extra and Disclosure have their own rules.
var contents = sync.OnceValue(func() (fields []content) {
	t := reflect.TypeFor[Doc]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if _, ok := clearers[name]; ok && name != "source" && name != "source_id" && name != "gone" {
			fields = append(fields, content{i, name})
		}
	}
	return fields
})

type content struct {
	index int
	name  string // in JSON
}

func (c content) of(d *Doc) reflect.Value { return reflect.ValueOf(d).Elem().Field(c.index) }

// ownDates are fields that say how one posting stands; of two only d's do.
var ownDates = words("valid_until published confirmed licensed withdrawn from until")

// Unite returns d with what it lacks and other has: fields that are empty, entries of lists, unknown columns. What both
// have with different words stays d's, and so do its dates, but for unknown columns, whose second text gets a column 名称_2. Where other says
// something, the stricter level of both holds. What is beyond the limits of a document is left out. d and other share
// nothing with the result.
func (d Doc) Unite(other Doc) Doc {
	out := d
	out.Disclosure = maps.Clone(d.Disclosure)
	for _, f := range contents() {
		mine, theirs := f.of(&out), f.of(&other)
		if theirs.IsZero() || theirs.Kind() == reflect.Slice && theirs.Len() == 0 {
			continue
		}
		if ownDates[f.name] {
			continue
		}
		switch {
		case f.name == "links":
			out.Links = uniteLinks(out, other)
		case f.name == "ip":
			out.Rights = uniteLists(out.Rights, other.Rights, func(a, b Right) bool {
				key := PatentKey(a.Number)
				return a == b || key != "" && key == PatentKey(b.Number)
			})
		case mine.Kind() == reflect.Slice:
			mine.Set(uniteSlices(mine, theirs))
		case mine.IsZero():
			mine.Set(theirs)
		}
		out.close(f.name, other.LevelOf(f.name))
	}
	out.Extra = maps.Clone(d.Extra)
	for _, k := range slices.Sorted(maps.Keys(other.Extra)) {
		if name := out.addExtra(k, other.Extra[k]); name != "" {
			out.close("extra."+name, other.LevelOf("extra."+k))
		}
	}
	return out
}

// close sets a field's level where that is stricter.
func (d *Doc) close(field string, l Level) {
	if d.LevelOf(field).Opens(l) {
		return
	}
	if d.Disclosure == nil {
		d.Disclosure = map[string]Level{}
	}
	d.Disclosure[field] = l
}

// addExtra keeps a text under a column's name, or that with a number where another text has it, and returns the name; ""
// where there is no room.
func (d *Doc) addExtra(column, text string) string {
	name := column
	for n := 2; d.Extra[name] != "" && d.Extra[name] != text; n++ {
		name = fmt.Sprintf("%s_%d", column, n)
	}
	if d.Extra[name] == text {
		return name
	}
	if len(d.Extra) >= MaxExtra || extraSize(d.Extra)+len(name)+len(text) > MaxExtraBytes {
		return ""
	}
	if d.Extra == nil {
		d.Extra = map[string]string{}
	}
	d.Extra[name] = text
	return name
}

// uniteLinks leaves out what would point to the document itself.
func uniteLinks(d, other Doc) []Link {
	links := uniteLists(d.Links, other.Links, func(a, b Link) bool { return a == b })
	return slices.DeleteFunc(links, func(l Link) bool { return l.Kind == d.Kind && (l.ID == d.ID || l.ID == other.ID) })
}

func uniteLists[T any](mine, theirs []T, same func(a, b T) bool) []T {
	out := slices.Clone(mine)
	for _, v := range theirs {
		if len(out) < MaxList && !slices.ContainsFunc(out, func(have T) bool { return same(have, v) }) {
			out = append(out, v)
		}
	}
	return out
}

func uniteSlices(mine, theirs reflect.Value) reflect.Value {
	out := reflect.AppendSlice(reflect.Zero(mine.Type()), mine)
	for i := range theirs.Len() {
		known := false
		for j := range out.Len() {
			known = known || same(out.Index(j), theirs.Index(i))
		}
		if !known && out.Len() < MaxList {
			out = reflect.Append(out, theirs.Index(i))
		}
	}
	return out
}

// rebase returns edited as it would be had it begun as onto and not as base: what an edit changed stays, the rest is
// onto's. kept names the fields in which an edit stands where base and onto differ. Identity, version and times are
// edited's.
func rebase(base, edited, onto Doc) (out Doc, kept []string) {
	out = edited
	for _, f := range contents() {
		b, e, o := f.of(&base), f.of(&edited), f.of(&onto)
		switch {
		case same(b, o):
		case same(b, e):
			f.of(&out).Set(o)
		case !same(e, o):
			kept = append(kept, f.name)
		}
	}
	var names []string
	out.Extra, names = rebaseMap(base.Extra, edited.Extra, onto.Extra)
	for _, name := range names {
		kept = append(kept, "extra."+name)
	}
	if out.Disclosure, names = rebaseMap(base.Disclosure, edited.Disclosure, onto.Disclosure); len(names) > 0 {
		kept = append(kept, "disclosure")
	}
	return out, kept
}

// same takes an empty list for none.
func same(a, b reflect.Value) bool {
	return a.Kind() == reflect.Slice && a.Len()+b.Len() == 0 || reflect.DeepEqual(a.Interface(), b.Interface())
}

func rebaseMap[V ~string](base, edited, onto map[string]V) (out map[string]V, kept []string) {
	out = maps.Clone(edited)
	if out == nil {
		out = map[string]V{}
	}
	names := maps.Clone(base)
	if names == nil {
		names = map[string]V{}
	}
	maps.Copy(names, onto)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		switch b, e, o := base[name], edited[name], onto[name]; {
		case b == o:
		case b == e && o == "":
			delete(out, name)
		case b == e:
			out[name] = o
		case e != o:
			kept = append(kept, name)
		}
	}
	if len(out) == 0 {
		return nil, kept
	}
	return out, kept
}

// Filled is how many fields and unknown columns of d say something.
func (d *Doc) Filled() int {
	n := len(d.Extra)
	for _, f := range contents() {
		if v := f.of(d); !v.IsZero() {
			n++
		}
	}
	return n
}
