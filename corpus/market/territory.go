package market

import (
	"slices"
	"strings"

	"duijie/corpus"
)

// maxTerritory is how many codes the territory of one account or key has.
const maxTerritory = 100

// ParseTerritory reads what somebody of the role county is to see: codes or names of GB/T 2260, 150502, 1505 or 通辽市, each
// alone or several with 、 between. What lies inside another of them is left out. The role needs one at least, others have
// none. An error has code Invalid and names the field.
func ParseTerritory(role Role, texts []string) ([]string, error) {
	var codes []string
	for _, text := range texts {
		for name := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }) {
			code, err := corpus.ParseRegion(name)
			if err != nil {
				return nil, invalid("territory", "use codes or names of GB/T 2260: 150502, 1505 or 通辽市", "%q is not known", strings.TrimSpace(name))
			}
			if code != "" {
				codes = append(codes, code)
			}
		}
	}
	switch {
	case role != County && len(codes) > 0:
		return nil, invalid("territory", "leave it out, or give the role county", "the role %s has none", role)
	case role == County && len(codes) == 0:
		return nil, invalid("territory", "give one or more codes of GB/T 2260: 150502", "the role county sees a territory, which is missing")
	case len(codes) > maxTerritory:
		return nil, invalid("territory", "name what holds them: 1505 for the counties of 通辽市", "%d codes, more than the %d allowed", len(codes), maxTerritory)
	}
	slices.Sort(codes)
	codes = slices.Compact(codes)
	var out []string
	for _, code := range codes {
		if !slices.ContainsFunc(codes, func(other string) bool { return other != code && Governs([]string{other}, code) }) {
			out = append(out, code)
		}
	}
	return out, nil
}

// Governs reports whether a region lies in a territory: 150502 in 150502, 150500 and 150000. "" lies in none.
func Governs(territory []string, region string) bool {
	return slices.ContainsFunc(territory, func(code string) bool { return code != "" && corpus.CommonRegion(code, region) == code })
}
