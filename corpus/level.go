package corpus

import (
	"maps"
	"slices"
	"strings"
)

// A Level is who may read a field.
type Level string

const (
	Public       Level = "public"
	SignedIn     Level = "signed_in"    // any valid key
	Promised     Level = "promised"     // who has made a confidentiality promise for the posting
	Confidential Level = "confidential" // operators and the owner only
)

// Levels lists all levels: each reads what those before it read.
var Levels = []Level{Public, SignedIn, Promised, Confidential}

// Opens reports whether who reads up to l reads what takes need. An unknown level opens nothing, and but for Confidential none
// opens it.
func (l Level) Opens(need Level) bool {
	return need == Public || l == Confidential || slices.Contains(Levels, need) && slices.Index(Levels, need) <= slices.Index(Levels, l)
}

// LevelOf returns who may read the field with this JSON name: what Disclosure says; else Confidential for contact,
// unknown columns and a credit code that is a person's number too, Public for the rest.
func (d *Doc) LevelOf(field string) Level {
	if l := d.Disclosure[field]; l != "" {
		return l
	}
	if field == "contact" || strings.HasPrefix(field, "extra.") || field == "org_code" && identityNumber(d.OrgCode) {
		return Confidential
	}
	return Public
}

// AsksPromise reports whether d has fields that are read after a promise only.
func (d *Doc) AsksPromise() bool {
	for _, l := range d.Disclosure {
		if l == Promised {
			return true
		}
	}
	return false
}

// Public returns the copy of d that anybody may read: what the indexer gets, and what pages show.
func (d Doc) Public() Doc { return d.ForLevel(Public) }

// ForLevel returns a copy of d without the fields whose level is above l. Kind, identity, version, status and dates
// of writing always stay. Title can be closed like any other field.
func (d Doc) ForLevel(l Level) Doc {
	if l == Confidential {
		return d
	}
	may := func(field string) bool { return l.Opens(d.LevelOf(field)) }
	out := d
	for name, clear := range clearers {
		if !may(name) {
			clear(&out)
		}
	}
	out.Extra = maps.Clone(d.Extra)
	maps.DeleteFunc(out.Extra, func(k, _ string) bool { return !may("extra." + k) })
	if len(out.Extra) == 0 {
		out.Extra = nil
	}
	out.Disclosure = nil
	return out
}

// clearers names every field that a level can close. A test compares it with Doc's JSON names.
var clearers = map[string]func(*Doc){
	"source": func(d *Doc) { d.Source = "" }, "source_id": func(d *Doc) { d.SourceID = "" },
	"title": func(d *Doc) { d.Title = "" }, "text": func(d *Doc) { d.Text = "" },
	"keywords": func(d *Doc) { d.Keywords = nil }, "field": func(d *Doc) { d.Field = nil },
	"strategic": func(d *Doc) { d.Strategic = nil }, "region": func(d *Doc) { d.Region = "" },
	"org": func(d *Doc) { d.Org = "" }, "org_code": func(d *Doc) { d.OrgCode = "" }, "people": func(d *Doc) { d.People = nil },
	"contact": func(d *Doc) { d.Contact = "" }, "indicators": func(d *Doc) { d.Indicators = nil },
	"links": func(d *Doc) { d.Links = nil }, "url": func(d *Doc) { d.URL = "" },
	"stage": func(d *Doc) { d.Stage = "" }, "stage_proof": func(d *Doc) { d.StageProof = "" },
	"cooperation": func(d *Doc) { d.Cooperation = nil }, "price": func(d *Doc) { d.Price = nil },
	"form": func(d *Doc) { d.Form = "" }, "level": func(d *Doc) { d.Level = "" },
	"ip": func(d *Doc) { d.Rights = nil }, "registration": func(d *Doc) { d.Registration = "" },
	"evaluation": func(d *Doc) { d.Evaluation = "" }, "goal": func(d *Doc) { d.Goal = "" },
	"tried": func(d *Doc) { d.Tried = "" }, "budget": func(d *Doc) { d.Budget = nil },
	"position": func(d *Doc) { d.Position = "" }, "programme": func(d *Doc) { d.Programme = "" },
	"project_number": func(d *Doc) { d.ProjectNumber = "" },
	"from":           func(d *Doc) { d.From = "" }, "until": func(d *Doc) { d.Until = "" },
	"published": func(d *Doc) { d.PublishedOn = "" }, "valid_until": func(d *Doc) { d.ValidUntil = "" },
	"confirmed": func(d *Doc) { d.ConfirmedOn = "" }, "licensed": func(d *Doc) { d.LicensedOn = "" },
	"withdrawn": func(d *Doc) { d.WithdrawnOn = "" }, "gone": func(d *Doc) { d.Gone = "" },
}
