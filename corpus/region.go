package corpus

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// regionsFile is described by its own first lines.
//
//go:embed regions.tsv
var regionsFile string

// A formerRegion is a region that was given up, and the code that took over.
type formerRegion struct{ name, code, year, now string }

// A regionOverlay is what GB/T 2260 of December 2023 does not list.
type regionOverlay struct {
	zones  map[string]string        // code to name
	short  map[string]string        // name to code
	former map[string]*formerRegion // by code
}

var overlay = sync.OnceValue(func() regionOverlay {
	o := regionOverlay{zones: map[string]string{}, short: map[string]string{}, former: map[string]*formerRegion{}}
	for line := range strings.Lines(regionsFile) {
		switch cells := strings.Split(strings.TrimSpace(line), "\t"); cells[0] {
		case "zone":
			o.zones[cells[1]] = cells[2]
		case "short":
			o.short[cells[1]] = cells[2]
		case "former":
			o.former[cells[2]] = &formerRegion{name: cells[1], code: cells[2], year: cells[3], now: cells[4]}
		}
	}
	return o
})

// CurrentRegion returns the code that took over from a former one, 330102 for 330104 (江干区 until 2021); others as they
// are.
func CurrentRegion(code string) string {
	if old := overlay().former[code]; old != nil {
		return old.now
	}
	return code
}

var (
	regionNoise = strings.NewReplacer(" ", "", "　", "", "-", "", "—", "", "/", "", ",", "", "，", "", "、", "", ">", "",
		"·", "", "|", "", "市辖区", "", "中华人民共和国", "", "中国", "")
	regionDigits = regexp.MustCompile(`^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})(\D.*)?$`)
	autonomous   = regexp.MustCompile(`(?:(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|各)族?)*自治([州县旗])$`)
)

// A regionName is one way to write a region.
type regionName struct {
	code string
	full bool          // the whole name, or an alias
	weak bool          // gives way to others: a district without 区 (朝阳), and a name given up
	old  *formerRegion // nil: a name of today
}

var regionNames = sync.OnceValue(func() map[string][]regionName {
	names := map[string][]regionName{}
	for _, code := range tables()[Region].order {
		name := CodeName(Region, code)
		names[name] = append(names[name], regionName{code: code, full: true})
		short, weak := name, false
		if m := autonomous.FindStringSubmatchIndex(name); m != nil {
			short = name[:m[0]]
			if brief := short + name[m[2]:m[3]]; utf8.RuneCountInString(short) > 1 { // 延边州
				names[brief] = append(names[brief], regionName{code: code, full: true})
			}
		} else {
			for _, ending := range []string{"特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "地区", "林区", "新区", "省", "市", "盟", "县", "旗", "区"} {
				if s, ok := strings.CutSuffix(name, ending); ok {
					short, weak = s, strings.HasSuffix(ending, "区") && !strings.HasSuffix(code, "00")
					break
				}
			}
		}
		if short != name && utf8.RuneCountInString(short) > 1 {
			names[short] = append(names[short], regionName{code: code, weak: weak})
		}
	}
	o := overlay()
	for name, code := range o.short {
		names[name] = append(names[name], regionName{code: code, full: true})
	}
	for _, f := range o.former {
		names[f.name] = append(names[f.name], regionName{code: f.now, full: true, weak: true, old: f})
	}
	return names
})

// in reports whether the region is, or was, part of the one whose digits are inside.
func (n *regionName) in(inside string) bool {
	return strings.HasPrefix(n.code, inside) && within(n.code) != inside || n.old != nil && strings.HasPrefix(n.old.code, inside)
}

// within returns the digits that a region's parts share: 15, 1505, 150502.
func within(code string) string { return strings.TrimSuffix(strings.TrimSuffix(code, "00"), "00") }

// RegionPath returns the full name of a GB/T 2260 code, 内蒙古自治区通辽市科尔沁区 for 150502; "" for an unknown one.
func RegionPath(code string) string {
	name := CodeName(Region, code)
	if name == "" {
		return ""
	}
	var path string
	for _, n := range []int{2, 4} {
		if up := code[:n] + "0000"[:6-n]; up != code && (n == 2 || code[4:] != "00") {
			path += CodeName(Region, up)
		}
	}
	return path + name
}

// CommonRegion returns the code of the smallest region that holds both: 150500 for 150502 and 150521, 110000 for two
// districts of Beijing; "" where there is none.
func CommonRegion(a, b string) string {
	if len(a) != 6 || len(b) != 6 {
		return ""
	}
	for n := 6; n > 0; n -= 2 {
		if a[:n] != b[:n] {
			continue
		}
		if code := a[:n] + "0000"[:6-n]; CodeName(Region, code) != "" {
			return code
		}
	}
	return ""
}

// ParseRegion reads a GB/T 2260 code or a name with as much of its path as makes it clear: 150502, 通辽市,
// 内蒙古自治区通辽市科尔沁区, 科左中旗, 北京; an address counts up to its district. A code or a name that was given up gives
// the code that took over. Empty gives "". An unknown name, or one that several places have, is an error of code Invalid.
func ParseRegion(s string) (string, error) {
	r, err := parseRegion(s)
	return r.code, err
}

// parseRegion is ParseRegion that tells what the code does not say: a former name, and the rest of an address.
func parseRegion(s string) (regionReading, error) {
	none := regionReading{}
	s = regionNoise.Replace(s)
	if s == "" {
		return none, nil
	}
	if m := regionDigits.FindStringSubmatch(s); m != nil {
		given := (m[1] + "0000")[:6]
		code, old := CurrentRegion(given), overlay().former[given]
		named, err := parseRegion(m[2])
		if old != nil && m[2] == old.name {
			named, err = regionReading{}, nil
		}
		if CodeName(Region, code) != "" && err == nil && (named.code == "" || named.code == code) {
			return regionReading{regionName{code: code, old: old}, named.rest}, nil
		}
		return none, &Error{Code: Invalid, Message: "“" + s + "”不是已知的行政区划代码", Fix: "用六位代码或地名，如 150500 或 通辽市"}
	}
	all := readRegion(s, "")
	ends := func(r regionReading) bool { return r.rest == "" }
	if slices.ContainsFunc(all, ends) {
		all = slices.DeleteFunc(all, func(r regionReading) bool { return !ends(r) })
	} else { // an address: the longest part that ends in a whole name
		shortest := len(s)
		for _, r := range all {
			if r.full {
				shortest = min(shortest, len(r.rest))
			}
		}
		all = slices.DeleteFunc(all, func(r regionReading) bool { return !r.full || len(r.rest) > shortest })
	}
	if slices.ContainsFunc(all, func(r regionReading) bool { return !r.weak }) {
		all = slices.DeleteFunc(all, func(r regionReading) bool { return r.weak })
	}
	slices.SortStableFunc(all, func(a, b regionReading) int { return strings.Compare(a.code, b.code) })
	all = slices.CompactFunc(all, func(a, b regionReading) bool { return a.code == b.code })
	for _, r := range all { // a province, or a place that holds all others, needs no more to be clear
		outside := func(o regionReading) bool { return !strings.HasPrefix(o.code, within(r.code)) }
		if len(within(r.code)) == 2 || !slices.ContainsFunc(all, outside) {
			return r, nil
		}
	}
	if len(all) == 0 {
		return none, &Error{Code: Invalid, Message: "“" + s + "”不是已知的地区", Fix: "写全称，如 内蒙古自治区通辽市科尔沁区，或六位行政区划代码"}
	}
	var paths []string
	for _, r := range all[:min(len(all), maxCandidates)] {
		paths = append(paths, RegionPath(r.code)+" "+r.code)
	}
	message := fmt.Sprintf("“%s”有 %d 个同名地区：%s", s, len(all), strings.Join(paths, "、"))
	return none, &Error{Code: Invalid, Message: message, Fix: "加上所属的省市"}
}

// maxCandidates bounds the namesakes that a message names. No name of a district has more than 4.
const maxCandidates = 8

// A regionReading is one way to read the beginning of a text as a path of regions.
type regionReading struct {
	regionName
	rest string
}

// readRegion returns every way to read s as regions inside the region with this prefix.
func readRegion(s, inside string) []regionReading {
	var out []regionReading
	names := regionNames()
	for end := range s + " " {
		if end == 0 || end > len(s) || end > longestRegion {
			continue
		}
		for _, n := range names[s[:end]] {
			if !n.in(inside) {
				continue
			}
			out = append(out, regionReading{n, s[end:]})
			for _, deeper := range readRegion(s[end:], within(n.code)) {
				deeper.weak = deeper.weak && deeper.full // the path makes a district without 区 clear
				out = append(out, deeper)
			}
		}
	}
	return out
}

// longestRegion bounds the bytes of one name: 双江拉祜族佤族布朗族傣族自治县 has 45.
const longestRegion = 60
