package web

import (
	"slices"
	"strings"

	"duijie/corpus"
	"duijie/corpus/market"
	"duijie/indexer"
)

// confine narrows a filter to what a site key shows; false where nothing is left of it.
func confine(k market.SiteKey, f indexer.Filter) (indexer.Filter, bool) {
	if len(k.Kinds) > 0 {
		if len(f.Kinds) == 0 {
			f.Kinds = k.Kinds
		}
		f.Kinds = slices.DeleteFunc(slices.Clone(f.Kinds), func(kind corpus.Kind) bool { return !slices.Contains(k.Kinds, kind) })
		if len(f.Kinds) == 0 {
			return f, false
		}
	}
	var some, all bool
	f.Field, some = narrower(f.Field, k.Fields, func(code, above string) bool { return slices.Contains(corpus.FieldParents(code), above) })
	f.Region, all = narrower(f.Region, k.Regions, func(code, above string) bool { return strings.HasPrefix(code, regionStem(above)) })
	return f, some && all
}

// narrower returns which codes fit both what was chosen and what is shown, where none is any; below says that a code lies
// within another.
func narrower(chosen, shown []string, below func(code, above string) bool) ([]string, bool) {
	if len(chosen) == 0 || len(shown) == 0 {
		return append(chosen, shown...), true
	}
	var out []string
	for _, c := range chosen {
		for _, s := range shown {
			switch {
			case c == s || below(c, s):
				out = append(out, c)
			case below(s, c):
				out = append(out, s)
			}
		}
	}
	return out, len(out) > 0
}

// regionStem is a code of GB/T 2260 without the zeros that say "all of it".
func regionStem(code string) string {
	for len(code) > 2 && strings.HasSuffix(code, "00") {
		code = code[:len(code)-2]
	}
	return code
}
