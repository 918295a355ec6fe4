package api

import (
	"duijie/corpus"
	"duijie/corpus/market"
)

// filedNeed returns the write of the need of a filing, which goes with that of the filing. Once the operator has published or
// removed the draft, nothing of it changes by the filing: the error has code Conflict. What was removed the firm can take back.
func (s *Service) filedNeed(f market.Filing, first bool) ([]corpus.Put, error) {
	p := corpus.Put{IfAbsent: first}
	if !first {
		old, err := s.Store.Get(corpus.Need, f.Need)
		gone := corpus.CodeOf(err) == corpus.NotFound
		if gone && f.State == market.Ended {
			return nil, nil
		}
		if gone || err == nil && old.Status != corpus.Draft {
			e := corpus.Errorf(corpus.Conflict, "the need %q is no draft any more", f.Need)
			e.Fix = "ask the operator to change it"
			return nil, e
		}
		if err != nil {
			return nil, err
		}
		p.Doc, p.IfVersion = old, old.Version
	}
	p.Doc = f.Put(p.Doc)
	if errs := p.Doc.Check(); len(errs) > 0 {
		return nil, faults(errs)
	}
	return []corpus.Put{p}, nil
}
