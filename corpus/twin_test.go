package corpus

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

func TestPatentNumbersHaveOneSpelling(t *testing.T) {
	for number, want := range map[string]string{
		"ZL201010123456.9": "ZL201010123456.9",
		"201010123456.9":   "ZL201010123456.9",
		"ＺＬ２０１０１０１２３４５６．９": "ZL201010123456.9",
		"CN 2010 1 0123456":   "ZL201010123456.9",
		"专利号：zl2010101234569": "ZL201010123456.9",
		"2010101234569（发明）":   "ZL201010123456.9",
		"201010123456.3":      "2010101234563", // the check digit is wrong
		"98101234.5":          "ZL98101234.5",
		"98101234":            "ZL98101234.5",
		"ZL981012345":         "ZL98101234.5",
		"200510012345.x":      "ZL200510012345.X",
		"CN101234567A":        "CN101234567",
		"CN 101234567 B":      "CN101234567",
		"101234567B2":         "CN101234567",
		"CN1234567C":          "CN1234567",
		"2019SR0123456":       "2019SR0123456",
		"US 9,876,543 B2":     "US9876543B2",
		"PCT/CN2012/070001":   "PCTCN2012070001",
		"无":                   "",
		"申请中":                 "",
		"12345":               "",
		"":                    "",
	} {
		if got := PatentKey(number); got != want {
			t.Errorf("%q: %q, want %q", number, got, want)
		}
		if key := PatentKey(number); key != "" && PatentKey(key) != key {
			t.Errorf("%q becomes %q and then %q", number, key, PatentKey(key))
		}
	}
}

func FuzzPatentKey(f *testing.F) {
	for _, number := range []string{"ZL201010123456.9", "CN101234567A", "ZLCN98101234", "2019SR0123456", "１２３４５６ｘ", "专利"} {
		f.Add(number)
	}
	f.Fuzz(func(t *testing.T, number string) {
		key := PatentKey(number)
		if again := PatentKey(key); again != key {
			t.Errorf("%q becomes %q and then %q", number, key, again)
		}
		if spaced := PatentKey(" " + strings.ToLower(number) + "。"); spaced != key {
			t.Errorf("%q is %q, and %q in another spelling", number, key, spaced)
		}
	})
}

func TestNamesOfOrganisationsAreCompared(t *testing.T) {
	for _, test := range []struct {
		a, b string
		same bool
	}{
		{"通辽金煤化工有限公司", "通辽金煤化工有限责任公司", true},
		{"中粮（通辽）有限公司", "中粮(通辽)有限公司", true},
		{"中粮（通辽）有限公司", "中粮通辽有限公司", true},
		{"ABC 材料 有限公司", "ａｂｃ材料有限公司", true},
		{"内蒙古民族大学、通辽市农科院", "通辽市农科院；内蒙古民族大学", true},
		{"内蒙古民族大学、内蒙古民族大学", "内蒙古民族大学", true},
		{"通辽金煤化工有限公司", "通辽金煤化工股份有限公司", false},
		{"内蒙古民族大学", "内蒙古大学", false},
	} {
		if got := orgsKey(test.a) == orgsKey(test.b); got != test.same {
			t.Errorf("%s and %s: %v (%s, %s)", test.a, test.b, got, orgsKey(test.a), orgsKey(test.b))
		}
	}
	if key := orgsKey("——"); key != "" {
		t.Errorf("no name has the key %q", key)
	}
}

func TestKeysOfTwins(t *testing.T) {
	d := Doc{Kind: Achievement, Title: "风机叶片 除冰", Org: "甲有限责任公司", People: []string{"李四"},
		Rights: []Right{{Number: "ZL201010123456.9、201010123456"}, {Number: "2019SR0123456"}, {Number: "申请中"}}}
	var reasons []string
	for _, k := range TwinKeys(&d) {
		reasons = append(reasons, k.Reason())
	}
	if got := strings.Join(reasons, "|"); got != "专利号相同 ZL201010123456.9|知识产权编号相同 2019SR0123456|标题与单位相同" {
		t.Error(got)
	}
	team := func(people ...string) []TwinKey {
		return TwinKeys(&Doc{Title: "风机叶片除冰", People: people})
	}
	if a, b := team("李四", "张三"), team("张三", "李 四"); !slices.Equal(a, b) || len(a) != 1 || a[0].Reason() != "标题与完成人相同" {
		t.Errorf("%q and %q", a, b)
	}
	if keys := team(); len(keys) != 0 {
		t.Errorf("a title alone has the keys %q", keys)
	}
	var long Doc
	for i := range 300 {
		long.Rights = append(long.Rights, Right{Number: fmt.Sprint(1_000_000+i, "号")})
	}
	if keys := TwinKeys(&long); len(keys) != maxTwinKeys {
		t.Errorf("%d keys", len(keys))
	}
}

func TestImportWarnsOfTwins(t *testing.T) {
	s := open(t)
	imports := func(file string) (said []string) {
		t.Helper()
		_, err := Import(context.Background(), s, rowsOf(file, ReadOptions{Kind: Achievement}), ImportOptions{Report: func(r Row) {
			for _, e := range r.Warnings {
				said = append(said, fmt.Sprintf("%d %s", r.Line, e.Message))
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		return said
	}
	first := "编号,名称,简介,完成单位,专利号\n1,除冰,电热膜,甲有限公司,ZL201010123456.9\n"
	if said := imports(first); len(said) > 0 {
		t.Fatalf("the first row: %q", said)
	}
	for _, step := range []struct{ file, want string }{
		{"编号,名称,简介,完成单位,专利号\n2,叶片除冰,热风,乙公司,201010123456\n", "2 与已有的 1 专利号相同 ZL201010123456.9"},
		{"编号,名称,简介,完成单位\n3,除 冰,涂层,甲有限责任公司\n", "2 与已有的 1 标题与单位相同"},
		{"编号,名称,简介,完成单位\n4,除冰,电热膜,甲有限责任公司\n", "2 与已有的 1 内容相同|2 与已有的 3 标题与单位相同"}, // of 1 the text says it all
		{"编号,名称,简介,完成单位\n5,除冰,涂层,丙公司\n", "2 与已有的 3 内容相同"},
		{first, ""}, // nothing changed
		{"编号,名称,简介,完成单位\n3,另一题,另一文,丁公司\n6,除冰,清雪,丁公司\n7,另一题,再一文,丁公司\n", "4 与已有的 3 标题与单位相同"},
		{"编号,名称,简介,完成单位\n8,除冰,涂层八,甲有限公司\n", "2 与已有的 1 标题与单位相同|2 与已有的 4 标题与单位相同"}, // 3 has another title now
	} {
		if got := strings.Join(imports(step.file), "|"); got != step.want {
			t.Errorf("%q:\n%s, want\n%s", step.file, got, step.want)
		}
	}
	write(t, s, Batch{Deletes: []Delete{{Kind: Achievement, ID: "1"}, {Kind: Achievement, ID: "4"}, {Kind: Achievement, ID: "8"}}})
	if said := imports("编号,名称,简介,完成单位,专利号\n9,除冰,磁力,甲有限公司,\n"); len(said) > 0 {
		t.Errorf("twins of what was deleted: %q", said)
	}
}

// rowsIn are the keys of a bucket.
func rowsIn(t *testing.T, s *Store, bucket []byte) (rows []string) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucket).ForEach(func(k, _ []byte) error {
			rows = append(rows, fmt.Sprintf("%x", k))
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAnOlderStoreGetsItsTwins(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	write(t, s, Batch{Puts: []Put{{Doc: Doc{Kind: Expert, SourceID: "1", Title: "王伟", Org: "甲大学"}}, {Doc: need("2", "难题")},
		{Doc: Doc{Kind: Need, SourceID: "3", Title: "难题", Org: "乙公司"}}}})
	want := rowsIn(t, s, bTwins)
	if err := errors.Join(s.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket(bTwins) }), s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(filepath.Clean(dir), Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := rowsIn(t, s, bTwins); !slices.Equal(got, want) || len(got) != 2 {
		t.Errorf("%v, want %v", got, want)
	}
	var copied bytes.Buffer
	if err := s.Backup(&copied); err != nil || copied.Len() == 0 {
		t.Error(err)
	}
}
