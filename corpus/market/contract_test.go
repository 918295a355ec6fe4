package market

import (
	"maps"
	"strings"
	"testing"

	"duijie/corpus"
)

// faultyFields are the fields that an error names, in its order.
func faultyFields(err error) string {
	var names []string
	if all, ok := err.(corpus.Faults); ok {
		for _, e := range all {
			names = append(names, e.Field)
		}
	}
	return strings.Join(names, " ")
}

func TestContractsAreReadAsTheyAreWritten(t *testing.T) {
	right := map[string]string{"title": "工艺开发", "kind": "development", "seller": "某大学", "buyer": "某淀粉厂", "value": "80万元", "signed": "2026-11-20"}
	for _, c := range []struct{ change, want string }{
		{"", ""},
		{"value=1.2亿元 technical=9000万元 signed=2026年3月5日 seller_region=通辽市 buyer_region=150502 field=26", ""},
		{"value=面议", "value"},
		{"value=50-80万元", "value"},
		{"value=80万元以上", "value"},
		{"value=", "value"},
		{"technical=81万元", "technical"},
		{"technical=一些", "technical"},
		{"signed=2026-11", "signed"},
		{"signed=去年", "signed"},
		{"kind=loan", "kind"},
		{"seller_region=北极 buyer_region=999999", "seller_region buyer_region"},
		{"field=ZZ", "field"},
		{"buyer=某大学", "seller"},
		{"title= seller= buyer=", "title seller buyer"},
	} {
		values := maps.Clone(right)
		for part := range strings.FieldsSeq(c.change) {
			name, text, _ := strings.Cut(part, "=")
			values[name] = text
		}
		_, err := ContractType.New(values, "key:1", now)
		if got := faultyFields(err); got != c.want || (err == nil) != (c.want == "") {
			t.Errorf("%q: %v, want faults in %q", c.change, err, c.want)
		}
	}
	values := maps.Clone(right)
	maps.Copy(values, map[string]string{"value": "1.2亿元", "technical": "9000万", "signed": "2026年3月5日", "seller_region": "通辽市"})
	c, err := ContractType.New(values, "key:1", now)
	if err != nil || c.ValueFen != 12_000_000_000 || c.TechnicalFen != 9_000_000_000 || c.Signed != "2026-03-05" || c.SellerRegion != "150500" || c.Value != "1.2亿元" {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestARegisteredContractHasANumber(t *testing.T) {
	c, err := ContractType.New(map[string]string{"title": "工艺开发", "kind": "development", "seller": "某大学", "buyer": "某淀粉厂", "value": "80万元", "signed": "2026-11-20"}, "key:1", now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ContractType.Move(c, Registered, now); faultyFields(err) != "number" {
		t.Errorf("registered without a number: %v", err)
	}
	c, err = ContractType.Edit(c, map[string]string{"state": "registered", "number": "2026150500000123"}, now)
	if err != nil || c.State != Registered {
		t.Errorf("registered: %+v, %v", c, err)
	}
	if _, err := ContractType.Edit(c, map[string]string{"number": ""}, now); faultyFields(err) != "number" {
		t.Errorf("a registered contract lost its number: %v", err)
	}
}

func TestABenefitIsAnAmountOfAYear(t *testing.T) {
	for _, c := range []struct{ year, amount, want string }{
		{"2026", "1200万元", ""}, {"26", "1200万元", "year"}, {"1826", "1200万元", "year"}, {"2026", "很多", "amount"}, {"二〇二六", "", "amount"},
	} {
		b, err := BenefitType.New(map[string]string{"contract": "c", "year": c.year, "amount": c.amount, "proof": "发票"}, "key:1", now)
		if got := faultyFields(err); got != c.want || err == nil && b.AmountFen != 1_200_000_000 {
			t.Errorf("%v: %+v, %v", c, b, err)
		}
	}
}

func TestAKeyNeedsAllItsTexts(t *testing.T) {
	for _, c := range []struct{ contract, year, want string }{{"c", "2026", "c / 2026"}, {"", "2026", ""}, {"c", "", ""}} {
		r := map[string]string{"contract": c.contract, "year": c.year}
		if got := BenefitType.Key(func(f string) string { return r[f] }); got != c.want {
			t.Errorf("%v: %q", c, got)
		}
	}
	if got := LeadType.Key(func(string) string { return "x" }); got != "" {
		t.Errorf("a lead has the key %q", got)
	}
}
