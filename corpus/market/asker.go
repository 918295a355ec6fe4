package market

import "strings"

// An Asker is who opened a lead, as those know it who read the lead. It is worked out when the lead is read, and not stored.
type Asker struct {
	Name         string `json:"name,omitempty" doc:"of the account or the key; none of a visitor"`
	Organisation string `json:"organisation,omitempty" doc:"to which they belonged then, by name"`
	Verified     bool   `json:"verified,omitempty" doc:"the operator has verified the organisation"`
}

// String is the asker in Chinese, as files have it.
func (a Asker) String() string { return a.In("zh") }

// In is the asker in one line; "" where nothing is known.
func (a Asker) In(lang string) string {
	var parts []string
	for _, s := range []string{a.Name, a.Organisation} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	text := strings.Join(parts, Words{"，", ", "}.In(lang))
	if a.Verified {
		text += Words{"（单位已核实）", " (verified)"}.In(lang)
	}
	return text
}
