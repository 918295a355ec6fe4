package market

import (
	"strings"

	"duijie/corpus"
)

// An Owner is who has a posting. The zero Owner is nobody that is known.
type Owner struct {
	By           string // account:ID or key:ID; "": all members of the organisation alike
	Organisation string // id; "": it is By's alone
}

const organisationMark = "organisation:"

// String is how records keep an owner: "account:a organisation:o", and either alone.
func (o Owner) String() string {
	if o.Organisation == "" {
		return o.By
	}
	return corpus.AsMember(o.By, o.Organisation)
}

// parseOwner is the inverse of String.
func parseOwner(s string) Owner {
	by, organisation, _ := strings.Cut(s, organisationMark)
	return Owner{strings.TrimSpace(by), organisation}
}

// askedKinds are the postings that leads and questions name.
var askedKinds = []corpus.Kind{corpus.Achievement, corpus.Need}

// Asks reports whether records of a table ask for postings, whose owners take part in them.
func Asks(table string) bool { return table == Leads || table == Questions }

// ownerField is the member of a record that names who has its posting of a kind.
func ownerField(k corpus.Kind) string { return string(k) + "_owner" }

// AskedOf are the owners of the postings that a record of a table that Asks names, by kind. Those are left out that nobody
// is known to have, and those of the record's own maker or organisation.
func AskedOf(r Row) map[corpus.Kind]Owner {
	asked := map[corpus.Kind]Owner{}
	for _, k := range askedKinds {
		o := parseOwner(r.Text(ownerField(k)))
		if o != (Owner{}) && !o.made(r) {
			asked[k] = o
		}
	}
	return asked
}

// made reports whether a record is the owner's own.
func (o Owner) made(r Row) bool {
	return o.By != "" && o.By == *r.Head().By || o.Organisation != "" && o.Organisation == *r.Head().Organisation
}

// WithOwner returns the record with another owner of its posting of a kind.
func WithOwner(r Row, k corpus.Kind, o Owner) Row { return r.With(ownerField(k), o.String()) }

// EachPosting calls f with the postings that a record of a table that Asks names.
func EachPosting(r Row, f func(k corpus.Kind, id string) error) error {
	for _, k := range askedKinds {
		if id := r.Text(string(k)); id != "" {
			if err := f(k, id); err != nil {
				return err
			}
		}
	}
	return nil
}

// AskedListing is the owner under which the store lists what asks for somebody's postings.
func AskedListing(owner string) string { return "asked:" + owner }

// PostingListing is the owner under which the store lists the questions about a posting.
func PostingListing(k corpus.Kind, id string) string { return "posting:" + string(k) + "/" + id }

// AlsoListed are the owners, beside its maker, under which the store lists a record of a table.
func AlsoListed(table string, r Row) (owners []string) {
	if !Asks(table) {
		return nil
	}
	for _, o := range AskedOf(r) {
		if o.Organisation == "" {
			owners = append(owners, AskedListing(o.By))
			continue
		}
		owners = append(owners, AskedListing(corpus.AsMember("", o.Organisation)))
		if o.By != "" {
			owners = append(owners, AskedListing(o.String()))
		}
	}
	if table == Questions {
		EachPosting(r, func(k corpus.Kind, id string) error {
			owners = append(owners, PostingListing(k, id))
			return nil
		})
	}
	return owners
}
