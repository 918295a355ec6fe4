package indexer

// BodyKeywords is how many key words of a body an Entry keeps beside those of its title. More did not rank better.
const BodyKeywords = 20

// Keywords returns what a text is about: the words of its title, weighted twice their IDF, then the n words of its
// body with the greatest (1 + ln count) x IDF, weighted their IDF. A word said a hundred times counts for little more
// than one said ten times.
func (s *Segmenter) Keywords(title, body string, n int) []Keyword {
	return s.glossary(s.Cut(title), s.Cut(body)).keywords(n)
}
