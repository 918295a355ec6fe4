package market

import (
	"errors"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestTerritory(t *testing.T) {
	for _, test := range []struct{ role, texts, want string }{
		{"county", "150502", "150502"},
		{"county", "科尔沁区", "150502"},
		{"county", "1505", "150500"},
		{"county", "15", "150000"},
		{"county", "150502、150521|赤峰市", "150400 150502 150521"},
		{"county", "150502，通辽市", "150500"},
		{"county", "150502|150502", "150502"},
		{"county", "", "the role county sees a territory, which is missing"},
		{"county", " | ", "the role county sees a territory, which is missing"},
		{"county", "150502|火星", `"火星" is not known`},
		{"read", "", ""},
		{"read", "150502", "the role read has none"},
		{"admin", "150502", "the role admin has none"},
		{"county", strings.Repeat("150502、", 101), "101 codes, more than the 100 allowed"},
	} {
		got, err := ParseTerritory(Role(test.role), strings.Split(test.texts, "|"))
		said := strings.Join(got, " ")
		if err != nil {
			e, ok := errors.AsType[*corpus.Error](err)
			if !ok || e.Field != "territory" || e.Fix == "" {
				t.Fatalf("%s %q: %#v", test.role, test.texts, err)
			}
			said = e.Message
		}
		if said != test.want {
			t.Errorf("%s %q: %s; want %s", test.role, test.texts, said, test.want)
		}
	}
}

func TestGoverns(t *testing.T) {
	for _, test := range []struct {
		territory, region string
		want              bool
	}{
		{"150502", "150502", true},
		{"150500", "150502", true},
		{"150000", "150502", true},
		{"150500", "150571", true}, // a zone
		{"110000", "110105", true},
		{"150400 150502", "150502", true},
		{"150502", "150521", false},
		{"150502", "150500", false}, // what is said of the city is not said of the district
		{"150500", "150402", false},
		{"150500", "", false},
		{"", "150502", false},
	} {
		if got := Governs(strings.Split(test.territory, " "), test.region); got != test.want {
			t.Errorf("%s in %s: %v", test.region, test.territory, got)
		}
	}
}

// Nobody changes by the territory: what makes a move asks whether it is on what is one's own, or all.
func TestTheTerritoryIsForReading(t *testing.T) {
	for _, c := range Rights {
		if c.Scope == Local && (c.Role != County || c.Move != "list" && c.Move != "read") {
			t.Errorf("%s %s of %s is local", c.Move, c.Record, c.Role)
		}
	}
	for _, d := range Tables {
		if name := d.About().Name; Allowed(County, name, "list") != Allowed(County, name, "read") {
			t.Errorf("a county lists other %s than it reads", name)
		}
	}
}

// A county moves and makes nothing but what is its own alone.
func TestCountiesOnlyRead(t *testing.T) {
	own := map[string]bool{Subscriptions: true, "preferences": true, "accounts": true, "sessions": true}
	for _, c := range Rights {
		if c.Role == County && c.Scope != None && !own[c.Record] {
			switch c.Move {
			case "list", "read", "match", "coach", "match_batch", "export", "changes":
			default:
				t.Errorf("a county may %s %s", c.Move, c.Record)
			}
		}
	}
}
