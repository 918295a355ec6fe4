package market

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"duijie/corpus"
)

// A Type declares one sort of record: its struct T, words, states and rules. Routes, history, pages and files follow from
// it; who may do what stands in the table of rights, under Name.
type Type[T any] struct {
	Declared
	Head func(*T) Head
	// Check completes a record that is new or was changed, and says what is wrong that its Fields don't: without a Fix, the
	// field's hint is one. was is the zero T of a new record. Nil: nothing is wrong.
	Check func(is *T, was T) corpus.Faults
	// Hide takes out what is shown to nobody who may read the records of a scope, and returns the secrets among it, which
	// are shown once to who made them. Nil: all is shown.
	Hide func(v *T, scope Scope) (secrets []string)
	// Act does one of Acts.
	Act     func(v T, name string, now time.Time) (T, error)
	Example T // for the description of the API
}

// Declared is the part of a Type that doesn't depend on its struct.
type Declared struct {
	Name      string // of the record table, in paths and rights
	One, Many Words
	States    []Named // in the order of pages; that of a new record comes first
	// Moves says where a record can go from a state. One from which it can't go anywhere is final: nothing in such a record
	// changes any more.
	Moves  map[State][]State
	Fields []Field // that people write, in the order of forms and files
	// Derived follow from the others: they are shown beside Fields, and nobody writes them.
	Derived []Field
	// Due names the member that says until when a record in its first state is to be answered; "": none does.
	Due    string
	Acts   []Named // what can be done beside moves, under rights of these names
	Most   int     // that somebody has made and that are not final; 0: any number
	Secret bool    // a new record and its Acts give a secret, which is shown this once
	// Unique are the fields whose texts together, where all are set, no other record has. In files they stand for the id.
	Unique []string
	// Listed is where the rows of a file stand that have these and name no state, if who sends it may put them there; "": in
	// the first state.
	Listed State
}

// A State is how far a record has come.
type State string

// Words are a text in Chinese and English.
type Words [2]string

// In returns the text for a language: English for en, else Chinese.
func (w Words) In(lang string) string {
	if lang == "en" {
		return w[1]
	}
	return w[0]
}

// A Named is a value with what people call it.
type Named struct {
	Value string
	Words
}

// A Field is a member of a record's struct that people write. It is of a string type.
type Field struct {
	Name     string // in JSON
	Words    Words
	Also     []string         // other headers of its column in files
	Hint     Words            // what is right; also how to mend what is wrong
	Kind     corpus.Kind      // it is the id of a posting of this kind; "": a text
	Record   string           // it is the id of a record of this table; "": a text
	Codes    corpus.CodeTable // it is a code of this table; "": a text
	Required bool
	Limit    int     // characters; 0: 64
	Lines    int     // that a form gives it; 0: one, and it has no line breaks
	Day      bool    // it is a day: forms offer a calendar
	Choices  []Named // the only values; nil: any
	Fixed    bool    // of a new record only
	With     State   // it comes with a move to this state, and only then
	Closed   bool    // it is not for those who see a record as one of their territory (Local)
	// Sole returns, of the texts of a record, what on account of this field no other one has; "": others may be like it. A type
	// with such a field has no Unique.
	Sole func(text func(field string) string) string
	// Taken says what to do where another record has what Sole gives; "": go on with that one, which is one's own.
	Taken string
}

// Length returns how many characters the field holds at most.
func (f Field) Length() int { return cmp.Or(f.Limit, 64) }

// Head are the members that all records have.
type Head struct {
	ID               *string
	State            *State
	By               *string // who made it, as key:ID or account:ID
	Organisation     *string // id of the one that its maker belonged to at that time, whose members share it; "": it is the maker's alone
	Created, Updated *time.Time
}

// A Table is a Type for those who don't know its struct.
type Table interface {
	About() *Declared
	// Make returns a new record of fields' texts. Its error is corpus.Faults with one for each that is wrong.
	Make(values map[string]string, by string, now time.Time) (Row, error)
	Read(body []byte) (Row, error) // what was stored
	ExampleRow() Row
}

// A Row is a record of a Table. Its methods change nothing in it.
type Row interface {
	Head() Head
	Text(field string) string
	// Change returns the record with other texts in the fields that values name. Of a state, beside it what comes With it,
	// the record moves there. Errors are as of Make; a final record and a move that nobody may make have code Conflict.
	Change(values map[string]string, now time.Time) (Row, error)
	Act(name string, now time.Time) (Row, error)
	// With returns the record with another text in a field, which is not checked: an id that leads on, or "".
	With(field, id string) Row
	Whole() any // the struct
	// Shown returns the struct as those see it who may read the records of a scope, and its secrets.
	Shown(Scope) (v any, secrets []string)
}

// Tables are all sorts of records that are declared, in the order of pages.
var Tables = []Table{&LeadType, &ContractType, &BenefitType, &TargetType, &RewardType, &SubscriptionType, &OrganisationType,
	&ClaimType, &VisitType, &SheetType, &FilingType, &SubmissionType, &DeskType, &QuestionType, &PromiseType}

// TableOf returns the table with this name; nil where there is none.
func TableOf(name string) Table {
	if i := slices.IndexFunc(Tables, func(t Table) bool { return t.About().Name == name }); i >= 0 {
		return Tables[i]
	}
	return nil
}

// FieldOf returns the field with this name; nil where there is none.
func (d *Declared) FieldOf(name string) *Field {
	if i := slices.IndexFunc(d.Fields, func(f Field) bool { return f.Name == name }); i >= 0 {
		return &d.Fields[i]
	}
	return nil
}

// Key returns what no other record has: the texts of Unique; "" where one of them is empty or there are none.
func (d *Declared) Key(text func(field string) string) string {
	parts := make([]string, len(d.Unique))
	for i, f := range d.Unique {
		if parts[i] = text(f); parts[i] == "" {
			return ""
		}
	}
	return strings.Join(parts, " / ")
}

// KeyOf returns what no other record has beside r, "" where others may be like it, and the field that is at fault where one is.
func (d *Declared) KeyOf(r Row) (key, field string) {
	for _, f := range d.Fields {
		if f.Sole != nil {
			return f.Sole(r.Text), f.Name
		}
	}
	if n := len(d.Unique); n > 0 {
		field = d.Unique[n-1]
	}
	return d.Key(r.Text), field
}

// Reaches returns nil where a record can go from one state to another, and else the error that says why not.
func (d *Declared) Reaches(from, to State) error {
	if !slices.ContainsFunc(d.States, func(n Named) bool { return n.Value == string(to) }) {
		return invalid("state", "use one of "+d.stateNames(), "unknown state %q", to)
	}
	if !slices.Contains(d.Moves[from], to) {
		e := corpus.Errorf(corpus.Conflict, "a %s can't go from %s to %s", d.One[1], from, to)
		e.Field, e.Fix = "state", "it is final; make a new one"
		if next := d.Moves[from]; len(next) > 0 {
			e.Fix = "read it again; from here it goes to " + list(next)
		}
		return e
	}
	return nil
}

func (d *Declared) stateNames() string {
	names := make([]string, len(d.States))
	for i, s := range d.States {
		names[i] = s.Value
	}
	return strings.Join(names, ", ")
}

// About is part of Table.
func (t *Type[T]) About() *Declared { return &t.Declared }

// Make is part of Table.
func (t *Type[T]) Make(values map[string]string, by string, now time.Time) (Row, error) {
	v, err := t.New(values, by, now)
	return &row[T]{t, v}, err
}

// New is Make for those who know the struct.
func (t *Type[T]) New(values map[string]string, by string, now time.Time) (v T, err error) {
	var wrong corpus.Faults
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if f := t.FieldOf(name); f == nil || f.With != "" {
			wrong = append(wrong, invalid(name, "leave it out", "a new %s has no such field", t.One[1]))
		}
	}
	for _, f := range t.Fields {
		if f.With == "" {
			wrong = t.set(wrong, &v, f, values[f.Name])
		}
	}
	h := t.Head(&v)
	*h.ID, *h.By, *h.State = newID(now), by, State(t.States[0].Value)
	*h.Created = now.UTC().Truncate(time.Second)
	*h.Updated = *h.Created
	var none T
	return v, t.check(wrong, &v, none)
}

// Read is part of Table.
func (t *Type[T]) Read(body []byte) (Row, error) {
	r := &row[T]{t: t}
	if err := json.Unmarshal(body, &r.v); err != nil {
		return nil, fmt.Errorf("a record of %s: %w", t.Name, err)
	}
	return r, nil
}

// Row is a record of which the struct is known.
func (t *Type[T]) Row(v T) Row { return &row[T]{t, v} }

// ExampleRow is part of Table.
func (t *Type[T]) ExampleRow() Row { return &row[T]{t, t.Example} }

// Edit returns v with other texts in its fields, and in another state where values name one: Change for those who know the
// struct.
func (t *Type[T]) Edit(v T, values map[string]string, now time.Time) (T, error) {
	was, h := v, t.Head(&v)
	to, moves := values["state"]
	if moves {
		if err := t.Reaches(*h.State, State(to)); err != nil {
			return was, err
		}
		*h.State = State(to)
	} else if len(t.Moves[*h.State]) == 0 {
		e := corpus.Errorf(corpus.Conflict, "this %s is %s, which is final", t.One[1], *h.State)
		e.Fix = "make a new one"
		return was, e
	}
	var wrong corpus.Faults
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch f := t.FieldOf(name); {
		case name == "state":
		case f == nil:
			wrong = append(wrong, invalid(name, "leave it out", "a %s has no such field", t.One[1]))
		case f.Fixed:
			wrong = append(wrong, invalid(name, "leave it out, or make a new one", "it can't change"))
		case f.With != "" && (!moves || f.With != State(to)):
			wrong = append(wrong, invalid(name, "leave it out", "it comes with a move to %s only", f.With))
		default:
			wrong = t.set(wrong, &v, *f, values[name])
		}
	}
	for _, f := range t.Fields {
		if _, given := values[f.Name]; moves && f.With == State(to) && !given {
			wrong = t.set(wrong, &v, f, "")
		}
	}
	*h.Updated = now.UTC().Truncate(time.Second)
	if err := t.check(wrong, &v, was); err != nil {
		return was, err
	}
	return v, nil
}

// Move is Edit to another state that nothing comes with.
func (t *Type[T]) Move(v T, to State, now time.Time) (T, error) {
	return t.Edit(v, map[string]string{"state": string(to)}, now)
}

func (t *Type[T]) check(wrong corpus.Faults, is *T, was T) error {
	if len(wrong) == 0 && t.Check != nil {
		wrong = t.Check(is, was)
	}
	if len(wrong) == 0 {
		return nil
	}
	for _, e := range wrong {
		if f := t.FieldOf(e.Field); e.Fix == "" && f != nil {
			e.Fix = f.Hint[1]
		}
	}
	return wrong
}

// set puts a text into a field and adds what is wrong with it.
func (t *Type[T]) set(wrong corpus.Faults, v *T, f Field, text string) corpus.Faults {
	text = strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\r\n", "\n"))
	limit := f.Length()
	refuse := func(format string, args ...any) { wrong = append(wrong, invalid(f.Name, "", format, args...)) }
	switch n := utf8.RuneCountInString(text); {
	case text == "" && f.Required:
		refuse("it is missing")
	case n > limit:
		refuse("%d characters, more than the %d allowed", n, limit)
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && (r != '\n' && r != '\t' || f.Lines == 0) }):
		refuse("it holds control characters or line breaks")
	case text != "" && f.Choices != nil && !slices.ContainsFunc(f.Choices, func(n Named) bool { return n.Value == text }):
		refuse("%q is not known", text)
	}
	member(v, f.Name).SetString(text)
	return wrong
}

// wrong is what a Check says of a field.
func wrong(field, format string, args ...any) corpus.Faults {
	return corpus.Faults{invalid(field, "", format, args...)}
}

// member is the member of a struct with a JSON name. A declaration that names none is a fault of the program.
func member(v any, name string) reflect.Value {
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		if tag, _, _ := strings.Cut(s.Type().Field(i).Tag.Get("json"), ","); tag == name {
			return s.Field(i)
		}
	}
	panic(fmt.Sprintf("%T has no member %q", v, name))
}

// newID returns an id that sorts after those made earlier, to the millisecond.
func newID(now time.Time) string { return fmt.Sprintf("%012x%s", now.UnixMilli(), random(8)) }

func list[T ~string](values []T) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return strings.Join(names, ", ")
}

// row is the Row of a Type.
type row[T any] struct {
	t *Type[T]
	v T
}

func (r *row[T]) Head() Head { return r.t.Head(&r.v) }
func (r *row[T]) Whole() any { return r.v }

func (r *row[T]) Text(field string) string {
	m := member(&r.v, field)
	if said, ok := m.Interface().(fmt.Stringer); ok && m.Kind() == reflect.Struct {
		return said.String()
	}
	return m.String()
}

func (r *row[T]) Change(values map[string]string, now time.Time) (Row, error) {
	v, err := r.t.Edit(r.v, values, now)
	return &row[T]{r.t, v}, err
}

func (r *row[T]) Act(name string, now time.Time) (Row, error) {
	v, err := r.t.Act(r.v, name, now)
	return &row[T]{r.t, v}, err
}

func (r *row[T]) With(field, id string) Row {
	next := &row[T]{r.t, r.v}
	member(&next.v, field).SetString(id)
	return next
}

func (r *row[T]) Shown(scope Scope) (any, []string) {
	if r.t.Hide == nil {
		return r.v, nil
	}
	v := r.v
	secrets := r.t.Hide(&v, scope)
	return v, secrets
}
