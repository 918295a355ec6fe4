package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTableKeepsOnlyWhatChangesSomething(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"TSCharacters.txt":         "# comment\n軟\t软\n體\t体\n乾\t干 乾\n斷\t断\n薴\t苧\n苧\t苎\n米\t米\n納\t纳\n件\t件\n資\t资\n訊\t讯\n傳\t传\n",
		"TSPhrases.txt":            "乾斷\t乾断\n斷體\t断体\n打坏\t打坯\n",
		"TWPhrasesRev.txt":         "軟體\t軟件\n奈米\t納米\n核心\t內核\n資訊\t信息 資訊\n傳送\t發送\nA軟\t甲軟\n",
		"TWVariantsRev.txt":        "",
		"TWVariantsRevPhrases.txt": "",
		"HKPhrasesRev.txt":         "",
		"HKVariantsRev.txt":        "",
		"HKVariantsRevPhrases.txt": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(dir, "out.txt")
	if err := run(dir, out); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	// 斷體 is what its characters give, 打坏 and 核心 may stand in simplified text, 傳送 is narrow, A軟 is not all Han;
	// 乾断 is there because 乾斷 gives it and it must stay.
	want := header + `乾 干
乾断 乾断
乾斷 乾断
傳 传
奈米 纳米
斷 断
瞭解 了解
納 纳
苧 苎
薴 苎
訊 讯
資 资
資訊 信息
軟 软
軟體 软件
體 体
`
	if string(b) != want {
		t.Errorf("got\n%s\nwant\n%s", b, want)
	}
	if err := run(filepath.Join(dir, "absent"), out); err == nil {
		t.Error("a folder that is not there gave no error")
	}
}
