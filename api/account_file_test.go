package api

import (
	"strings"
	"testing"

	"duijie/corpus/market"
)

func TestPeopleAreInvitedByTheRowsOfAFile(t *testing.T) {
	w := newWorld(t, nil)
	code := creditCode()
	for id, name := range map[string]string{"one": "某大学", "two": "某厂有限公司", "three": "某厂有限责任公司"} {
		w.put(&market.OrganisationType, id, "test", "verified")
		body := `{"name":"` + name + `"}`
		if id == "one" {
			body = `{"name":"` + name + `","code":"` + code + `"}`
		}
		w.as(w.adminKey, "PATCH", "/v1/organisations/"+id, body).want(200)
	}
	file := "姓名,权限,单位,邮箱,备注\n" +
		"王丽,成果方,某大学,wang@example.cn,x\n" +
		"李娜,成果方," + strings.ToLower(code) + ",,\n" +
		"赵一,只读,,,\n" +
		"钱二,企业,某厂有限公司,,\n" + // two are called so
		"孙三,企业,没有的厂,,\n" +
		"周四,管理,,,\n" +
		"吴五,,某大学,,\n" +
		",企业,,,\n" +
		"郑六,企业,,wrong,\n" +
		"王丽,只读,one,,\n" // is there already
	ask := func() AccountImport {
		return decodeAs[AccountImport](w.as(w.adminKey, "POST", "/v1/accounts/import", file, "Content-Type", "text/csv").want(200))
	}
	sum := ask()
	var got, bad []string
	for _, i := range sum.Invited {
		got = append(got, strings.Join([]string{i.Name, string(i.Role), i.Organisation, i.Mail}, " "))
		if _, err := w.svc.Welcome(strings.TrimPrefix(i.Link, WelcomePath)); err != nil {
			t.Errorf("the link of %s: %v", i.Name, err)
		}
	}
	if want := "王丽 holder one wang@example.cn, 李娜 holder one , 赵一 read  "; strings.Join(got, ", ") != want {
		t.Errorf("invited %q, want %q", strings.Join(got, ", "), want)
	}
	for _, r := range sum.Rows {
		bad = append(bad, r.Faults[0].Field)
	}
	if want := "organisation organisation role role name mail name"; strings.Join(bad, " ") != want || sum.Bad != 7 || sum.Read != 10 || strings.Join(sum.Unknown, "") != "备注" {
		t.Errorf("wrong are %v of %+v, want %s", bad, sum, want)
	}
	if again := ask(); len(again.Invited) != 0 || again.Bad != 10 {
		t.Errorf("read again, the file invites %+v", again.Invited)
	}
	broker, _ := w.keyOf(market.Broker)
	w.as(broker, "POST", "/v1/accounts/import", file, "Content-Type", "text/csv").problem(403)
}
