package market

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestSharesAddToAllOfTheContract(t *testing.T) {
	for _, c := range []struct{ shares, want string }{
		{"某技术转移中心 60%\n张三：40％", "某技术转移中心 6000; 张三 4000"},
		{"甲 33.33%\n乙 33.33%\r\n\n丙 33.34%", "甲 3333; 乙 3333; 丙 3334"},
		{"甲 100%", "甲 10000"},
		{"甲 60%", "the shares add to 60%, not to 100%"},
		{"甲 60%\n乙 50%", "the shares add to 110%, not to 100%"},
		{"甲 50%\n甲 50%", "甲 is named twice"},
		{"甲（集团）有限公司 50%\n甲(集团)有限责任公司 50%", "甲(集团)有限责任公司 is named twice"},
		{"甲\n乙 100%", `"甲" is no name with a share`},
		{"甲 0%\n乙 100%", "0% is no share"},
		{"甲 101%", "101% is no share"},
		{"甲 -5%", `"甲 -5%" is no name with a share`},
		{"", "it is missing"},
	} {
		r, err := RewardType.New(map[string]string{"contract": "c", "shares": c.shares, "papers": "x"}, "key:1", time.Unix(0, 0))
		var got []string
		for _, p := range r.Parts {
			got = append(got, fmt.Sprint(p.Payee, " ", p.Percent))
		}
		if err != nil {
			got = []string{err.Error()}
			if faultyFields(err) != "shares" {
				t.Errorf("%q: %v", c.shares, err)
			}
		}
		if text := strings.Join(got, "; "); err == nil && text != c.want || !strings.Contains(text, c.want) {
			t.Errorf("%q: %q, want %q", c.shares, got, c.want)
		}
	}
}

const rule = `{"basis":"technical","bands":[{"from":"0元","percent":200},{"from":"10元","percent":100}],"most":"1元"}`

func TestARewardFollowsTheRule(t *testing.T) {
	r, err := ReadRewardRule([]byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ sum, want int64 }{{0, 0}, {500, 10}, {1_000, 20}, {3_000, 40}, {9_000, 100}, {1 << 50, 100}} {
		if got := r.Of(c.sum); got != c.want {
			t.Errorf("of %d: %d, want %d", c.sum, got, c.want)
		}
	}
	for _, wrong := range []string{``, `{}`, `{"basis":"all"}`, `{"basis":"value","bands":[]}`, `{"basis":"value","bands":[{"from":"1000","percent":1}]}`, `{"basis":"value","bands":[{"from":"0","percent":10001}]}`,
		`{"basis":"value","bands":[{"from":"10元","percent":1},{"from":"10元","percent":1}]}`, `{"basis":"value","bands":[{"from":"0","percent":1}],"most":"面议"}`, `{"basis":"value","cap":1}`} {
		if _, err := ReadRewardRule([]byte(wrong)); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

func TestPayeesHaveTheirSharesOfTheYear(t *testing.T) {
	rewards := []Reward{
		{ID: "r1", Contract: "c1", State: Proposed, Parts: []Part{{"甲有限公司", 3_333}, {"乙", 6_667}}},
		{ID: "r2", Contract: "c2", State: Paid, Parts: []Part{{"甲有限责任公司", 10_000}}},
		{ID: "r3", Contract: "c5", State: Refused, Parts: []Part{{"甲有限公司", 10_000}}}, {ID: "r4", Contract: "c4", State: Approved, Parts: []Part{{"丙", 10_000}}},
	}
	parsed, err := ReadRewardRule([]byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rule *RewardRule
		want string
	}{{nil, "甲有限责任公司 2333 199 - [c1 c2]; 乙 667 401 - [c1]; left [c5]"}, {parsed, "甲有限责任公司 2333 199 3 [c1 c2]; 乙 667 401 8 [c1]; left [c5]"}} {
		report := ReportRewards(books(), rewards, "2026", c.rule)
		var got []string
		for _, p := range report.Payees {
			var ids []string
			var value, technical int64
			for _, one := range p.Contracts {
				ids, value, technical = append(ids, one.Contract), value+one.ValueFen, technical+one.TechnicalFen
			}
			if value != p.ValueFen || technical != p.TechnicalFen {
				t.Errorf("%s: contracts come to %d and %d", p.Name, value, technical)
			}
			got = append(got, fmt.Sprint(p.Name, " ", p.ValueFen, " ", p.TechnicalFen, " ", text(p.RewardFen), " ", ids))
		}
		got = append(got, fmt.Sprint("left ", report.Left))
		if strings.Join(got, "; ") != c.want {
			t.Errorf("got %s\nwant %s", strings.Join(got, "; "), c.want)
		}
	}
}
