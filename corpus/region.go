package corpus

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// zones are areas that GB/T 2260 does not list and that keep their own statistics.
var zones = []struct{ code, name string }{
	{"150571", "通辽经济技术开发区"},
}

// regionAliases are short names in daily use and names that were given up, with the code that took over.
var regionAliases = map[string]string{
	"通辽开发区": "150571", "通辽经开区": "150571", "通辽市经济技术开发区": "150571",
	"科左中旗": "150521", "科左后旗": "150522", "科右前旗": "152221", "科右中旗": "152222",
	"察右前旗": "150926", "察右中旗": "150927", "察右后旗": "150928", "土左旗": "150121", "土右旗": "150221",
	"达茂旗": "150223", "阿鲁旗": "150421", "克旗": "150425", "莫旗": "150722", "陈旗": "150725", "新左旗": "150726",
	"新右旗": "150727", "伊旗": "150627", "准旗": "150622", "达旗": "150621", "东乌旗": "152525", "西乌旗": "152526",
	"哲里木盟": "150500", // 1999
	"江干区":  "330102", // 2021, with 上城区
	"下城区":  "330105", // 2021, with 拱墅区
	"米林县":  "540481", // 2023
}

var (
	regionNoise = strings.NewReplacer(" ", "", "　", "", "-", "", "—", "", "/", "", ",", "", "，", "", "、", "", ">", "",
		"·", "", "|", "", "市辖区", "", "中华人民共和国", "", "中国", "")
	regionDigits = regexp.MustCompile(`^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})(\D.*)?$`)
	autonomous   = regexp.MustCompile(`(?:(?:蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|鄂温克|德昂|保安|裕固|独龙|鄂伦春|各)族?)*自治[州县旗]$`)
)

// A regionName is one way to write a region.
type regionName struct {
	code string
	full bool // the whole name, or an alias
	weak bool // a district without 区: 朝阳
}

var regionNames = sync.OnceValue(func() map[string][]regionName {
	names := map[string][]regionName{}
	for _, code := range tables()[Region].order {
		name := CodeName(Region, code)
		names[name] = append(names[name], regionName{code: code, full: true})
		short, weak := autonomous.ReplaceAllString(name, ""), false
		if short == name {
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
	for name, code := range regionAliases {
		names[name] = append(names[name], regionName{code: code, full: true})
	}
	return names
})

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
// 内蒙古自治区通辽市科尔沁区, 科左中旗, 北京; an address counts up to its district. Empty gives "". An unknown name, or one
// that several places have, is an error of code Invalid.
func ParseRegion(s string) (string, error) {
	s = regionNoise.Replace(s)
	if s == "" {
		return "", nil
	}
	if m := regionDigits.FindStringSubmatch(s); m != nil {
		code := (m[1] + "0000")[:6]
		if named, err := ParseRegion(m[2]); CodeName(Region, code) != "" && err == nil && (named == "" || named == code) {
			return code, nil
		}
		return "", &Error{Code: Invalid, Message: "“" + s + "”不是已知的行政区划代码", Fix: "用六位代码或地名，如 150500 或 通辽市"}
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
	var codes []string
	for _, r := range all {
		codes = append(codes, r.code)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	for _, code := range codes { // a province, or a place that holds all others, needs no more to be clear
		under := func(c string) bool { return strings.HasPrefix(c, within(code)) }
		if len(within(code)) == 2 || !slices.ContainsFunc(codes, func(c string) bool { return !under(c) }) {
			return code, nil
		}
	}
	if len(codes) == 0 {
		return "", &Error{Code: Invalid, Message: "“" + s + "”不是已知的地区", Fix: "写全称，如 内蒙古自治区通辽市科尔沁区，或六位行政区划代码"}
	}
	var paths []string
	for _, c := range codes[:min(len(codes), 4)] {
		paths = append(paths, RegionPath(c)+" "+c)
	}
	return "", &Error{Code: Invalid, Message: "“" + s + "”有多个同名地区：" + strings.Join(paths, "、"), Fix: "加上所属的省市"}
}

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
			if !strings.HasPrefix(n.code, inside) || within(n.code) == inside {
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
