package market

import (
	"strings"
	"testing"

	"duijie/corpus"
)

func TestAMapIsChecked(t *testing.T) {
	for _, c := range []struct {
		name, header, to string
		field            string // that is wrong; "": none
	}{
		{"县局", "题", "title", ""},
		{" 县局 ", "题", "", ""},
		{strings.Repeat("名", 64), "题", "-", ""},
		{strings.Repeat("名", 65), "题", "-", "name"},
		{"", "题", "title", "name"},
		{"县/局", "题", "title", "name"},
		{"县\n局", "题", "title", "name"},
		{"县局", "题", "nothing", "map"},
		{"县局", "", "", "map"},
	} {
		columns := map[string]string{}
		if c.header != "" {
			columns[c.header] = c.to
		}
		m, err := MakeMap(c.name, columns, "key:1", now)
		e, _ := err.(*corpus.Error)
		switch {
		case c.field == "" && (err != nil || m.Name != strings.TrimSpace(c.name) || m.Columns[c.header] == "" || m.By != "key:1" || m.Saved.IsZero()):
			t.Errorf("%+v: %+v, %v", c, m, err)
		case c.field != "" && (e == nil || e.Code != corpus.Invalid || e.Field != c.field || e.Fix == ""):
			t.Errorf("%+v: %v, want %s named", c, err, c.field)
		}
	}
}
