package indexer

// A group is a stretch of a noun phrase whose words have one class, with the words without a class before them.
type group struct {
	class      role
	start, end int
}

// groupsOf cuts a noun phrase into groups.
func groupsOf(c []elementWord) []group {
	var out []group
	for i, w := range c {
		g := group{w.role & class, i, i + 1}
		n := len(out)
		switch {
		case n == 0:
			out = append(out, g)
			continue
		case g.class == 0 && out[n-1].class == 0:
			out[n-1].end = g.end
			continue
		case g.class == 0:
		case out[n-1].class == 0:
			g.start = modifiers(c, out[n-1].start, i, g.class)
			out[n-1] = g
			continue
		case g.class == out[n-1].class && g.class&(process|activity|site) == 0,
			g.class&(process|activity) != 0 && out[n-1].class&(process|activity) != 0 && out[n-1].end == out[n-1].start+1:
			out[n-1] = group{g.class, out[n-1].start, g.end}
			continue
		}
		out = append(out, g)
	}
	return out
}

// modifiers returns where the modifiers of the word c[i] begin, start at least: three words before techniques, two
// before others, which no verb modifies; what is named in Latin letters is no part of a technique.
func modifiers(c []elementWord, start, i int, class role) int {
	technique := class&(process|activity) != 0
	most, not := 2, verbal
	if technique {
		most, not = 3, foreign
	}
	j := i
	for j > start && i-j < most && c[j-1].role&not == 0 {
		j--
	}
	return j
}
