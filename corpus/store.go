package corpus

// The truth is one bbolt file, DATA/duijie.db. Numbers are big-endian, so that key order is number order; values
// marked z are zstd-compressed JSON.
//
//	bucket    key                        value
//	meta      "identity"                 16 random bytes, hex: tells this store from every other
//	          "schema"                   "1"
//	          "unmarked"                 last change of a version that did not mark which are hidden (8)
//	docs      kind byte, number (4)      z Doc
//	ids       kind byte, id              number (4), last version (8), origin: the version that brought its content (8), the
//	                                     sequence of that change (8); stays after a delete, numbers are never reused
//	numbers   kind byte                  highest number given (4)
//	texts     text hash, kind byte, number (4)   empty: postings that say the same
//	twins     TwinKey hash (8), kind byte, number (4)   empty: postings with the patent, or title and holder, of others
//	linked    what is named, 0, kind byte, number (4)   empty: a document names another by kind byte and id, or an organisation
//	                                     by 'o' and OrgKey or 'c' and credit code
//	merged    kind byte, id              id of the document that took over, 0, z mergedRow; until the merge is taken back
//	aliases   kind byte, id, 0, merged id   empty: what was merged into a document
//	changes   sequence (8)               Change
//	records   table, 0, id               z Record: market records, API keys, imports
//	listings  table, 0, owner, 0, state, 0, id   empty: records that have an owner and a state, by both and, with "" for the
//	                                     other, by each; who made a record in an organisation is one of three owners of it,
//	                                     others are who brokered it, the lead that it came from, and its Also
//	keyed     table, 0, key              id of the record that has the key
//	steps     table, 0, id, 0, sequence (8)   z Step: what was done with a record, where the write says so
//	audit     sequence (8)               z Audit
//	uses      table, 0, id               when a record was last used (8), seconds since 1970
//	earlier   import, 0, kind byte, number (4)   version that the import wrote (8) and, unless it made the document, origin
//	                                     (16) and z Doc as they were before; for 30 days
//	past      kind byte, number (4), version (8)   z pastRow: what the write of the version changed of the one before, by whom and
//	                                     how; the last 50 of a document, until it or its history is deleted
//	outbox    id                         z Event; stays when it is delivered, so that nothing is told twice
//	deliveries  state letter, time (8), receiver, 0, id   empty: events by state and time, in milliseconds
//	inbox     account, 0, time (8), event id   u or r (unread, read), z Message: 500 of an account, for 180 days
//	notes     key                        what a reader of the changes keeps for itself: how far it has come
//	files     name                       a file that a backup carries; in no store at work
//	answers   idempotency key            time (8), z Answer given the first time; for a day
//
// Every write goes through Store.Write: document or record with its version, change row, audit entry, outbox rows and
// idempotency answer in one transaction, synced to disk before it returns.

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// FileName is the name of the truth in the data folder.
const FileName = "duijie.db"

// schema is the version of the bucket schema above.
const schema = "1"

// maxSameText bounds the postings that are named for saying the same.
const maxSameText = 10

var (
	bMeta, bDocs, bIDs, bNumbers, bTexts          = []byte("meta"), []byte("docs"), []byte("ids"), []byte("numbers"), []byte("texts")
	bChanges, bRecords, bAudit, bOutbox, bAnswers = []byte("changes"), []byte("records"), []byte("audit"), []byte("outbox"), []byte("answers")
	bEarlier, bDeliveries, bNotes, bKeyed         = []byte("earlier"), []byte("deliveries"), []byte("notes"), []byte("keyed")
)

// A Store keeps the truth. Its methods may be called concurrently; writes are done one after the other.
type Store struct {
	db       *bolt.DB
	identity string
	unmarked uint64
	enc      *zstd.Encoder
	dec      *zstd.Decoder
	now      func() time.Time
	wake     chan struct{} // one slot: a write happened
	purged   time.Time     // when old answers were looked for; of the writer

	working sync.Mutex
	at      map[string]bool // imports that are written or undone at this moment
}

// Options of Open; the zero value is right.
type Options struct {
	ReadOnly bool
	Now      func() time.Time // time.Now
}

// ErrLocked is what Open's error wraps when another process has the folder.
var ErrLocked = errors.New("the data folder is in use by another process")

// Open opens the truth in dir, making it where there is none. It waits a second for the lock.
func Open(dir string, o Options) (*Store, error) {
	return openFile(filepath.Join(dir, FileName), o)
}

func locked(path string) error {
	return &Error{Code: Unavailable, Message: "the data folder " + filepath.Dir(path) + " is in use by another process",
		Fix: "stop the other duijie, or give another --data", Err: ErrLocked}
}

func openFile(path string, o Options) (*Store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second, ReadOnly: o.ReadOnly, FreelistType: bolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, locked(path)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &Store{db: db, now: o.Now, wake: make(chan struct{}, 1), at: map[string]bool{}}
	if s.now == nil {
		s.now = time.Now
	}
	s.enc, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest))
	s.dec, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0))
	prepare := func(tx *bolt.Tx) error {
		if meta := tx.Bucket(bMeta); meta != nil {
			if v := meta.Get([]byte("schema")); v != nil && string(v) != schema {
				return &Error{Code: Invalid, Message: "the data folder has schema " + string(v) + ", this program knows " + schema, Fix: "use the newer duijie"}
			}
			s.identity = string(meta.Get([]byte("identity")))
		}
		s.unmarked = unmarked(tx)
		if o.ReadOnly {
			if s.identity == "" {
				return &Error{Code: NotFound, Message: "there is no data in " + path, Fix: "import something first, or give another --data"}
			}
			return nil
		}
		if err := dropOldEvents(tx); err != nil {
			return err
		}
		for _, b := range [][]byte{bMeta, bDocs, bIDs, bNumbers, bTexts, bChanges, bRecords, bAudit, bOutbox, bDeliveries, bNotes, bAnswers, bEarlier, bMerged, bAliases, bSteps, bKeyed, bPast, bInbox} {
			if _, err := tx.CreateBucketIfNotExists(b); err != nil {
				return err
			}
		}
		if err := errors.Join(s.fillTwins(tx), s.fillLinked(tx), s.fillListed(tx)); err != nil {
			return err
		}
		meta := tx.Bucket(bMeta)
		if s.identity == "" {
			id := make([]byte, 16)
			rand.Read(id) // never fails
			s.identity = hex.EncodeToString(id)
		}
		return errors.Join(meta.Put([]byte("identity"), []byte(s.identity)), meta.Put([]byte("schema"), []byte(schema)), meta.Put(kUnmarked, seqKey(s.unmarked)))
	}
	if o.ReadOnly {
		err = db.View(prepare)
	} else {
		err = db.Update(prepare)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close releases the file when what reads has ended; open iterators must have.
func (s *Store) Close() error {
	err := s.db.Close() // waits for readers, who unpack
	s.dec.Close()
	return err
}

// Identity tells this store from every other; derived data carries it in its mark.
func (s *Store) Identity() string { return s.identity }

// Wake is a channel that has a value after a write, for one consumer that wants to know soon.
func (s *Store) Wake() <-chan struct{} { return s.wake }

// Backup writes a consistent copy of the truth file while the store serves.
func (s *Store) Backup(w io.Writer) error {
	return s.db.View(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}

// kindByte is a, n, e or p; 0, under which nothing is kept, for an unknown kind.
func kindByte(k Kind) byte {
	if slices.Contains(Kinds, k) {
		return k[0]
	}
	return 0
}

func docKey(k Kind, number uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{kindByte(k)}, number)
}

func idKey(k Kind, id string) []byte { return append([]byte{kindByte(k)}, id...) }

func seqKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func (s *Store) pack(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return s.enc.EncodeAll(b, nil), nil
}

// unpacked holds buffers for unpack. Nothing that JSON gives points into its text.
var unpacked = sync.Pool{New: func() any { return new([]byte) }}

func (s *Store) unpack(b []byte, v any) error {
	buf := unpacked.Get().(*[]byte)
	defer unpacked.Put(buf)
	raw, err := s.dec.DecodeAll(b, (*buf)[:0])
	if err != nil {
		return err
	}
	*buf = raw
	return json.Unmarshal(raw, v)
}

func (s *Store) decodeDoc(key, value []byte) (Doc, error) {
	var d Doc
	if err := s.unpack(value, &d); err != nil {
		return d, fmt.Errorf("stored document %x: %w", key, err)
	}
	d.Number = binary.BigEndian.Uint32(key[1:])
	return d, nil
}

// Get returns the document with this id, whatever its status; an error of code NotFound where there is none, with a
// *MovedError as its cause where it was merged into another.
func (s *Store) Get(k Kind, id string) (Doc, error) {
	var d Doc
	err := s.db.View(func(tx *bolt.Tx) (err error) {
		d, err = s.get(tx, k, id)
		return err
	})
	return d, err
}

func (s *Store) get(tx *bolt.Tx, k Kind, id string) (Doc, error) {
	v := tx.Bucket(bIDs).Get(idKey(k, id))
	if v == nil {
		return Doc{}, notFound(k, id)
	}
	key := docKey(k, binary.BigEndian.Uint32(v))
	if value := tx.Bucket(bDocs).Get(key); value != nil {
		return s.decodeDoc(key, value)
	}
	return Doc{}, s.gone(tx, k, id)
}

// gone is the error for a document that is no more.
func (s *Store) gone(tx *bolt.Tx, k Kind, id string) error {
	e := notFound(k, id)
	moved, err := s.moved(tx, k, id)
	if err != nil {
		return err
	}
	if moved != nil {
		e.Err = moved
	}
	return e
}

func notFound(k Kind, id string) *Error {
	e := Errorf(NotFound, "there is no %s %q", k, id)
	e.Fix = "look the id up with a search"
	return e
}

// ByNumber returns the documents with these numbers in their order, leaving out those that were deleted.
func (s *Store) ByNumber(k Kind, numbers ...uint32) ([]Doc, error) {
	out := make([]Doc, 0, len(numbers))
	err := s.db.View(func(tx *bolt.Tx) error {
		docs := tx.Bucket(bDocs)
		for _, n := range numbers {
			key := docKey(k, n)
			if v := docs.Get(key); v != nil {
				d, err := s.decodeDoc(key, v)
				if err != nil {
					return err
				}
				out = append(out, d)
			}
		}
		return nil
	})
	return out, err
}

// Each yields all documents of a kind in the order of their numbers that are greater than after, whatever their
// status. It reads in pages of a thousand, so a slow reader holds no transaction open.
func (s *Store) Each(k Kind, after uint32) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		for {
			var page []Doc
			err := s.db.View(func(tx *bolt.Tx) error {
				c := tx.Bucket(bDocs).Cursor()
				for key, v := c.Seek(docKey(k, after+1)); key != nil && key[0] == kindByte(k) && len(page) < 1000; key, v = c.Next() {
					d, err := s.decodeDoc(key, v)
					if err != nil {
						return err
					}
					page = append(page, d)
				}
				return nil
			})
			if err != nil {
				yield(Doc{}, err)
				return
			}
			for _, d := range page {
				if !yield(d, nil) {
					return
				}
				after = d.Number
			}
			if len(page) < 1000 {
				return
			}
		}
	}
}

// SameText returns the ids of other documents of d's kind that say the same, ten at most.
func (s *Store) SameText(d *Doc) ([]string, error) {
	var ids []string
	err := s.db.View(func(tx *bolt.Tx) error {
		var err error
		ids, err = s.sameText(tx, d, TextHash(d))
		return err
	})
	return ids, err
}

func (s *Store) sameText(tx *bolt.Tx, d *Doc, hash string) ([]string, error) {
	var ids []string
	prefix := append([]byte(hash), kindByte(d.Kind))
	c := tx.Bucket(bTexts).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && len(ids) < maxSameText; k, _ = c.Next() {
		key := k[len(hash):]
		v := tx.Bucket(bDocs).Get(key)
		if v == nil {
			continue
		}
		other, err := s.decodeDoc(key, v)
		if err != nil {
			return nil, err
		}
		if other.ID != d.ID {
			ids = append(ids, other.ID)
		}
	}
	return ids, nil
}

// Count returns how many documents of a kind are stored, by status.
func (s *Store) Count(k Kind) (map[Status]int, error) {
	out := map[Status]int{}
	for d, err := range s.Each(k, 0) {
		if err != nil {
			return nil, err
		}
		out[d.Status]++
	}
	return out, nil
}
