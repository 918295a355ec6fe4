package market

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duijie/corpus"
)

// Rewards is the record table of what brokers and agencies brokered, and are rewarded for.
const Rewards = "rewards"

// States of a reward, beside Refused: with a reason; it may be proposed again.
const (
	Proposed State = "proposed" // who brokered it says so
	Approved State = "approved" // by the operator
	Paid     State = "paid"     // final
)

// A Reward says who brokered a contract, by which shares, and which papers prove it. What is paid follows from the year's
// value of each and the operator's rule.
type Reward struct {
	ID           string    `json:"id"`
	Contract     string    `json:"contract" doc:"id of the contract, which is rewarded once"`
	Shares       string    `json:"shares" doc:"one line for each broker or agency: name and share, 某技术转移中心 60%; they add to 100%"`
	Parts        []Part    `json:"parts" doc:"the same, read"`
	Papers       string    `json:"papers" doc:"numbers or addresses of the papers that prove it; 2,000 characters at most"`
	Reason       string    `json:"reason,omitempty" doc:"why it was refused"`
	State        State     `json:"state" enum:"proposed,approved,paid,refused"`
	By           string    `json:"by" doc:"who proposed it, as key:ID or account:ID"`
	Organisation string    `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time `json:"created"`
	Updated      time.Time `json:"updated"`
}

// A Part is what one of several brokered of a contract.
type Part struct {
	Payee   string `json:"payee" doc:"name of the broker or agency"`
	Percent int64  `json:"percent" doc:"in hundredths of a percent"`
}

// RewardType declares rewards: a broker proposes, the operator approves and pays.
var RewardType = Type[Reward]{
	Declared: Declared{
		Name: Rewards, One: Words{"中介奖励", "reward"}, Many: Words{"中介奖励", "Rewards"}, Unique: []string{"contract"},
		States: []Named{{string(Proposed), Words{"已申报", "Proposed"}}, {string(Approved), Words{"已核准", "Approved"}}, {string(Paid), Words{"已发放", "Paid"}}, {string(Refused), Words{"未通过", "Refused"}}},
		Moves:  map[State][]State{Proposed: {Approved, Refused}, Approved: {Paid, Refused}, Refused: {Proposed}},
		Fields: []Field{
			{Name: "contract", Record: Contracts, Required: true, Fixed: true, Words: Words{"技术合同", "Contract"}, Hint: Words{"填技术合同的编号；一份合同只奖励一次。", "give the id of a contract that you may see; it is rewarded once"}},
			{Name: "shares", Required: true, Limit: 2_000, Lines: 4, Words: Words{"促成份额", "Shares"}, Hint: Words{"一行一个机构或经纪人：名称和份额，如“某技术转移中心 60%”；加起来是 100%。", "write a line for each: name and share, 某技术转移中心 60%; they add to 100%"}},
			{Name: "papers", Required: true, Limit: 2_000, Lines: 4, Words: Words{"证明材料", "Papers"}, Hint: Words{"材料的编号或存放地址，2,000 字以内。", "give numbers or addresses of the papers, in 1 to 2,000 characters"}},
			{Name: "reason", With: Refused, Required: true, Limit: 500, Lines: 2, Words: Words{"未通过的原因", "Reason"}, Hint: Words{"申报人看得到，500 字以内。", "say in 1 to 500 characters why"}},
		},
	},
	Check: checkReward,
	Head:  func(r *Reward) Head { return Head{&r.ID, &r.State, &r.By, &r.Organisation, &r.Created, &r.Updated} },
	Example: Reward{ID: "019ac2f1b3e0q7Rk2ZpX", Contract: "019ac2f1b3e0q7Rk2ZpX", Shares: "某技术转移中心 60%\n张三 40%", Parts: []Part{{"某技术转移中心", 6_000}, {"张三", 4_000}}, Papers: "居间合同，档案 2026-31。", State: Proposed,
		By: "key:3f9a0c11d2e4b586", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// shareLine is a name with a share behind it.
var shareLine = regexp.MustCompile(`^(.*\S)[\s,，:：]+([0-9]+(?:\.[0-9]{1,2})?)\s*[%％]$`)

// wholeShare is 100 %, as shares are counted.
const wholeShare = 10_000

// checkReward reads the shares, which are all of the contract.
func checkReward(r *Reward, _ Reward) (wrong corpus.Faults) {
	refuse := func(format string, args ...any) { wrong = append(wrong, invalid("shares", "", format, args...)) }
	var sum int64
	named := map[string]bool{}
	r.Parts = nil
	for line := range strings.Lines(r.Shares) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		m := shareLine.FindStringSubmatch(line)
		if m == nil {
			refuse("%q is no name with a share", line)
			continue
		}
		f, err := strconv.ParseFloat(m[2], 64)
		p := Part{m[1], int64(math.Round(f * 100))}
		if err != nil || p.Percent <= 0 || p.Percent > wholeShare {
			refuse("%s%% is no share", m[2])
			continue
		}
		if key := corpus.OrgKey(p.Payee); named[key] {
			refuse("%s is named twice", p.Payee)
		} else {
			named[key] = true
		}
		sum += p.Percent
		r.Parts = append(r.Parts, p)
	}
	if wrong == nil && sum != wholeShare {
		refuse("the shares add to %s%%, not to 100%%", parts(sum, 100))
	}
	return wrong
}
