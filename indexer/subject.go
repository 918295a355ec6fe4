package indexer

import (
	"context"
	"crypto/sha256"

	"duijie/corpus"
)

// A subject is an entry with the two texts that its vectors are made of: the title, and the title, twice, with the key
// words. The whole body would drown what the document is about.
type subject struct {
	entry       *Entry
	title, long string
}

func newSubject(e *Entry, title string) subject {
	long := title + "\n" + title + "\n"
	for _, k := range e.Keywords {
		long += k.Term + " "
	}
	return subject{e, title, long}
}

func (s *subject) role() Role {
	if s.entry.Kind == corpus.Need {
		return AsQuery
	}
	return AsPassage
}

// fingerprint is the same for subjects whose vectors are the same.
func (s *subject) fingerprint() []byte {
	sum := sha256.Sum256([]byte(string(s.role()) + "\x00" + s.title + "\x00" + s.long))
	return sum[:16]
}

// embedSubjects returns the mean of the two vectors of each subject. It asks once for each role.
func embedSubjects(ctx context.Context, emb Embedder, all []subject) ([]Vector, error) {
	out := make([]Vector, len(all))
	for _, role := range []Role{AsQuery, AsPassage} {
		var texts []string
		var of []int
		for i, s := range all {
			if s.role() == role {
				texts, of = append(texts, s.title, s.long), append(of, i)
			}
		}
		vectors, err := embedAll(ctx, emb, role, texts)
		if err != nil {
			return nil, err
		}
		for j, i := range of {
			title, long := vectors[2*j], vectors[2*j+1]
			for d := range title {
				title[d] = (title[d] + long[d]) / 2
			}
			out[i] = Quantize(title)
		}
	}
	return out, nil
}
