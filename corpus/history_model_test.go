package corpus

import (
	"fmt"
	"slices"
	"strings"
)

// The naive model of a store of needs: a document is the layers of what people and imports wrote, and a layer is the list
// of what was done in it. A merge is done in the top layer, whoever wrote that; an undo takes the layer of its import off
// where that is on top.
type model map[string]*modelDoc

type modelDoc struct {
	layers []layer // the first: it is not there
	into   string
}

type layer struct {
	by  string // an import; "": a person
	log []step // nil: it is not there
}

// A step is a merge, or an edit of a field.
type step struct {
	field, value string
	merged       string
	was          Doc
}

func (s step) do(d Doc) Doc {
	switch s.field {
	case "":
		return d.Unite(s.was)
	case "keywords":
		d.Keywords = strings.Fields(s.value)
	default:
		*modelFields[s.field](&d) = s.value
	}
	return d
}

var modelFields = map[string]func(*Doc) *string{"title": func(d *Doc) *string { return &d.Title }, "text": func(d *Doc) *string { return &d.Text },
	"goal": func(d *Doc) *string { return &d.Goal }, "org": func(d *Doc) *string { return &d.Org }}

// edits are the steps from a document to another.
func edits(from, to Doc) (steps []step) {
	for _, name := range []string{"title", "text", "goal", "org"} {
		if v := *modelFields[name](&to); v != *modelFields[name](&from) {
			steps = append(steps, step{field: name, value: v})
		}
	}
	if !slices.Equal(from.Keywords, to.Keywords) {
		steps = append(steps, step{field: "keywords", value: strings.Join(to.Keywords, " ")})
	}
	return steps
}

func replay(id string, log []step) Doc {
	d := Doc{Kind: Need, ID: id}
	for _, s := range log {
		d = s.do(d)
	}
	return d
}

// shorten leaves of the edits between two merges what they come to.
func shorten(id string, log []step) (short []step) {
	d := Doc{Kind: Need, ID: id}
	merged := d
	for _, s := range log {
		if s.field == "" {
			short = append(append(short, edits(merged, d)...), s)
		}
		d = s.do(d)
		if s.field == "" {
			merged = d
		}
	}
	return append(short, edits(merged, d)...)
}

// apart tells the merges in a log from the edits.
func apart(log []step) (merges, edits []step) {
	for _, s := range log {
		if s.field == "" {
			merges = append(merges, s)
		} else {
			edits = append(edits, s)
		}
	}
	return merges, edits
}

func (m model) top(id string) *layer { return &m[id].layers[len(m[id].layers)-1] }

func (m model) live(id string) bool { return m[id].into == "" && m.top(id).log != nil }

func (m model) doc(id string) Doc { return replay(id, m.top(id).log) }

func (m model) end(id string) string {
	for m[id].into != "" {
		id = m[id].into
	}
	return id
}

// survivor reports whether others lead to id itself.
func (m model) survivor(id string) bool {
	for _, one := range m {
		if one.into == id {
			return true
		}
	}
	return false
}

// write is a person's. What was merged into d stays in it, but for what the person changed.
func (m model) write(d Doc) {
	if m[d.ID].into == "" {
		m.push(d.ID, layer{"", shorten(d.ID, append(slices.Clone(m.top(d.ID).log), edits(m.doc(d.ID), d)...))})
	}
}

// row is that of an import: what was merged into d is merged into the row again.
func (m model) row(name string, d Doc) {
	if m[d.ID].into != "" {
		return
	}
	top := m.top(d.ID)
	merges, own := apart(top.log)
	next := layer{name, append(edits(Doc{}, d), merges...)}
	switch {
	case top.log != nil && gist(replay(d.ID, next.log)) == gist(m.doc(d.ID)):
	case top.by == name:
		*top = next
	default:
		if top.log != nil {
			top.log = edits(Doc{}, replay(d.ID, own)) // which is all that an undo puts back
		}
		m.push(d.ID, next)
	}
}

func (m model) push(id string, l layer) {
	if m.live(id) && gist(replay(id, l.log)) == gist(m.doc(id)) && l.log != nil {
		return
	}
	m[id].layers = append(m[id].layers, l)
}

// undo returns what stays as it is.
func (m model) undo(name string, leads map[Link]string) map[string]KeptReason {
	kept := map[string]KeptReason{}
	for id, one := range m {
		at := slices.IndexFunc(one.layers, func(l layer) bool { return l.by == name })
		if at < 0 {
			continue
		}
		now, made := m.top(id), one.layers[at-1].log == nil
		switch {
		case one.into != "":
			kept[id] = KeptInto
		case now.log != nil && m.survivor(id):
			kept[id] = KeptMerged
		case now.by == name && made && leads[Link{Kind: Need, ID: id}] != "":
			kept[id] = KeptLead
		case now.by == name:
			one.layers = one.layers[:at]
		case made && now.log == nil:
			one.layers[at].by = "" // nothing is left to undo
		case now.log == nil:
			kept[id] = KeptDeleted
		case now.by != "":
			kept[id] = KeptImported
		default:
			kept[id] = KeptEdited
		}
	}
	return kept
}

// gist is what the model's fields of a document say.
func gist(d Doc) string {
	return fmt.Sprintf("%s|%s|%s|%s|%s", d.Title, d.Text, d.Goal, d.Org, d.Keywords)
}
