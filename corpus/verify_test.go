package corpus

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// TestVerify takes a backup of a store that serves, finds in it what was written, and finds out when it is cut or altered.
func TestVerify(t *testing.T) {
	s := open(t)
	var b Batch
	for i := range 200 {
		id := strconv.Itoa(i)
		b.Puts = append(b.Puts, Put{Doc: Doc{Kind: Achievement, ID: "A" + id, Title: "玉米秸秆第" + id + "号", Text: "提取淀粉的工艺", Status: Published}})
	}
	b.Records = []Record{{Table: "leads", ID: "l1", Body: []byte(`{}`)}}
	if _, err := s.Write(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	var copied bytes.Buffer
	if err := s.Backup(&copied); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	verify := func(content []byte) (Contents, error) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return Verify(path)
	}
	got, err := verify(copied.Bytes())
	if err != nil || got.Identity != s.Identity() || got.Documents[Achievement] != 200 || got.Records != 1 || got.Changes != 201 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, size := range []int{0, 100, 4096, 9000, copied.Len() / 2, copied.Len() - 4096} {
		if got, err := verify(copied.Bytes()[:size]); CodeOf(err) != Invalid {
			t.Errorf("cut after %d bytes: %+v, %v", size, got, err)
		}
	}
	found := 0
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 { // what lies in pages that are free, or in none, nobody can miss
		content := bytes.Clone(copied.Bytes())
		content[random.IntN(len(content))] ^= 1 << random.IntN(8)
		if _, err := verify(content); CodeOf(err) == Invalid {
			found++
		}
	}
	if found == 0 {
		t.Error("no altered byte is found")
	}
	t.Logf("%d of 100 altered bytes found", found)
}
