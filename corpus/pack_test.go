package corpus

import (
	"os"
	"path/filepath"
	"testing"
)

// A backup carries the files of a folder; the store that is opened from it gives them back and keeps none.
func TestABackupCarriesFiles(t *testing.T) {
	dir := t.TempDir()
	files := filepath.Join(dir, "first", "attachments")
	copied := filepath.Join(dir, "second", FileName)
	for _, folder := range []string{files, filepath.Dir(copied)} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(filepath.Join(dir, "first"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.WriteFile(filepath.Join(files, "a1"), []byte("中试报告"), 0o600); err != nil {
		t.Fatal(err)
	}
	backup, err := os.Create(copied)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(backup); err != nil {
		t.Fatal(err)
	}
	backup.Close()
	for _, folder := range []string{filepath.Join(dir, "none"), files} {
		if err := PackFiles(copied, folder); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Verify(copied); err != nil {
		t.Fatal(err)
	}
	second, err := Open(filepath.Dir(copied), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	out := filepath.Join(dir, "second", "attachments")
	for range 2 { // the second time there is nothing to do
		if err := second.UnpackFiles(out); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := os.ReadFile(filepath.Join(out, "a1")); err != nil || string(b) != "中试报告" {
		t.Errorf("the file holds %q (%v)", b, err)
	}
	if err := os.Remove(filepath.Join(out, "a1")); err != nil {
		t.Fatal(err)
	}
	if err := second.UnpackFiles(out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(out, "a1")); !os.IsNotExist(err) {
		t.Errorf("a file that was deleted came back: %v", err)
	}
}

func TestWhatReachesAPersonIsKnown(t *testing.T) {
	for text, want := range map[string]bool{"中试用的是几吨的罐？": false, "张教授的数据能看吗": false, "打 139 1234 5678": true, "0571-88001234": true, "li@uni.example": true,
		"微信号：starch2026": true, "330102199003071234": true, "浸泡 48 小时，含水 40%": false} {
		if got := HoldsContact(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
