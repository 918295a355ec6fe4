package market

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"duijie/corpus"
)

// What a declaration names must be there, in both languages, and have a right.
func TestDeclarationsAreComplete(t *testing.T) {
	known := map[string]bool{}
	for _, r := range Rights {
		known[r.Record+" "+r.Move] = true
	}
	for _, table := range Tables {
		d := table.About()
		said := map[string]Words{"one": d.One, "many": d.Many}
		states := map[State]bool{}
		for _, n := range append(slices.Clone(d.States), d.Acts...) {
			said[n.Value] = n.Words
		}
		for _, n := range d.States {
			states[State(n.Value)] = true
		}
		for _, f := range d.Fields {
			said[f.Name], said[f.Name+" hint"] = f.Words, f.Hint
			for _, c := range f.Choices {
				said[f.Name+" "+c.Value] = c.Words
			}
			table.ExampleRow().Text(f.Name) // panics where the struct has no such member
			if f.Record != "" && TableOf(f.Record) == nil {
				t.Errorf("%s: %s is the id of an unknown record", d.Name, f.Name)
			}
			if f.With != "" && !states[f.With] {
				t.Errorf("%s: %s comes with the unknown state %s", d.Name, f.Name, f.With)
			}
		}
		for _, name := range d.Unique {
			if d.FieldOf(name) == nil {
				t.Errorf("%s: no field %s is unique", d.Name, name)
			}
		}
		for _, f := range d.Derived {
			said[f.Name] = f.Words
			table.ExampleRow().Text(f.Name)
		}
		if d.Due != "" {
			table.ExampleRow().Text(d.Due)
		}
		for what, words := range said {
			if words[0] == "" || words[1] == "" {
				t.Errorf("%s: %s has no words", d.Name, what)
			}
		}
		moves := []string{"list", "read", "create"}
		for from, next := range d.Moves {
			for _, to := range next {
				if moves = append(moves, string(to)); !states[from] || !states[to] {
					t.Errorf("%s: a move from %s to %s", d.Name, from, to)
				}
			}
		}
		for _, a := range d.Acts {
			moves = append(moves, a.Value)
		}
		for _, m := range moves {
			if !known[d.Name+" "+m] {
				t.Errorf("the table of rights lacks %s %s", d.Name, m)
			}
		}
		h := table.ExampleRow().Head()
		if *h.ID == "" || *h.By == "" || !states[*h.State] || h.Created.IsZero() || h.Updated.IsZero() {
			t.Errorf("%s: an incomplete example", d.Name)
		}
	}
}

// All moves from each state, with what comes with them; all others are refused.
func TestEachRecordMovesAsDeclared(t *testing.T) {
	for _, test := range []struct{ table, moves string }{
		{Leads, "new>talking new>declined talking>agreed talking>declined agreed>contracted agreed>declined"},
		{Contracts, "signed>registered signed>void registered>performed registered>void performed>void"},
		{Benefits, "reported>confirmed reported>returned returned>reported confirmed>returned"},
		{Subscriptions, "active>paused active>ended paused>active paused>ended"},
		{Claims, "held>released held>lapsed"},
		{Visits, "todo>done done>todo"},
		{Sheets, "draft>sent draft>ended sent>opened sent>answered sent>ended opened>answered opened>ended"},
		{Filings, "filed>ended"},
		{Submissions, "draft>first draft>withdrawn first>second first>published first>returned first>draft first>withdrawn second>third second>published second>returned second>draft second>withdrawn third>published third>returned third>draft third>withdrawn published>draft published>withdrawn returned>first returned>draft returned>withdrawn withdrawn>draft"},
		{Desks, "present>away away>present"},
		{Promises, "made>ended"},
		{Organisations, "applied>verified applied>refused refused>applied verified>suspended suspended>verified"},
	} {
		table := Tables[slices.IndexFunc(Tables, func(x Table) bool { return x.About().Name == test.table })]
		d := table.About()
		for _, from := range d.States {
			for _, to := range append(slices.Clone(d.States), Named{Value: "lost"}) {
				r := inState(t, table, State(from.Value))
				if test.table == Sheets { // it is sent by its link
					r = r.With("link", "x")
				}
				values := map[string]string{"state": to.Value}
				for _, f := range d.Fields {
					if f.With == State(to.Value) {
						values[f.Name] = "x"
						if f.Choices != nil {
							values[f.Name] = f.Choices[0].Value
						}
					}
				}
				want := corpus.Conflict
				switch {
				case to.Value == "lost":
					want = corpus.Invalid
				case slices.Contains(strings.Fields(test.moves), from.Value+">"+to.Value):
					want = ""
				}
				got, err := r.Change(values, now.Add(time.Hour))
				h := got.Head()
				if want == "" && (err != nil || *h.State != State(to.Value) || !h.Updated.Equal(now.Add(time.Hour)) || !h.Created.Equal(*r.Head().Created)) {
					t.Errorf("%s from %s to %s: %+v, %v", test.table, from.Value, to.Value, got.Whole(), err)
				}
				if want != "" && (err == nil || corpus.CodeOf(err) != want || !reflect.DeepEqual(got.Whole(), r.Whole())) {
					t.Errorf("%s from %s to %s: %+v, %v; want %s and no change", test.table, from.Value, to.Value, got.Whole(), err, want)
				}
			}
		}
	}
}

// inState is the example in a state.
func inState(t *testing.T, table Table, s State) Row {
	t.Helper()
	body, err := json.Marshal(table.ExampleRow().Whole())
	if err != nil {
		t.Fatal(err)
	}
	r, err := table.Read(body)
	if err != nil {
		t.Fatal(err)
	}
	*r.Head().State = s
	return r
}

func TestWhatPeopleWriteIsChecked(t *testing.T) {
	good := map[string]string{"need": "n1", "achievement": "a1"}
	with := func(name, text string) map[string]string {
		m := maps.Clone(good)
		m[name] = text
		return m
	}
	for _, c := range []struct {
		values map[string]string
		wrong  string // fields
	}{
		{good, ""},
		{with("message", " 想了解\r\n中试数据 "), ""},
		{with("message", strings.Repeat("长", 2000)), ""},
		{with("message", strings.Repeat("长", 2001)), "message"},
		{with("message", "a\x00b"), "message"},
		{with("need", "n\n1"), "need"},
		{with("need", " "), "need"},
		{with("need", strings.Repeat("n", 65)), "need"},
		{with("state", "talking"), "state"},
		{with("reason", "too_early"), "reason"},
		{with("price", "1"), "price"},
		{map[string]string{"message": strings.Repeat("长", 2001)}, "message"},
		{nil, "need achievement"},
	} {
		r, err := LeadType.Make(c.values, "key:1", now)
		var fields []string
		if f, ok := err.(corpus.Faults); ok {
			for _, e := range f {
				if fields = append(fields, e.Field); e.Fix == "" || e.Code != corpus.Invalid {
					t.Errorf("%v: %v says not how to mend it", c.values, e)
				}
			}
		}
		if got := strings.Join(fields, " "); got != c.wrong || c.wrong == "" && err != nil {
			t.Errorf("%.60v: %v, want %q wrong", c.values, err, c.wrong)
		}
		if l, ok := r.Whole().(Lead); err == nil && (!ok || l.State != New || l.By != "key:1" || strings.Contains(l.Message, "\r") || strings.HasPrefix(l.Message, " ") || !l.Created.Equal(now)) {
			t.Errorf("made %+v", r.Whole())
		}
	}
	first, err := LeadType.New(good, "key:1", now)
	if err != nil {
		t.Fatal(err)
	}
	later, err := LeadType.New(good, "key:1", now.Add(time.Millisecond))
	if err != nil || later.ID <= first.ID {
		t.Errorf("the later id %q does not sort after %q (%v)", later.ID, first.ID, err)
	}
	for _, c := range []struct {
		state State
		name  string
		want  corpus.Code
	}{{New, "need", corpus.Invalid}, {New, "price", corpus.Invalid}, {Declined, "message", corpus.Conflict}} {
		first.State = c.state
		if l, err := LeadType.Edit(first, map[string]string{c.name: "x"}, now); corpus.CodeOf(err) != c.want || l != first {
			t.Errorf("%s of a lead that is %s: %v, want %s", c.name, c.state, err, c.want)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	s, err := SubscriptionType.Make(map[string]string{"need": "n1", "webhook": "https://a.example/"}, "key:1", now)
	if err != nil {
		t.Fatal(err)
	}
	shown, secrets := s.Shown(Own)
	whole := s.Whole().(Subscription).Secrets
	if len(shown.(Subscription).Secrets) != 0 || len(secrets) != 1 || len(whole) != 1 || whole[0].Secret != secrets[0] {
		t.Errorf("shown %+v, secrets %d", shown, len(secrets))
	}
	rotated, err := s.Act("rotate", now)
	if err != nil || len(rotated.Whole().(Subscription).Secrets) != 2 {
		t.Errorf("rotated: %v", err)
	}
}
