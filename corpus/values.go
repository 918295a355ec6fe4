package corpus

// A ValueCount counts the cells of one field by what they came to.
type ValueCount struct {
	Typed         int `json:"typed" doc:"read into the field"`
	Unknown       int `json:"unknown" doc:"say themselves that it is open: 面议, 其他, 长期"`
	NotUnderstood int `json:"not_understood" doc:"kept as they are, with a warning"`
}

// Values counts, by field, every cell with something in it whose field is more than text: of all rows that could be cut
// into cells, bad ones too.
type Values map[string]ValueCount

// Add adds the counts of another import.
func (v *Values) Add(more Values) {
	if *v == nil && len(more) > 0 {
		*v = Values{}
	}
	for field, n := range more {
		sum := (*v)[field]
		(*v)[field] = ValueCount{sum.Typed + n.Typed, sum.Unknown + n.Unknown, sum.NotUnderstood + n.NotUnderstood}
	}
}

// valued are the columns that Values counts, with the field that they fill.
var valued = map[string]string{"field": "field", "strategic": "strategic", "region": "region", "stage": "stage", "cooperation": "cooperation",
	"price": "price", "budget": "budget", "term": "valid_until", "valid_until": "valid_until", "period": "until", "from": "from", "until": "until",
	"published": "published", "confirmed": "confirmed"}

// unsaid are cells of such columns that say nothing, in any of them; those of signs alone are not even kept.
var unsaid = words(`/ // - -- — —— / 无 暂无 其他 其它 不详 未知 待定 未定 不限 全国 国外 境外 海外 n/a N/A`)

// outcome tells what a cell of a valued column came to: what its setter answered, and what it made of d.
func (c *column) outcome(d *Doc, err *Error) ValueCount {
	switch {
	case err != nil && !isKept(err):
		return ValueCount{NotUnderstood: 1}
	case err != nil && err.Code != readBeside,
		err == nil && (c.name == "price" && !d.Price.Known() || c.name == "budget" && !d.Budget.Known()):
		return ValueCount{Unknown: 1}
	}
	return ValueCount{Typed: 1}
}

// set puts a cell into its field and counts what it came to.
func (row *Row) set(c *column, v cell) *Error {
	field := valued[c.name]
	if field == "" {
		return c.set(&row.Doc, v)
	}
	text := CleanLine(v.text)
	if text == "" || v.compound && (text == "[]" || text == "{}") {
		return nil
	}
	var err *Error
	if unsaid[text] {
		err = kept()
	} else {
		err = c.set(&row.Doc, v)
	}
	row.values.Add(Values{field: c.outcome(&row.Doc, err)})
	if unsaid[text] && normal(text) == "" {
		return nil
	}
	return err
}
