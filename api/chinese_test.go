package api

import (
	"regexp"
	"strings"
	"testing"
)

// latin is a word that no Chinese message has.
var latin = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)

func TestRowsOfPeoplesFilesAreToldInChinese(t *testing.T) {
	w := newWorld(t, nil, testDocs()...)
	for path, file := range map[string]string{
		"/v1/contracts/import": "技术合同登记表,,\n合同名称,合同类别,卖方名称,买方名称,合同金额,签订日期,状态,对接意向\n甲,技术开发,某大学,某厂,80,2026-11-01,,\n,开发中,某大学,某大学,8万元,十一月,,\n乙,技术开发,某大学,某厂,8万元,2031-01-01,备案,\n丙,技术开发,某大学,某厂,8万元,2026-11-01,,none\n丁,技术开发,某大学,某厂,8万元,2026-11-01,已登记,\n",
		"/v1/rewards/import":   "技术合同,促成份额,证明材料\nnone,张三,x\nnone,张三 50%\\n张三 60%,x\nnone,张三 50%,\n",
		"/v1/accounts/import":  "姓名,角色,单位,邮箱\n王丽,皇帝,,\n李强,经纪人,无此单位,\n张敏,经纪人,,不是邮箱\n,经纪人,,\n",
	} {
		sum := decodeAs[RecordImport](w.as(w.adminKey, "POST", path, file, "Content-Type", "text/csv", "Accept-Language", "zh").want(200))
		if want := strings.Count(file, "\n") - 1 - strings.Count(file, "登记表"); sum.Bad != want {
			t.Errorf("%s: %d are bad, want %d: %+v", path, sum.Bad, want, sum.Rows)
		}
		for _, row := range sum.Rows {
			for _, f := range row.Faults {
				if latin.MatchString(f.Detail + f.Fix) {
					t.Errorf("%s, line %d: %s (%s)", path, row.Line, f.Detail, f.Fix)
				}
			}
		}
		plain := decodeAs[RecordImport](w.as(w.adminKey, "POST", path, file, "Content-Type", "text/csv").want(200))
		if !latin.MatchString(plain.Rows[0].Faults[0].Detail + plain.Rows[0].Faults[0].Fix) {
			t.Errorf("%s, as it is: %+v", path, plain.Rows[0])
		}
	}
}
