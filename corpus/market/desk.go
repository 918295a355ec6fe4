package market

import (
	"slices"
	"strings"
	"time"

	"duijie/corpus"
)

// Desks is the record table of what brokers set for their desks.
const Desks = "desks"

// States of a desk.
const (
	Present State = "present" // its broker takes leads
	Away    State = "away"    // nothing is handed over to its broker
)

// A DeskSetting says which leads a broker's desk shows. Who has set nothing is shown all.
type DeskSetting struct {
	ID           string    `json:"id"`
	Fields       string    `json:"fields,omitempty" doc:"codes of GB/T 4754-2017 with 、 between, C、2614; a code holds those below it; none: all"`
	Regions      string    `json:"regions,omitempty" doc:"codes of GB/T 2260 with 、 between; a code holds those below it; none: all"`
	State        State     `json:"state" enum:"present,away"`
	By           string    `json:"by" doc:"whose desk it is, as key:ID or account:ID; there is one of each"`
	Organisation string    `json:"organisation,omitempty" doc:"none: a desk is its broker's alone"`
	Created      time.Time `json:"created"`
	Updated      time.Time `json:"updated"`
}

// DeskType declares the settings of desks.
var DeskType = Type[DeskSetting]{
	Declared: Declared{
		Name: Desks, One: Words{"工作台设置", "desk"}, Many: Words{"工作台设置", "Desks"},
		States: []Named{{string(Present), Words{"在岗", "Present"}}, {string(Away), Words{"休假", "Away"}}},
		Moves:  map[State][]State{Present: {Away}, Away: {Present}},
		Fields: []Field{
			{Name: "fields", Limit: 200, Sole: func(text func(string) string) string { return text("by") }, Words: Words{"负责的行业", "Fields"},
				Hint: Words{"GB/T 4754-2017 的代码或名称，用顿号隔开；空着是全部。", "use codes or names of GB/T 4754-2017: C、2614"}},
			{Name: "regions", Limit: 200, Words: Words{"负责的地区", "Regions"}, Hint: Words{"行政区划的代码或名称，用顿号隔开；空着是全部。", "use codes or names of GB/T 2260: 150500、150400"}},
		},
	},
	Check: checkDesk,
	Head: func(d *DeskSetting) Head {
		return Head{&d.ID, &d.State, &d.By, &d.Organisation, &d.Created, &d.Updated}
	},
	Example: DeskSetting{ID: "019ac2f1b3e0q7Rk2ZpX", Fields: "C", Regions: "150500", State: Present, By: "account:3f9a0c11d2e4",
		Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

const codeSeparator = "、"

func checkDesk(d *DeskSetting, _ DeskSetting) (wrong corpus.Faults) {
	codes, unknown := corpus.ParseField(d.Fields)
	if len(unknown) > 0 {
		wrong = append(wrong, invalid("fields", "", "%q is not known", unknown[0]))
	}
	var regions []string
	for name := range strings.FieldsFuncSeq(d.Regions, func(r rune) bool { return strings.ContainsRune("、,，;； ", r) }) {
		code, err := corpus.ParseRegion(name)
		if err != nil {
			wrong = append(wrong, invalid("regions", "", "%q is not known", name))
			continue
		}
		regions = append(regions, code)
	}
	d.Fields, d.Regions = strings.Join(codes, codeSeparator), strings.Join(regions, codeSeparator)
	return wrong
}

// FieldCodes are the codes of Fields.
func (d DeskSetting) FieldCodes() []string { return codesIn(d.Fields) }

// RegionCodes are the codes of Regions.
func (d DeskSetting) RegionCodes() []string { return codesIn(d.Regions) }

func codesIn(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return string(r) == codeSeparator })
}

// Covers reports whether a posting is one for the desk: what says nothing of its field or region is one for all.
func (d DeskSetting) Covers(fields []string, region string) bool {
	return among(d.FieldCodes(), fields, func(code, have string) bool { return corpus.CommonField(code, have) == code }) &&
		among(d.RegionCodes(), []string{region}, func(code, have string) bool { return corpus.CommonRegion(code, have) == code })
}

// among reports whether one of the codes holds one of those that a posting has, or either says nothing.
func among(codes, have []string, holds func(code, have string) bool) bool {
	said := false
	for _, h := range have {
		if h != "" && slices.ContainsFunc(codes, func(code string) bool { return holds(code, h) }) {
			return true
		}
		said = said || h != ""
	}
	return len(codes) == 0 || !said
}
