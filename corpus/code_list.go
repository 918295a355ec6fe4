package corpus

// A CodeRow is one code of a table with its official name.
type CodeRow struct {
	Code   string `json:"code" example:"1391"`
	Name   string `json:"name" example:"淀粉及淀粉制品制造"`
	Parent string `json:"parent,omitempty" doc:"the code above it" example:"139"`
}

// CodeRows returns the codes of a table in its order, parents before children; nil for an unknown table.
func CodeRows(t CodeTable) []CodeRow {
	tab := tables()[t]
	if tab == nil {
		return nil
	}
	rows := make([]CodeRow, len(tab.order))
	for i, code := range tab.order {
		rows[i] = CodeRow{code, tab.names[code], tab.parent(t, code)}
	}
	return rows
}

// parent returns the nearest code above one, "" at the top. Regions that a county belongs to need not be listed: counties
// that a province governs itself have no prefecture.
func (t *table) parent(of CodeTable, code string) string {
	var above []string
	switch of {
	case Field:
		above = FieldParents(code)
	case Region:
		above = []string{code[:4] + "00", code[:2] + "0000"}
	case Strategic:
		above = []string{code[:1]}
	}
	for _, up := range above {
		if up != code && t.names[up] != "" {
			return up
		}
	}
	return ""
}
