package corpus

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// A TwinKey is what two postings of a kind seldom share unless they are one: a right's number, the title with the
// holder, or with the people where no holder is named.
type TwinKey string

// The first byte of a TwinKey says what it is.
const (
	rightKey  = 'n'
	holderKey = 'o'
	teamKey   = 't'
)

// Reason says in words what two postings share.
func (k TwinKey) Reason() string {
	switch k[0] {
	case holderKey:
		return "标题与单位相同"
	case teamKey:
		return "标题与完成人相同"
	}
	if number := string(k[1:]); strings.HasPrefix(number, "ZL") || strings.HasPrefix(number, "CN") {
		return "专利号相同 " + number
	}
	return "知识产权编号相同 " + string(k[1:])
}

// Right reports whether the key is the number of a right.
func (k TwinKey) Right() bool { return k[0] == rightKey }

// maxTwinKeys bounds the keys of one document: some list all that their institute owns.
const maxTwinKeys = 100

// TwinKeys returns the keys of a document that Check has seen, each once, rights first.
func TwinKeys(d *Doc) []TwinKey {
	var keys []TwinKey
	add := func(kind byte, key string) {
		if k := TwinKey(kind) + TwinKey(key); len(keys) < maxTwinKeys && !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	for _, r := range d.Rights {
		for number := range strings.FieldsFuncSeq(r.Number, betweenNames) {
			if key := PatentKey(number); key != "" {
				add(rightKey, key)
			}
		}
	}
	title := normal(d.Title)
	if org := orgsKey(d.Org); org != "" {
		add(holderKey, title+"\x00"+org)
	} else if people := nameKey(d.People); people != "" {
		add(teamKey, title+"\x00"+people)
	}
	return keys
}

func betweenNames(r rune) bool { return strings.ContainsRune("、，,;；/\n", r) }

// orgsKey is OrgKey of several names, in one order; "" where there are no letters.
func orgsKey(names string) string { return nameKey(strings.FieldsFunc(names, betweenNames)) }

func nameKey(names []string) string {
	var keys []string
	for _, name := range names {
		if key := OrgKey(name); key != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return strings.Join(slices.Compact(keys), "|")
}

var (
	// An application has a year of two or four digits, one for its kind, a serial number and, often, a check digit.
	application = regexp.MustCompile(`^(?:CN|ZL)*((?:8[5-9]|9[0-9]|0[0-3])[1-389][0-9]{5}|(?:20|19)[0-9]{2}[1-389][0-9]{7})([0-9X]?)$`)
	// A publication ends in the letter of its kind, which changes when a patent is granted.
	publication = regexp.MustCompile(`^(?:CN)?([1-3](?:[0-9]{6}|[0-9]{8}))[ABCUYS][0-9]?$`)
)

// shortestNumber is how many digits of another number tell anything.
const shortestNumber = 6

// PatentKey returns the one spelling of the number of a right, "" for what tells nothing: a Chinese application as
// ZL201010123456.X, whether it stands with ZL, CN, dots and check digit or without; a publication as CN101234567; others
// by their letters and digits. A number whose check digit is wrong equals only what is written the same.
func PatentKey(number string) string {
	var digits int
	s := strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			digits++
			return r
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		}
		return -1
	}, normal(number))
	if m := application.FindStringSubmatch(s); m != nil {
		if check := checkDigit(m[1]); m[2] == "" || m[2] == check {
			return "ZL" + m[1] + "." + check
		}
	}
	if m := publication.FindStringSubmatch(s); m != nil {
		return "CN" + m[1]
	}
	if digits < shortestNumber {
		return ""
	}
	return s
}

// checkDigit is the digit behind the dot of an application of 8 or 12 digits: weights 2 to 9 and again from 2, modulo 11.
func checkDigit(number string) string {
	sum := 0
	for i, c := range number {
		sum += int(c-'0') * (2 + i%8)
	}
	if sum%11 == 10 {
		return "X"
	}
	return fmt.Sprint(sum % 11)
}

// Alike names another document that shares a TwinKey.
type Alike struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// bTwins holds the keys by hash; who finds one looks at the document too.
var bTwins = []byte("twins")

func twinRow(k TwinKey, doc []byte) []byte {
	sum := sha256.Sum256([]byte(k))
	return append(sum[:8:8], doc...)
}

func (w *writer) putTwins(d *Doc) error {
	b, doc := w.tx.Bucket(bTwins), docKey(d.Kind, d.Number)
	for _, k := range TwinKeys(d) {
		if err := b.Put(twinRow(k, doc), nil); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) dropTwins(d *Doc) error {
	b, doc := w.tx.Bucket(bTwins), docKey(d.Kind, d.Number)
	for _, k := range TwinKeys(d) {
		if err := b.Delete(twinRow(k, doc)); err != nil {
			return err
		}
	}
	return nil
}

// alike returns other documents of d's kind that share one of its keys, maxSameText at most, without those in known.
func (w *writer) alike(d *Doc, known []string) ([]Alike, error) {
	var out []Alike
	for _, k := range TwinKeys(d) {
		prefix := twinRow(k, []byte{kindByte(d.Kind)})
		c := w.tx.Bucket(bTwins).Cursor()
		for row, _ := c.Seek(prefix); bytes.HasPrefix(row, prefix) && len(out) < maxSameText; row, _ = c.Next() {
			key := row[len(prefix)-1:]
			v := w.tx.Bucket(bDocs).Get(key)
			if v == nil || bytes.Equal(key, docKey(d.Kind, d.Number)) {
				continue
			}
			other, err := w.s.decodeDoc(key, v)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(known, other.ID) && slices.Contains(TwinKeys(&other), k) {
				out, known = append(out, Alike{other.ID, k.Reason()}), append(known[:len(known):len(known)], other.ID)
			}
		}
	}
	return out, nil
}

// fillTwins makes the bucket in a store that was written before there was one.
func (s *Store) fillTwins(tx *bolt.Tx) error {
	return s.fill(tx, bTwins, func(d *Doc, doc []byte) (rows [][]byte) {
		for _, k := range TwinKeys(d) {
			rows = append(rows, twinRow(k, doc))
		}
		return rows
	})
}

// fill makes a bucket of rows about documents, unless there is one.
func (s *Store) fill(tx *bolt.Tx, bucket []byte, rowsOf func(d *Doc, doc []byte) [][]byte) error {
	if tx.Bucket(bucket) != nil {
		return nil
	}
	b, err := tx.CreateBucket(bucket)
	if err != nil {
		return err
	}
	var rows [][]byte
	err = tx.Bucket(bDocs).ForEach(func(key, value []byte) error {
		d, err := s.decodeDoc(key, value)
		if err != nil {
			return err
		}
		rows = append(rows, rowsOf(&d, key)...)
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(rows, bytes.Compare) // so that pages are written once
	for _, row := range rows {
		if err := b.Put(row, nil); err != nil {
			return err
		}
	}
	return nil
}
