package matcher

import (
	"fmt"
	"math"
	"slices"

	"duijie/corpus"
	"duijie/corpus/market"
)

// Points are of the pair and know no clock. Whether a holder still answers is so today: it is asked when a list is read, of
// the kept lists too, and moves an unconfirmed posting behind the confirmed ones of equal fit.

// fit is what a reader sees of a pair's points: two pairs fit equally where the scores have the same hundredths.
func (m *Matcher) fit(r ranked) int {
	return int(math.Round(100 * m.scorer.ranking.Score(r.parts.Points())))
}

// confirmedFirst moves the unconfirmed postings of a list, which is its own, behind others of equal fit, and lets a confirmed
// one stand for near-identical ones of equal fit.
func (m *Matcher) confirmedFirst(k corpus.Kind, list []arranged, o Options) error {
	var asked []uint32
	for _, row := range list {
		asked = append(asked, row.number)
		for _, r := range row.folded {
			asked = append(asked, r.number)
		}
	}
	asked, err := o.Notices.Silent(k, asked)
	if err != nil || len(asked) == 0 {
		return err
	}
	docs, err := m.store.ByNumber(k, asked...)
	if err != nil {
		return err
	}
	silent := map[uint32]bool{}
	for _, d := range docs {
		public := d.Public()
		l, err := o.Notices.Life(&public, o.Now)
		if err != nil {
			return err
		}
		silent[d.Number] = l != nil && l.State == market.Unconfirmed
	}
	sinkSilent(list, silent, m.fit)
	return nil
}

// sinkSilent does it, where silent says of the numbers in the list which are unconfirmed.
func sinkSilent(list []arranged, silent map[uint32]bool, fit func(ranked) int) {
	for i := range list {
		row := &list[i]
		if !silent[row.number] {
			continue
		}
		at := slices.IndexFunc(row.folded, func(r ranked) bool { return !silent[r.number] && fit(r) == fit(row.ranked) })
		if at >= 0 {
			row.ranked, row.folded[at] = row.folded[at], row.ranked
		}
	}
	for start := 0; start < len(list); {
		end := start + 1
		for end < len(list) && fit(list[end].ranked) == fit(list[start].ranked) {
			end++
		}
		place := func(a arranged) int {
			if silent[a.number] {
				return 1
			}
			return 0
		}
		slices.SortStableFunc(list[start:end], func(a, b arranged) int { return place(a) - place(b) })
		start = end
	}
}

// addLife says how the found posting stands, and what of it speaks against the pair; that it is expired is said already.
func (m *Match) addLife(found *corpus.Doc, o Options) error {
	var err error
	if m.Life, err = o.Notices.Life(found, o.Now); err != nil || m.Life == nil {
		return err
	}
	switch m.Life.State {
	case market.Unconfirmed:
		m.Against = append(m.Against, "发布方未答复是否仍然有效，信息未确认")
	case market.Licensed:
		m.Against = append(m.Against, fmt.Sprintf("成果已于%s许可或转让", m.Life.Since))
	case market.Expired:
		if found.Kind == corpus.Achievement {
			m.Against = append(m.Against, fmt.Sprintf("成果已于%s到期", m.Life.Since))
		}
	}
	return nil
}
