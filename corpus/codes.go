package corpus

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// A CodeTable is one of the official lists whose codes documents carry.
type CodeTable string

const (
	Field     CodeTable = "field"     // GB/T 4754-2017: a letter (门类) or 2 to 4 digits
	Region    CodeTable = "region"    // GB/T 2260 of December 2023 and development zones: 6 digits
	Strategic CodeTable = "strategic" // 战略性新兴产业分类 (2018), two levels: 1 or 1.1
)

// codesFile is made by cmd/codetable: a line "#table, edition, date, origin", then lines "code, name".
//
//go:embed codes.tsv
var codesFile string

// A table holds the codes of one CodeTable in the file's order, parents before children.
type table struct {
	edition string
	order   []string
	names   map[string]string
	normal  []string          // names as normal writes them, in order
	letter  map[string]string // of a two-digit field code, its 门类
	exact   map[string]string // normal name, former names included, to code; of namesakes the highest
	loose   map[string]string // normal name without 制造业 or 产业 to code
	longest int               // bytes of the longest key in exact
}

var tables = sync.OnceValue(func() map[CodeTable]*table {
	all := map[CodeTable]*table{}
	var t *table
	var letter string
	for line := range strings.Lines(codesFile) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if name, ok := strings.CutPrefix(cells[0], "#"); ok {
			t = &table{edition: cells[1] + " (" + cells[2] + ", " + cells[3] + ")", names: map[string]string{}, letter: map[string]string{}}
			all[CodeTable(name)] = t
			continue
		}
		code, name := cells[0], cells[1]
		t.order = append(t.order, code)
		t.names[code] = name
		if len(code) == 1 {
			letter = code
		} else if len(code) == 2 {
			t.letter[code] = letter
		}
	}
	region := all[Region]
	for code, name := range overlay().zones {
		region.order = append(region.order, code)
		region.names[code] = name
	}
	slices.Sort(region.order)
	all[Field].index(formerFields, "业", "制造业")
	all[Strategic].index(nil, "产业", "产业")
	return all
})

// index fills the name maps: a name may stand without ending, and without longEnding where it fills its cell.
func (t *table) index(former map[string]string, ending, longEnding string) {
	for _, code := range t.order {
		t.normal = append(t.normal, normal(t.names[code]))
	}
	t.exact, t.loose = map[string]string{}, map[string]string{}
	byLevel := slices.Clone(t.order)
	slices.SortStableFunc(byLevel, func(a, b string) int { return len(a) - len(b) })
	add := func(to map[string]string, name, code string) {
		if _, taken := to[name]; !taken && utf8.RuneCountInString(name) > 1 {
			to[name] = code
		}
	}
	for _, code := range byLevel {
		add(t.exact, normal(t.names[code]), code)
	}
	for name, code := range former {
		add(t.exact, name, code)
	}
	for _, code := range byLevel {
		name := normal(t.names[code])
		if short := strings.TrimSuffix(name, ending); utf8.RuneCountInString(short) > 3 {
			add(t.exact, short, code)
		}
		add(t.loose, strings.TrimSuffix(name, ending), code)
		add(t.loose, strings.TrimSuffix(name, longEnding), code)
	}
	for name := range t.exact {
		t.longest = max(t.longest, len(name))
	}
}

// CodeName returns the official name of a code, "" for an unknown one.
func CodeName(t CodeTable, code string) string {
	if tab := tables()[t]; tab != nil {
		return tab.names[code]
	}
	return ""
}

// CodeEdition says which edition of the table this program knows: its name, date and origin.
func CodeEdition(t CodeTable) string { return tables()[t].edition }

// FieldParents returns the codes above a GB/T 4754 code, nearest first: 2614 has 261, 26, C.
func FieldParents(code string) []string {
	t := tables()[Field]
	if t.names[code] == "" {
		return nil
	}
	var up []string
	for n := len(code) - 1; n >= 2; n-- {
		up = append(up, code[:n])
	}
	if len(code) >= 2 {
		up = append(up, t.letter[code[:2]])
	}
	return up
}

// CommonField returns the narrowest class of GB/T 4754 that holds both codes: 261 for 2614 and 2611, C for 2614 and
// 1391, "" for 2614 and A.
func CommonField(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	if n >= 2 {
		return a[:n]
	}
	letter := tables()[Field].letter
	section := func(code string) string {
		if len(code) >= 2 {
			return letter[code[:2]]
		}
		return code
	}
	if s := section(a); s == section(b) {
		return s
	}
	return ""
}

// ParseField reads GB/T 4754 codes and names, also as 门类——大类, several in a list or run together. What it can't
// read comes back in unknown.
func ParseField(s string) (codes, unknown []string) { return tables()[Field].parse(s) }

// ParseStrategic reads codes and names of strategic emerging industries as ParseField does.
func ParseStrategic(s string) (codes, unknown []string) { return tables()[Strategic].parse(s) }

var (
	strongSeparator = regexp.MustCompile(`[；;|\r\n]+`)
	weakSeparator   = regexp.MustCompile(`[，,、]+`)
	pathSeparator   = regexp.MustCompile(`\s*(?:—+|–+|-+|>+|→|/)\s*`)
	codeThenName    = regexp.MustCompile(`^(?:[A-T]?(\d{2,4})|([A-T])|(\d(?:\.\d)?))(?:$|[\s:：.-]*(\D.*)$)`)
)

func (t *table) parse(s string) (codes, unknown []string) {
	for _, part := range strongSeparator.Split(s, -1) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		found, bad := t.path(part)
		unknown = append(unknown, bad...)
		for _, c := range found {
			if !slices.Contains(codes, c) {
				codes = append(codes, c)
			}
		}
	}
	return codes, unknown
}

// list reads one name or code, names run together, or a list of them; all of it or nothing.
func (t *table) list(s string) ([]string, bool) {
	if code, ok := t.one(s); ok {
		return []string{code}, true
	}
	if codes, ok := t.runTogether(normal(s)); ok {
		return codes, true
	}
	var codes []string
	parts := weakSeparator.Split(s, -1)
	for _, p := range parts {
		code, ok := t.one(strings.TrimSpace(p))
		if !ok {
			return nil, false
		}
		codes = append(codes, code)
	}
	return codes, true
}

// one reads a single code, name, or code with its name.
func (t *table) one(s string) (string, bool) {
	if s != "" && s[0] < utf8.RuneSelf { // others are names
		if m := codeThenName.FindStringSubmatch(strings.ToUpper(s)); m != nil {
			code, rest := m[1]+m[2]+m[3], m[4]
			if name := t.names[code]; name != "" && (rest == "" || strings.HasPrefix(normal(name), normal(rest))) {
				return code, true
			}
			if code, ok := t.exact[normal(rest)]; ok { // numbered by another edition
				return code, true
			}
		}
	}
	name := normal(s)
	if code, ok := t.exact[name]; ok {
		return code, true
	}
	code, ok := t.loose[name]
	return code, ok
}

func (t *table) runTogether(name string) ([]string, bool) {
	var codes []string
	for name != "" {
		n := min(len(name), t.longest)
		for ; n > 0; n-- {
			if code, ok := t.exact[name[:n]]; ok {
				codes = append(codes, code)
				break
			}
		}
		if n == 0 {
			return nil, false
		}
		name = name[n:]
	}
	return codes, len(codes) > 0
}

// path reads 门类——大类: the last step that is known counts. A name cut short is known by its place.
func (t *table) path(s string) (codes, unknown []string) {
	if code, ok := t.one(s); ok {
		return []string{code}, nil
	}
	for _, step := range pathSeparator.Split(s, -1) {
		found, ok := t.list(step)
		if len(codes) == 1 && (!ok || slices.Equal(found, codes)) {
			if part := t.cut(codes[0], normal(step)); part != nil { // cut short, or named as what it is part of: 教育——教育
				found, ok = part, true
			}
		}
		if !ok {
			unknown = append(unknown, step)
			continue
		}
		codes = found
	}
	return codes, unknown
}

// cut returns the only code below parent whose name is this, or begins so, if there is one; of namesakes the highest.
func (t *table) cut(parent, start string) []string {
	long := utf8.RuneCountInString(start) >= 4
	var found []string
	for i, code := range t.order {
		if (t.normal[i] == start || long && strings.HasPrefix(t.normal[i], start)) && slices.Contains(FieldParents(code), parent) &&
			!slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(code, f) }) {
			found = append(found, code)
		}
	}
	if len(found) != 1 {
		return nil
	}
	return found
}
