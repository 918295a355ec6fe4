package indexer

import (
	"errors"
	"os"
	"slices"
	"time"
)

// scorch only marks a document as removed: its words stay in the segment's file until that is merged, which may be
// never. Text that somebody closed, withdrew or deleted is not to stay, so purging writes each segment with removed
// documents anew without them. It runs in the background, one run at a time, after an Apply that deletes or that puts a
// document with closed fields, and after opening, for what a stop left undone. Other edits wait for an ordinary merge.

// purger purges whenever l.unpurged says so, until that is closed.
func (l *Local) purger() {
	Background()
	for range l.unpurged {
		if err := l.purge(); err != nil {
			l.o.Log.Error("removed text stays in the index folder until the next start", "error", err)
		}
	}
}

// wakePurger asks for one more run. The caller holds l.writing.
func (l *Local) wakePurger() {
	select {
	case l.unpurged <- struct{}{}:
	default: // a run that has not begun will do
	}
}

// purge takes the removed documents out of the files. Writers wait for its short steps only.
func (l *Local) purge() error {
	l.writing.Lock()
	ix := l.text.index
	if l.text.closed() {
		l.writing.Unlock()
		return nil
	}
	removed, files := l.now.text.removed()
	var err error
	if removed {
		err = l.text.pad()
	}
	l.writing.Unlock()
	if err == nil && removed {
		err = mergeRemoved(ix)
	}
	if err != nil {
		return err
	}
	// scorch removes the files that nobody holds any more at the end of a write, but only if its own round of before has
	// let go of them; a few writes later it has.
	show := func() error {
		l.writing.Lock()
		defer l.writing.Unlock()
		if l.text.index != ix {
			return nil
		}
		err := l.publish(l.now.shelves) // the snapshot of before holds the old files
		return errors.Join(err, l.text.write(nil, nil, l.text.mark))
	}
	for round := 0; removed && (round < fileRounds || round < maxFileRounds && anyLeft(files)); round++ {
		if err := show(); err != nil {
			return err
		}
		time.Sleep(fileWait)
	}
	return show()
}

// A round of purge waits for others, as long as files of before are there: readers may hold on to them for a while.
const fileRounds, maxFileRounds, fileWait = 3, 200, 50 * time.Millisecond

func anyLeft(files []string) bool {
	return slices.ContainsFunc(files, func(f string) bool {
		_, err := os.Stat(f)
		return err == nil
	})
}
