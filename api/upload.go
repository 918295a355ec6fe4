package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"duijie/corpus"
)

const (
	// uploadKept is how long a file waits for its import.
	uploadKept = 24 * time.Hour
	// restKept is how long rows that an import did not take are kept to be mended: as long as it can be undone.
	restKept = 30 * 24 * time.Hour
)

// Files of an upload's folder, Uploads/ID.
const (
	uploadFile = "file"        // as it came; of what an import left, lines of RowText
	uploadJSON = "upload.json" // the Upload
	restFile   = "rest.jsonl"  // rows that the import did not take
)

// An Upload is a file that somebody looks at on the pages before it is imported, with what was said about it. Its id is
// that of the import that it becomes.
type Upload struct {
	ID      string            `json:"id"`
	Name    string            `json:"name"` // of the file
	Kind    corpus.Kind       `json:"kind,omitempty"`
	Source  string            `json:"source,omitempty"`
	Columns map[string]string `json:"columns,omitempty"` // header to field; "-" leaves a column out, "+" keeps it beside the fields
	Edits   map[int]Edit      `json:"edits,omitempty"`   // by the row's Index
	By      string            `json:"by"`
	At      time.Time         `json:"at"`
	Bytes   int64             `json:"bytes"`
	Rows    int               `json:"rows,omitempty"` // 0: not counted to the end
	Of      string            `json:"of,omitempty"`   // the import that left these rows
	Begun   time.Time         `json:"begun,omitzero"` // from then on the file is imported and nothing is changed
	Tries   int               `json:"tries,omitempty"`
	Ended   time.Time         `json:"ended,omitzero"`
	Rest    int               `json:"rest,omitempty"` // rows that the import did not take
	Next    string            `json:"next,omitempty"` // the upload that these rows went into
}

// An Edit is what a person made of a row. The line shows that the row is still the same one.
type Edit struct {
	Line  int      `json:"line"`
	Cells []string `json:"cells"`
}

// uploads is what a Service knows of files given to the pages beside their folders.
type uploads struct {
	sync.Mutex               // held while an upload.json is changed
	wake       chan struct{} // one slot: an import waits
	life       <-chan struct{}
	working    sync.WaitGroup           // undos
	given      map[string]bool          // up in this process: their folders could not say that they have ended
	read       map[string]*uploadReader // of imports at work
}

// An uploadReader tells how far the file of an import is read.
type uploadReader struct {
	bytes   atomic.Int64
	streams bool // rows came before the end of the file: its bytes tell of the rows, to the last one
}

var uploadID = regexp.MustCompile(`^\d{8}-\d{6}-[a-z0-9]{4,12}$`)

func (s *Service) uploadPath(id, file string) string { return filepath.Join(s.Uploads, id, file) }

// AddUpload keeps a file with u's Name, Kind and Source. What is larger than BodyUpload goes through /v1/import.
func (s *Service) AddUpload(c Caller, u Upload, r io.Reader) (Upload, error) {
	if err := s.takesFiles(c); err != nil {
		return u, err
	}
	u.ID, u.By, u.At = corpus.NewImportID(s.now()), c.Name, s.now().UTC().Truncate(time.Second)
	err := os.MkdirAll(s.Uploads, 0o700)
	if err == nil {
		err = os.Mkdir(filepath.Join(s.Uploads, u.ID), 0o700)
	}
	if err != nil {
		return u, err
	}
	most := s.Limits.Bytes(BodyUpload)
	if u.Bytes, err = writeSynced(s.uploadPath(u.ID, uploadFile), io.LimitReader(r, most+1)); err == nil && u.Bytes > most {
		err = &corpus.Error{Code: corpus.TooLarge, Field: "file", Message: "文件超过 " + BodyUpload.Text(most), Fix: "分成几个文件，或用 duijie import 导入"}
	}
	if err == nil && u.Bytes == 0 {
		err = &corpus.Error{Code: corpus.Invalid, Field: "file", Message: "文件是空的", Fix: "换一个文件"}
	}
	if err == nil {
		err = s.saveUpload(u)
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(filepath.Join(s.Uploads, u.ID)))
	}
	return u, err
}

func (s *Service) takesFiles(c Caller) error {
	if err := c.may("imports", "create"); err != nil {
		return err
	}
	if s.Uploads == "" {
		return corpus.Errorf(corpus.Unavailable, "this service takes no files on its pages")
	}
	return nil
}

// writeSynced writes a file that a crash of the machine leaves whole.
func writeSynced(path string, r io.Reader) (n int64, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	n, err = io.Copy(f, r)
	return n, errors.Join(err, f.Sync(), f.Close())
}

func (s *Service) saveUpload(u Upload) error {
	b, err := json.Marshal(u)
	if err != nil {
		return err
	}
	path := s.uploadPath(u.ID, uploadJSON)
	if _, err := writeSynced(path+".new", bytes.NewReader(b)); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// readUpload returns an upload, an error of code NotFound where there is none.
func (s *Service) readUpload(id string) (u Upload, err error) {
	none := corpus.Errorf(corpus.NotFound, "there is no upload %s", id)
	if s.Uploads == "" || !uploadID.MatchString(id) {
		return u, none
	}
	b, err := os.ReadFile(s.uploadPath(id, uploadJSON))
	if errors.Is(err, fs.ErrNotExist) {
		return u, none
	}
	if err == nil {
		err = json.Unmarshal(b, &u)
	}
	return u, err
}

// Upload returns a file of c's that waits for its import. Others' are not found.
func (s *Service) Upload(c Caller, id string) (Upload, error) {
	if err := s.takesFiles(c); err != nil {
		return Upload{}, err
	}
	u, err := s.readUpload(id)
	if err == nil && u.By != c.Name {
		err = corpus.Errorf(corpus.NotFound, "there is no upload %s", id)
	}
	return u, err
}

// ChangeUpload changes what is said about a file of c's, unless its import has begun: Conflict.
func (s *Service) ChangeUpload(c Caller, id string, change func(*Upload) error) (Upload, error) {
	s.uploads.Lock()
	defer s.uploads.Unlock()
	u, err := s.Upload(c, id)
	if err == nil && !u.Begun.IsZero() {
		err = corpus.Errorf(corpus.Conflict, "the import of %s has begun", id)
	}
	if err != nil {
		return u, err
	}
	if u.Columns == nil {
		u.Columns = map[string]string{}
	}
	if u.Edits == nil {
		u.Edits = map[int]Edit{}
	}
	if err := change(&u); err != nil {
		return u, err
	}
	return u, s.saveUpload(u)
}

// StartImport lets the import of a file of c's begin when its turn comes. Once begun it stays so.
func (s *Service) StartImport(c Caller, id string) (Upload, error) {
	u, err := s.ChangeUpload(c, id, func(u *Upload) error {
		o, _, err := s.uploadOptions(*u)
		u.Columns, u.Begun = o.Saved, s.now() // a saved map may change before the turn comes
		return err
	})
	if corpus.CodeOf(err) == corpus.Conflict {
		return u, nil
	}
	s.wakeUploads()
	return u, err
}

// DropUpload removes a file of c's whose import has not begun.
func (s *Service) DropUpload(c Caller, id string) error {
	s.uploads.Lock()
	defer s.uploads.Unlock()
	u, err := s.Upload(c, id)
	if err == nil && !u.Begun.IsZero() {
		err = corpus.Errorf(corpus.Conflict, "the import of %s has begun", id)
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(s.Uploads, id))
}

// uploadOptions say how the file is read, and which saved map is used.
func (s *Service) uploadOptions(u Upload) (o corpus.ReadOptions, used string, err error) {
	o = corpus.ReadOptions{Kind: u.Kind, Source: u.Source, Split: s.split}
	if u.Begun.IsZero() {
		used, err = s.useMap("", &o)
	}
	o.Saved = maps.Clone(o.Saved)
	if o.Saved == nil {
		o.Saved = map[string]string{}
	}
	maps.Copy(o.Saved, u.Columns)
	return o, used, err
}

// allUploads returns what lies in the folder, by the time of their imports.
func (s *Service) allUploads() ([]Upload, error) {
	list, err := os.ReadDir(s.Uploads)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []Upload
	for _, e := range list {
		u, err := s.readUpload(e.Name())
		if err != nil {
			u = Upload{ID: e.Name()} // cut off while it came: swept with the others
			if info, err := e.Info(); err == nil {
				u.At = info.ModTime()
			}
		}
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b Upload) int { return a.Begun.Compare(b.Begun) })
	return out, err
}

// WaitingUploads returns the files of c's that are not imported yet, and those of all whose import has begun and not
// ended.
func (s *Service) WaitingUploads(c Caller) (out []Upload, err error) {
	if err := c.may("imports", "list"); err != nil {
		return nil, err
	}
	if s.Uploads == "" {
		return nil, nil
	}
	all, err := s.allUploads()
	for _, u := range all {
		if u.By == c.Name && u.Begun.IsZero() || !u.Begun.IsZero() && u.Ended.IsZero() {
			out = append(out, u)
		}
	}
	return out, err
}

// sweepUploads removes files that nobody imported, and rows that nobody mended.
func (s *Service) sweepUploads() error {
	all, err := s.allUploads()
	for _, u := range all {
		old := u.Begun.IsZero() && s.now().Sub(u.At) > uploadKept || !u.Ended.IsZero() && s.now().Sub(u.Begun) > restKept
		if old {
			err = errors.Join(err, os.RemoveAll(filepath.Join(s.Uploads, u.ID)))
		}
	}
	return err
}
