package indexer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFrequenciesComeFromTheDictionary(t *testing.T) {
	s := segmenter(t)
	p := 37664.0 / s.total
	if got := s.Freq("技术"); got != p {
		t.Errorf("p(技术) = %g, want %g", got, p)
	}
	if got, want := s.Freq("没有这个词"), 5/s.total; got != want {
		t.Errorf("an unknown word has %g, want that of five counts, %g", got, want)
	}
}

func TestBadDictionariesAreErrors(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"columns", "jieba.dict.utf8", "淀粉 3 n\n玉米 n\n", "jieba.dict.utf8, line 2"},
		{"count", "jieba.dict.utf8", "淀粉 many n\n", "line 1"},
		{"zero", "jieba.dict.utf8", "淀粉 0 n\n", "line 1"},
		{"not UTF-8", "jieba.dict.utf8", "\xb5\xed 3 n\n", "line 1"},
		{"empty", "jieba.dict.utf8", "", "is empty"},
		{"user's columns", "user.dict.utf8", "\n淀粉 3 n x\n", "user.dict.utf8, line 2"},
		{"user's blanks", "user.dict.utf8", "淀粉  n\n", "line 1"},
		{"other file", "words.txt", "淀粉\n", "has none of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dict := t.TempDir()
			if err := os.WriteFile(filepath.Join(dict, c.file), []byte(c.text), 0o644); err != nil {
				t.Fatal(err)
			}
			if s, err := openSegmenter(t.TempDir(), LexiconOptions{Dir: dict}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v", s, err)
			}
		})
	}
	t.Run("a folder that would end the process", func(t *testing.T) {
		if _, err := OpenSegmenter(filepath.Join(t.TempDir(), "a;b")); err == nil {
			t.Error("no error")
		}
	})
	t.Run("no place to unpack", func(t *testing.T) {
		dict, file := t.TempDir(), filepath.Join(t.TempDir(), "file")
		for _, path := range []string{filepath.Join(dict, "user.dict.utf8"), file} {
			if err := os.WriteFile(path, []byte("无处可放 3 n\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := openSegmenter(file, LexiconOptions{Dir: dict}); err == nil {
			t.Error("no error")
		}
	})
}

func TestUnpackMendsFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dict", "file")
	for _, c := range []struct {
		name   string
		damage func() error
	}{
		{"absent", func() error { return nil }},
		{"cut short", func() error { return os.Truncate(path, 3) }},
		{"changed", func() error { return os.WriteFile(path, []byte("texT"), 0o644) }},
		{"removed", func() error { return os.Remove(path) }},
		{"the folder removed", func() error { return os.RemoveAll(filepath.Dir(path)) }},
		{"whole", func() error { return nil }},
	} {
		if err := c.damage(); err != nil {
			t.Fatal(err)
		}
		if err := unpack(path, "text"); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if b, err := os.ReadFile(path); string(b) != "text" || err != nil {
			t.Errorf("%s: %q, %v", c.name, b, err)
		}
		if files, err := os.ReadDir(filepath.Dir(path)); len(files) != 1 || err != nil {
			t.Errorf("%s: left %v, %v", c.name, files, err)
		}
	}
}
