package market

import (
	"strings"
	"time"

	"duijie/corpus"
)

// Contracts is the record table of technology contracts.
const Contracts = "contracts"

// States of a contract.
const (
	Signed     State = "signed"     // by both parties
	Registered State = "registered" // with the office for technology contracts, under a number
	Performed  State = "performed"  // what was agreed is done
	Void       State = "void"       // the contract, or its registration, was withdrawn; final
)

// A Contract is what a lead became: an agreement of one of the five kinds of the Civil Code, part 3, chapter 20.
type Contract struct {
	ID           string      `json:"id"`
	Title        string      `json:"title" doc:"as it stands on the contract"`
	Number       string      `json:"number,omitempty" doc:"of its registration; no two contracts have the same"`
	Kind         string      `json:"kind" enum:"development,transfer,licence,consulting,service"`
	Seller       string      `json:"seller" doc:"name of the party that provides the technology"`
	SellerKind   string      `json:"seller_kind,omitempty" enum:"government,institute,university,institution,society,enterprise,individual,other"`
	SellerRegion string      `json:"seller_region,omitempty" doc:"GB/T 2260"`
	Buyer        string      `json:"buyer" doc:"name of the party that pays"`
	BuyerRegion  string      `json:"buyer_region,omitempty" doc:"GB/T 2260"`
	Value        string      `json:"value" doc:"as written: 80万元"`
	ValueFen     int64       `json:"value_fen" doc:"in fen"`
	Technical    string      `json:"technical,omitempty" doc:"the part of the value that pays for technology, as written"`
	TechnicalFen int64       `json:"technical_fen,omitempty" doc:"in fen, value_fen at most"`
	Signed       corpus.Date `json:"signed" doc:"the day of signature"`
	Field        string      `json:"field,omitempty" doc:"GB/T 4754-2017: C, 26 or 2614"`
	IP           string      `json:"ip,omitempty" enum:"patent,software,variety,layout,biomedicine,design,secret,none"`
	Lead         string      `json:"lead,omitempty" doc:"id of the lead that it came from"`
	Elsewhere    string      `json:"elsewhere,omitempty" enum:"yes" doc:"yes: it came from none of the leads here"`
	Brokers      string      `json:"brokers,omitempty" doc:"who moved the lead, or held its claim, as account:ID or key:ID with blanks between: they read the contract"`
	State        State       `json:"state" enum:"signed,registered,performed,void"`
	By           string      `json:"by" doc:"who recorded it, as key:ID or account:ID"`
	Organisation string      `json:"organisation,omitempty" doc:"id of the organisation that its maker belonged to: its members share it"`
	Created      time.Time   `json:"created"`
	Updated      time.Time   `json:"updated"`
}

// ContractType declares contracts. Their headers are those of the register's own list.
var ContractType = Type[Contract]{
	Declared: Declared{
		Name: Contracts, One: Words{"技术合同", "contract"}, Many: Words{"技术合同", "Contracts"}, Unique: []string{"number"}, Listed: Registered,
		States: []Named{{string(Signed), Words{"已签订", "Signed"}}, {string(Registered), Words{"已登记", "Registered"}},
			{string(Performed), Words{"已履行", "Performed"}}, {string(Void), Words{"已作废", "Void"}}},
		Moves: map[State][]State{Signed: {Registered, Void}, Registered: {Performed, Void}, Performed: {Void}},
		Fields: []Field{
			{Name: "title", Also: []string{"项目名称"}, Required: true, Limit: 200, Words: Words{"合同名称", "Title"}, Hint: Words{"与合同上的一致，200 字以内。", "copy it from the contract, 200 characters at most"}},
			{Name: "number", Also: []string{"登记编号", "合同编号"}, Words: Words{"合同登记编号", "Registration number"}, Hint: Words{"登记机构给的编号，不能与其他合同相同；还没登记的先空着。", "give the number of the registration, which no other contract has; leave it out before"}},
			{Name: "kind", Also: []string{"合同类型"}, Required: true, Words: Words{"合同类别", "Kind"}, Hint: Words{"从五类里选一类。", "use development, transfer, licence, consulting or service"},
				Choices: []Named{{"development", Words{"技术开发", "Development"}}, {"transfer", Words{"技术转让", "Transfer"}}, {"licence", Words{"技术许可", "Licence"}},
					{"consulting", Words{"技术咨询", "Consulting"}}, {"service", Words{"技术服务", "Service"}}}},
			{Name: "seller", Also: []string{"卖方", "转让方", "出让方"}, Required: true, Limit: 200, Words: Words{"卖方名称", "Seller"}, Hint: Words{"提供技术的一方，写全称。", "name the party that provides the technology, which is not the buyer"}},
			{Name: "seller_kind", Also: []string{"卖方性质"}, Words: Words{"卖方类型", "Kind of seller"}, Hint: Words{"统计用，不清楚可以不选。", "use one of government, institute, university, institution, society, enterprise, individual, other"},
				Choices: []Named{{"government", Words{"机关法人", "Government body"}}, {"institute", Words{"科研机构", "Research institute"}}, {"university", Words{"高等院校", "University"}},
					{"institution", Words{"其他事业法人", "Other public institution"}}, {"society", Words{"社团法人", "Society"}}, {"enterprise", Words{"企业法人", "Enterprise"}},
					{"individual", Words{"自然人", "Individual"}}, {"other", Words{"其他组织", "Other"}}}},
			{Name: "seller_region", Codes: corpus.Region, Words: Words{"卖方地区", "Seller's region"}, Hint: Words{"行政区划的代码或名称，比如 150502 或科尔沁区。", "give a code or a name of GB/T 2260"}},
			{Name: "buyer", Also: []string{"买方", "受让方"}, Required: true, Limit: 200, Words: Words{"买方名称", "Buyer"}, Hint: Words{"付款的一方，写全称。", "name the party that pays"}},
			{Name: "buyer_region", Codes: corpus.Region, Words: Words{"买方地区", "Buyer's region"}, Hint: Words{"行政区划的代码或名称。", "give a code or a name of GB/T 2260"}},
			{Name: "value", Also: []string{"合同成交金额", "合同成交总金额", "合同总金额", "成交金额"}, Required: true, Words: Words{"合同金额", "Value"}, Hint: Words{"一个数，带单位：80万元。", "give one amount with its unit: 80万元"}},
			{Name: "technical", Also: []string{"技术交易金额"}, Words: Words{"技术交易额", "Technical part"}, Hint: Words{"合同金额里属于技术的部分，不超过合同金额。", "give one amount with its unit, the value at most"}},
			{Name: "signed", Also: []string{"签订时间", "合同签订日期"}, Required: true, Words: Words{"签订日期", "Signed on"}, Hint: Words{"写到日：2026-11-23，不晚于今天。", "give a day until today: 2026-11-23"}},
			{Name: "field", Codes: corpus.Field, Words: Words{"行业", "Field"}, Hint: Words{"GB/T 4754-2017 的一个代码或名称：C、26 或 2614。", "use a code or a name of GB/T 4754-2017: C, 26 or 2614"}},
			{Name: "ip", Also: []string{"知识产权类型"}, Words: Words{"知识产权", "Intellectual property"}, Hint: Words{"统计用，不清楚可以不选。", "use one of patent, software, variety, layout, biomedicine, design, secret, none"},
				Choices: []Named{{"patent", Words{"专利", "Patent"}}, {"software", Words{"计算机软件著作权", "Software copyright"}}, {"variety", Words{"动、植物新品种权", "New variety"}},
					{"layout", Words{"集成电路布图设计专有权", "Circuit layout"}}, {"biomedicine", Words{"生物、医药新品种权", "New biological or medical product"}},
					{"design", Words{"设计著作权", "Design copyright"}}, {"secret", Words{"技术秘密", "Trade secret"}}, {"none", Words{"未涉及知识产权", "None"}}}},
			{Name: "lead", Record: Leads, Words: Words{"对接意向", "Lead"}, Hint: Words{"从哪条对接意向来，填它的编号。", "give the id of a lead that you may see"}},
			{Name: "elsewhere", Words: Words{"不是从这里来的", "From elsewhere"}, Hint: Words{"确认它不是从这里的对接意向来的时候选“是”；有对接意向的不选。", "use yes for a contract that came from none of the leads here, and leave it out of one with a lead"},
				Choices: []Named{{"yes", Words{"是", "Yes"}}}},
		},
	},
	Check: checkContract,
	Head:  func(c *Contract) Head { return Head{&c.ID, &c.State, &c.By, &c.Organisation, &c.Created, &c.Updated} },
	Example: Contract{ID: "019ac2f1b3e0q7Rk2ZpX", Title: "玉米浸泡水回收工艺开发", Number: "2026150500000123", Kind: "development", Seller: "某大学", SellerKind: "university", SellerRegion: "150500",
		Buyer: "某淀粉厂", BuyerRegion: "150502", Value: "80万元", ValueFen: 80_000_000, Technical: "60万元", TechnicalFen: 60_000_000, Signed: "2026-11-20", Field: "1391", IP: "patent",
		Lead: "019ac2f1b3e0q7Rk2ZpX", State: Signed, By: "key:3f9a0c11d2e4b586", Created: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), Updated: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)},
}

// checkContract reads amounts, regions and the day, and demands the number of a registered contract.
func checkContract(c *Contract, was Contract) (wrong corpus.Faults) {
	refuse := func(field, format string, args ...any) { wrong = append(wrong, invalid(field, "", format, args...)) }
	if !readAmount(c.Value, &c.ValueFen) {
		refuse("value", "%q is no single amount", c.Value)
	}
	if c.TechnicalFen = 0; c.Technical != "" && !readAmount(c.Technical, &c.TechnicalFen) {
		refuse("technical", "%q is no single amount", c.Technical)
	} else if c.TechnicalFen > c.ValueFen {
		refuse("technical", "it is more than the value")
	}
	for _, region := range []struct {
		field string
		code  *string
	}{{"seller_region", &c.SellerRegion}, {"buyer_region", &c.BuyerRegion}} {
		code, err := corpus.ParseRegion(*region.code)
		if err != nil {
			refuse(region.field, "%q is not known", *region.code)
		}
		*region.code = code
	}
	day, err := corpus.ParseDate(string(c.Signed))
	if err != nil || len(day) != len(time.DateOnly) {
		refuse("signed", "%q is no day", c.Signed)
	} else if day != was.Signed && day > corpus.DayOf(c.Updated) {
		refuse("signed", "%s is yet to come", day)
	}
	c.Signed = day
	if codes, unknown := corpus.ParseField(c.Field); len(unknown) > 0 || len(codes) > 1 {
		refuse("field", "%q is not known", c.Field)
	} else if len(codes) == 1 {
		c.Field = codes[0]
	}
	if corpus.OrgKey(c.Seller) == corpus.OrgKey(c.Buyer) {
		refuse("seller", "seller and buyer are the same")
	}
	if c.Lead != "" && c.Elsewhere != "" {
		refuse("elsewhere", "it has a lead")
	}
	if c.Number == "" && (c.State == Registered || c.State == Performed) {
		refuse("number", "a %s contract has one", c.State)
	}
	return wrong
}

// readAmount reads one amount of money into fen, and reports whether it is one: with a unit, since a number alone is yuan to
// some and 万元 to most.
func readAmount(text string, fen *int64) bool {
	if !strings.ContainsAny(text, "元万亿") {
		return false
	}
	m, err := corpus.ParseMoney(text, "")
	if err != nil || !m.Known() || m.Min != m.Max {
		return false
	}
	*fen = m.Min
	return true
}
