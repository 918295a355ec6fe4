package corpus

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// historyText writes the history of a need, the newest change first, as "move by header:before>after ...".
func historyText(t *testing.T, s *Store, id string) string {
	t.Helper()
	past, whole, err := s.History(Need, id)
	if err != nil {
		return string(CodeOf(err))
	}
	var out []string
	for _, p := range past {
		line := fmt.Sprint(p.Move, " ", p.By)
		if p.Other != "" {
			line += "/" + p.Other
		}
		if p.Move != MoveMade {
			for _, c := range Differences(p.Before, p.After, "zh") {
				line += fmt.Sprintf(" %s:%s>%s", c.Header, c.Before, c.After)
			}
		}
		out = append(out, line)
	}
	if !whole {
		out = append(out, "...")
	}
	return strings.Join(out, "; ")
}

func TestAHistoryTellsWhatChangedByWhomAndHow(t *testing.T) {
	s := open(t)
	edit := func(change func(*Doc)) {
		t.Helper()
		d, err := s.Get(Need, "1")
		if err != nil {
			t.Fatal(err)
		}
		change(&d)
		write(t, s, Batch{Actor: "key:1", Puts: []Put{{Doc: d}}})
	}
	var r ImportRecord
	other := need("2", "别的")
	other.Goal = "快"
	for _, step := range []struct {
		name string
		do   func()
		want string // before what the steps before want
	}{
		{"made", func() { load(t, s, "编号,名称,联系方式\n1,一,甲\n") }, "made import"},
		{"the same again", func() { load(t, s, "编号,名称,联系方式\n1,一,甲\n") }, ""},
		{"imported", func() { r = load(t, s, "编号,名称,联系方式,备注\n1,二,乙,丙\n") }, "import import 名称:一>二 联系方式:甲>乙 备注:>丙"},
		{"undone", func() { undo(t, s, r.ID, UndoOptions{}) }, "undo undo 名称:二>一 联系方式:乙>甲 备注:丙>"},
		{"edited", func() {
			edit(func(d *Doc) {
				d.Title, d.Keywords, d.Budget = "三", []string{"k", "l"}, &Money{Min: 5, Max: 5, Text: "5分"}
			})
		},
			"edit key:1 名称:一>三 关键词:>k；l 拟投入资金:>5分"},
		{"list and amount edited", func() { edit(func(d *Doc) { d.Keywords[0], d.Budget.Text = "m", "6分" }) }, "edit key:1 关键词:k；l>m；l 拟投入资金:5分>6分"},
		{"withdrawn", func() { edit(func(d *Doc) { d.Status = Withdrawn }) }, "edit key:1 信息状态:已发布>已撤回"},
		{"closed", func() {
			edit(func(d *Doc) { d.Status, d.Disclosure = Published, map[string]Level{"title": Confidential} })
		},
			"edit key:1 信息状态:已撤回>已发布 公开范围:>名称：保密"},
		{"merged", func() {
			write(t, s, Batch{Puts: []Put{{Doc: other}}})
			merge(t, s, "2", "1")
		}, "merge key:1/2 预期目标:>快"},
		{"merge taken back", func() { unmerge(t, s, "2") }, "unmerge /2 预期目标:快>"},
	} {
		before := historyText(t, s, "1")
		step.do()
		want := before
		if step.want != "" && step.name != "made" {
			want = step.want + "; " + before
		} else if step.name == "made" {
			want = step.want
		}
		if got := historyText(t, s, "1"); got != want {
			t.Errorf("%s: %q, want %q", step.name, got, want)
		}
	}
	if got := historyText(t, s, "2"); got != "unmerge /1; made " {
		t.Errorf("of what was merged and came back: %q", got)
	}
	write(t, s, Batch{Deletes: []Delete{{Kind: Need, ID: "1"}}})
	if got := historyText(t, s, "1"); got != string(NotFound) {
		t.Errorf("deleted: %q", got)
	}
	load(t, s, "编号,名称\n1,新\n")
	if got := historyText(t, s, "1"); got != "made ; ..." {
		t.Errorf("made again: %q", got)
	}
}

// What is made and changed in one transaction, as by two rows of one id in one file, has its maker too.
func TestAHistoryKnowsWhoMadeWhatChangedAtOnce(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Actor: "key:1", importing: "i1", Puts: []Put{{Doc: need("1", "一")}, {Doc: need("1", "二")}}})
	if got, want := historyText(t, s, "1"), "import key:1 名称:一>二; made key:1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	past, _, err := s.History(Need, "1")
	if err != nil || past[1].Import != "i1" {
		t.Errorf("made by import %q, %v", past[1].Import, err)
	}
}

func TestAHistoryHasAnEnd(t *testing.T) {
	s := open(t)
	for i := range maxPast + 3 {
		write(t, s, Batch{Actor: "a", Puts: []Put{{Doc: need("1", fmt.Sprint(i))}}})
	}
	lines := strings.Split(historyText(t, s, "1"), "; ")
	if len(lines) != maxPast+2 || lines[0] != fmt.Sprintf("edit a 名称:%d>%d", maxPast+1, maxPast+2) || lines[maxPast-1] != "edit a 名称:2>3" || lines[maxPast+1] != "..." {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
}

func TestAHistoryCanBeForgotten(t *testing.T) {
	s := open(t)
	forget := func(want string) {
		t.Helper()
		if err := s.ForgetHistory(t.Context(), "key:2", Need, "1"); err != nil {
			t.Fatal(err)
		}
		if got := historyText(t, s, "1"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	put := func(title string) { write(t, s, Batch{Actor: "key:1", Puts: []Put{{Doc: need("1", title)}}}) }
	put("一")
	forget("made key:1") // there is nothing to forget
	put("二")
	put("三")
	forget("forget key:2; made ; ...")
	forget("forget key:2; made ; ...")
	put("四")
	if got, want := historyText(t, s, "1"), "edit key:1 名称:三>四; forget key:2; made ; ..."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if d, err := s.Get(Need, "1"); err != nil || d.Title != "四" || d.Version != 4 {
		t.Errorf("the need is %+v, %v", d, err)
	}
	if err := s.ForgetHistory(t.Context(), "key:2", Need, "none"); CodeOf(err) != NotFound {
		t.Errorf("of none: %v", err)
	}
}

// What a store of an earlier version lacks is said to be missing.
func TestAHistoryOfBeforeIsNotMadeUp(t *testing.T) {
	s := open(t)
	write(t, s, Batch{Actor: "a", Puts: []Put{{Doc: need("1", "一")}}})
	write(t, s, Batch{Actor: "b", Puts: []Put{{Doc: need("1", "二")}}})
	if err := s.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket(bPast) }); err != nil {
		t.Fatal(err)
	}
	if got := historyText(t, s, "1"); got != "made ; ..." {
		t.Error(got)
	}
}

func TestEveryFieldIsRemembered(t *testing.T) {
	var lacks []string
	for name := range clearers {
		if _, ok := pastFields()[name]; !ok {
			lacks = append(lacks, name)
		}
	}
	for _, c := range columns {
		if _, ok := pastFields()[c.name]; c.get != nil && !ok {
			lacks = append(lacks, c.name)
		}
	}
	if slices.Sort(lacks); len(lacks) > 0 {
		t.Errorf("changes of %v are not remembered", lacks)
	}
}
