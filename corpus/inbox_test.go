package corpus

import (
	"fmt"
	"testing"
	"time"
)

func TestAnEventIsOneMessage(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	s, err := Open(t.TempDir(), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	raise := func(account, id string) {
		t.Helper()
		e := Event{ID: id, To: "account:" + account + "/inbox", Inbox: account, Type: "x", Body: []byte(`{"a":1}`)}
		if _, err := s.Write(t.Context(), Batch{Actor: "test", Records: []Record{{Table: "t", ID: id, Body: []byte("{}")}}, Events: []Event{e}}); err != nil {
			t.Fatal(err)
		}
	}
	see := func(account string, unread bool, limit int, after, want string) {
		t.Helper()
		list, n, err := s.Messages(account, unread, limit, after)
		got := fmt.Sprint(n)
		for _, m := range list {
			got += " " + m.ID
			if m.Read {
				got += " read"
			}
		}
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", account, got, err, want)
		}
	}
	raise("a", "1")
	raise("a", "1")
	raise("ab", "other")
	now = now.Add(time.Hour)
	raise("a", "2")
	raise("a", "3")
	see("a", false, 10, "", "3 3 2 1")
	see("a", false, 1, "3", "3 2")
	see("ab", false, 10, "", "1 other")
	see("nobody", false, 10, "", "0")
	if err := s.ReadMessages(t.Context(), "a", "2"); err != nil {
		t.Fatal(err)
	}
	if err := s.ReadMessages(t.Context(), "a", "1", "other"); CodeOf(err) != NotFound {
		t.Errorf("a message of another account: %v", err)
	}
	see("a", false, 10, "", "2 3 2 read 1")
	see("a", true, 10, "", "2 3 1")
	if e, err := s.Event("1"); err != nil || e.State != Delivered || e.Body != nil {
		t.Errorf("%+v, %v", e, err)
	}
	now = now.Add(MessageTime - time.Minute)
	see("a", false, 10, "", "1 3 2 read")
	if err := s.ReadMessages(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	see("a", true, 10, "", "0")
	var many []Event
	for i := range MessagesKept + 2 {
		many = append(many, Event{ID: fmt.Sprint("m", 1000+i), To: "account:a/inbox", Inbox: "a", Type: "x"})
	}
	if _, err := s.Raise(t.Context(), many, nil); err != nil {
		t.Fatal(err)
	}
	if list, n, err := s.Messages("a", false, 2*MessagesKept, ""); err != nil || len(list) != MessagesKept || n != MessagesKept || list[MessagesKept-1].ID != "m1002" {
		t.Errorf("%d messages, %d not read, %v", len(list), n, err)
	}
}

// What does not come about leaves no message.
func TestAMessageIsOfItsWrite(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e := Event{ID: "1", To: "account:a/inbox", Inbox: "a", Type: "x"}
	_, err = s.Write(t.Context(), Batch{Actor: "test", Records: []Record{{Table: "t", ID: "1", Body: []byte("{}"), IfVersion: 7}}, Events: []Event{e}})
	if list, _, _ := s.Messages("a", false, 1, ""); CodeOf(err) != Conflict || len(list) != 0 {
		t.Errorf("%v, %d messages", err, len(list))
	}
}
