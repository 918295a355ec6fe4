package indexer

import (
	"duijie/corpus"
)

// A snapshot is what readers see, as it was at one moment. It never changes, and its files stay until its last reader is
// done.
type snapshot struct {
	shelves map[corpus.Kind]*shelf
	text    textView
	readers int // 1 for being Local.now
}

// publish shows readers these shelves and the text as it is. The caller holds writing, or is alone.
func (l *Local) publish(shelves map[corpus.Kind]*shelf) error {
	text, err := l.text.show()
	if err != nil {
		return err
	}
	next := &snapshot{shelves: shelves, text: text, readers: 1}
	for _, s := range shelves {
		for i := range s.parts {
			s.parts[i].users.Add(1)
		}
	}
	l.reading.Add(1)
	l.mu.Lock()
	before := l.now
	l.now = next
	l.mu.Unlock()
	l.done(before)
	return nil
}

// read returns what there is to be read; who asked calls done with it.
func (l *Local) read() (*snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now == nil {
		return nil, errClosed
	}
	l.now.readers++
	return l.now, nil
}

func (l *Local) done(s *snapshot) {
	if s == nil {
		return
	}
	l.mu.Lock()
	s.readers--
	last := s.readers == 0
	l.mu.Unlock()
	if !last {
		return
	}
	defer l.reading.Done()
	for _, shelf := range s.shelves {
		for i := range shelf.parts {
			shelf.parts[i].release()
		}
	}
	if err := s.text.close(); err != nil {
		l.o.Log.Error("the text index could not let go of its files", "error", err)
	}
}

// allFar reports whether every entry has Far. Vectors of different models don't compare, and a list whose entries are
// measured by different ones would be unfair.
func (s *snapshot) allFar() bool {
	for _, shelf := range s.shelves {
		if shelf.farless > 0 {
			return false
		}
	}
	return true
}

// unkept returns how many documents are in memory only, dead ones too.
func (s *snapshot) unkept() int {
	n := 0
	for _, shelf := range s.shelves {
		for i := range shelf.parts {
			if p := &shelf.parts[i]; p.path == "" {
				n += len(p.numbers)
			}
		}
	}
	return n
}
