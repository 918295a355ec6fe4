package matcher

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"duijie/corpus"
)

// A listFile keeps match lists, each change of the index in one synced transaction.
//
//	bucket  key                             value
//	mark    mark                            listMark, JSON
//	lists   number of the need, 4 bytes BE  list, see appendList
//	heads   number of the need, 4 bytes BE  listHead, see appendHead
type listFile struct {
	db      *bbolt.DB
	writing sync.Mutex
	mark    listMark
}

// listForm changes when what is written changes its meaning, so that files of before are made anew.
const listForm = 3

var markBucket, listBucket, headBucket = []byte("mark"), []byte("lists"), []byte("heads")

// A listMark says what the lists were made with.
type listMark struct {
	Form     int    `json:"form"`
	Identity string `json:"identity"` // of the store
	Analyzer string `json:"analyzer"`
	Far      string `json:"far,omitempty"`
	Ranking  string `json:"ranking"`
	Reranker string `json:"reranker,omitempty"`
	Change   uint64 `json:"change"` // the last one that is in the lists
}

// openListFile opens the file if it was made with what want says, and else makes it anew and empty.
func openListFile(path string, want listMark, log *slog.Logger) (*listFile, map[uint32]listHead, error) {
	f := &listFile{}
	heads, err := f.open(path)
	want.Change = f.mark.Change
	if err == nil && f.mark == want {
		return f, heads, nil
	}
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, nil, &corpus.Error{Code: corpus.Unavailable, Message: path + " is in use by another process",
			Fix: "stop the other duijie, or give another --data", Err: err}
	}
	if err != nil || f.mark.Form != 0 {
		log.Warn("the match lists are of no use and are made anew", "file", path, "made with", f.mark, "error", err)
	}
	if f.db != nil {
		err = f.db.Close()
	} else {
		err = nil
	}
	if err := errors.Join(err, os.RemoveAll(path)); err != nil {
		return nil, nil, fmt.Errorf("empty the file of match lists: %w", err)
	}
	if _, err := f.open(path); err != nil {
		return nil, nil, err
	}
	want.Change = 0
	f.mark = want
	if err := f.update(func(tx *listTx) error { return tx.level(0) }, func() {}); err != nil {
		return nil, nil, errors.Join(err, f.close())
	}
	return f, map[uint32]listHead{}, nil
}

func (f *listFile) open(path string) (heads map[uint32]listHead, err error) {
	defer func() {
		if r := recover(); r != nil { // bbolt trusts its files
			err = fmt.Errorf("%s is damaged: %v", path, r)
		}
	}()
	f.db, f.mark = nil, listMark{}
	if f.db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType}); err != nil {
		return nil, fmt.Errorf("open the file of match lists: %w", err)
	}
	heads = map[uint32]listHead{}
	err = f.db.Update(func(tx *bbolt.Tx) error {
		for _, name := range [][]byte{markBucket, listBucket, headBucket} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		if b := tx.Bucket(markBucket).Get(markBucket); b != nil {
			if err := json.Unmarshal(b, &f.mark); err != nil || f.mark.Form != listForm {
				return err
			}
		}
		return tx.Bucket(headBucket).ForEach(func(k, v []byte) error {
			h, err := parseHead(v)
			heads[binary.BigEndian.Uint32(k)] = h
			return err
		})
	})
	return heads, err
}

func (f *listFile) close() error { return f.db.Close() }

// read returns a need's list, nil where there is none.
func (f *listFile) read(number uint32) (l *list, err error) {
	err = f.db.View(func(tx *bbolt.Tx) error {
		l, err = (&listTx{f, tx}).read(number)
		return err
	})
	return l, err
}

// update changes the file, all of it or nothing, and calls done after a change that holds, before the next one begins.
func (f *listFile) update(change func(*listTx) error, done func()) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	mark := f.mark
	if err := f.db.Update(func(tx *bbolt.Tx) error { return change(&listTx{f, tx}) }); err != nil {
		f.mark = mark
		return err
	}
	done()
	return nil
}

// A listTx is one change of the file.
type listTx struct {
	file *listFile
	tx   *bbolt.Tx
}

func listKey(number uint32) []byte { return binary.BigEndian.AppendUint32(nil, number) }

func (t *listTx) read(number uint32) (*list, error) {
	b := t.tx.Bucket(listBucket).Get(listKey(number))
	if b == nil {
		return nil, nil
	}
	return parseList(b)
}

func (t *listTx) put(number uint32, l *list, h listHead) error {
	return errors.Join(t.tx.Bucket(listBucket).Put(listKey(number), appendList(nil, l)),
		t.tx.Bucket(headBucket).Put(listKey(number), appendHead(nil, h)))
}

func (t *listTx) drop(number uint32) error {
	return errors.Join(t.tx.Bucket(listBucket).Delete(listKey(number)), t.tx.Bucket(headBucket).Delete(listKey(number)))
}

func (t *listTx) clear() error {
	for _, name := range [][]byte{listBucket, headBucket} {
		if err := t.tx.DeleteBucket(name); err != nil {
			return err
		}
		if _, err := t.tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return nil
}

// level says that the lists have all changes up to one.
func (t *listTx) level(upTo uint64) error {
	t.file.mark.Change = upTo
	b, err := json.Marshal(t.file.mark)
	if err != nil {
		return err
	}
	return t.tx.Bucket(markBucket).Put(markBucket, b)
}

// appendHead writes version, floor, points and evidence (8 bytes each) and numbers, as uvarints what nothing is said of.
func appendHead(b []byte, h listHead) []byte {
	b = binary.AppendUvarint(b, h.version)
	for _, x := range []float64{h.floor, h.points, h.evidence} {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
	}
	for _, n := range h.numbers {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

func parseHead(b []byte) (listHead, error) {
	r := listReader{b: b}
	h := listHead{version: r.uvarint(), floor: r.float(), points: r.float(), evidence: r.float(), numbers: make([]uint32, 0, examined)}
	for len(r.b) > 0 && r.err == nil {
		h.numbers = append(h.numbers, uint32(r.uvarint()))
	}
	return h, r.err
}

// appendList writes a list: version, 1 for far, lost, the rows, the lines. A row is number, evidence, a bit for each part
// that is not zero, and those parts. Lines are preceded by their count + 1, 0 where they are not worked out.
func appendList(b []byte, l *list) []byte {
	b = binary.AppendUvarint(b, l.version)
	far := byte(0)
	if l.far {
		far = 1
	}
	b = append(binary.AppendUvarint(append(b, far), uint64(len(l.lost))), l.lost...)
	b = binary.AppendUvarint(b, uint64(len(l.rows)))
	for _, r := range l.rows {
		b = binary.AppendUvarint(b, uint64(r.number))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(r.evidence))
		var has uint64
		for p, x := range r.parts {
			if x != 0 {
				has |= 1 << p
			}
		}
		b = binary.AppendUvarint(b, has)
		for _, x := range r.parts {
			if x != 0 {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(x))
			}
		}
	}
	if l.lines == nil {
		return binary.AppendUvarint(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(l.lines))+1)
	for _, n := range l.lines {
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(n.row)), uint64(len(n.folded)))
		for _, f := range n.folded {
			b = binary.AppendUvarint(b, uint64(f))
		}
	}
	return b
}

func parseList(b []byte) (*list, error) {
	r := listReader{b: b}
	l := &list{version: r.uvarint(), far: r.byte() == 1, lost: string(r.take(r.uvarint()))}
	l.rows = make([]ranked, r.count())
	for i := range l.rows {
		row := &l.rows[i]
		row.number, row.evidence = uint32(r.uvarint()), r.float()
		has := r.uvarint()
		for p := range row.parts {
			if has>>p&1 != 0 {
				row.parts[p] = r.float()
			}
		}
	}
	if n := r.count(); n > 0 {
		l.lines = make([]line, n-1)
		for i := range l.lines {
			l.lines[i].row = r.row(l)
			l.lines[i].folded = make([]int, r.count())
			for j := range l.lines[i].folded {
				l.lines[i].folded[j] = r.row(l)
			}
		}
	}
	return l, r.err
}

// A listReader reads what the functions above wrote; err is the first thing wrong with it.
type listReader struct {
	b   []byte
	err error
}

func (r *listReader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.err = nil, errors.New("a match list is cut short")
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *listReader) byte() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *listReader) uvarint() uint64 {
	x, n := binary.Uvarint(r.b)
	r.take(uint64(max(n, 0)))
	if n <= 0 {
		r.take(1 << 40)
	}
	return x
}

// count reads how many of something follow, each a byte or more.
func (r *listReader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.b))+1 {
		r.take(n)
		return 0
	}
	return int(n)
}

func (r *listReader) row(l *list) int {
	n := r.uvarint()
	if n >= uint64(len(l.rows)) {
		r.take(1 << 40)
		return 0
	}
	return int(n)
}

func (r *listReader) float() float64 {
	if b := r.take(8); b != nil {
		return math.Float64frombits(binary.LittleEndian.Uint64(b))
	}
	return 0
}
