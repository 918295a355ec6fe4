package corpus

import "testing"

func TestCheckOrgCode(t *testing.T) {
	for code, right := range map[string]bool{"": true, "91150500MA0N0AAA00": true, "12150000460000000X": true, "91150500MA0N0AAA01": false,
		"9115O500MA0N0AAA00": false, "91150500": false, "990101199001010225": false, "99010119900101022X": true} {
		if err := CheckOrgCode(code); (err == nil) != right {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// A firm of one person may have a number that is that person's: it is shown when somebody has opened it.
func TestACodeThatIsAPersonsNumberIsNotShown(t *testing.T) {
	for code, want := range map[string]Level{"91150500MA0N0AAA00": Public, "99010119900101022X": Confidential, "": Public} {
		d := Doc{Kind: Need, Title: "求", OrgCode: code}
		if got := d.LevelOf("org_code"); got != want {
			t.Errorf("%s is %s, want %s", code, got, want)
		}
		if got := d.Public().OrgCode; (got == "") != (want == Confidential || code == "") {
			t.Errorf("%s is shown as %q", code, got)
		}
		d.Disclosure = map[string]Level{"org_code": Public}
		if got := d.Public().OrgCode; got != code {
			t.Errorf("%s, opened, is shown as %q", code, got)
		}
	}
}

func TestOrgKey(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"通辽某某科技有限责任公司", "通辽某某科技有限公司", true},
		{"某某（内蒙古）有限公司", "某某(内蒙古)有限公司", true},
		{"某某集团（内蒙古）有限公司", "某某集团内蒙古有限公司", true},
		{"ＡＢＣ有限公司", "abc 有限公司", true},
		{"甲有限公司（原乙有限公司）", "甲有限公司", true},
		{"甲有限公司（曾用名：乙厂）", "甲有限公司", true},
		{"某某股份有限公司", "某某有限公司", false},
		{"某某（原料）有限公司", "某某有限公司", false},
		{"某大学", "某大学附属医院", false},
	} {
		if got := OrgKey(c.a) == OrgKey(c.b); got != c.same {
			t.Errorf("%s and %s are one: %v (%s, %s)", c.a, c.b, got, OrgKey(c.a), OrgKey(c.b))
		}
	}
}

func TestAnIdentityNumberIsClosedHoweverItIsWritten(t *testing.T) {
	for code, want := range map[string]Level{"11010519491231002X": Confidential, "11010519491231002x": Confidential,
		"110105 19491231 002x": Confidential, "91150500MA0N0X0X0A": Public} {
		if d := (Doc{OrgCode: code}); d.LevelOf("org_code") != want {
			t.Errorf("%s is %s", code, d.LevelOf("org_code"))
		}
	}
}
