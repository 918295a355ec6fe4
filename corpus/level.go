package corpus

import (
	"maps"
	"strings"
)

// A Level is who may read a field.
type Level string

const (
	Public       Level = "public"
	SignedIn     Level = "signed_in"    // any valid key
	Confidential Level = "confidential" // operators and the owner only
)

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

// Public returns the copy of d that anybody may read: what the indexer gets, and what pages show.
func (d Doc) Public() Doc { return d.ForLevel(Public) }

// ForLevel returns a copy of d without the fields whose level is above l. Kind, identity, version, status and dates
// of writing always stay. Title can be closed like any other field.
func (d Doc) ForLevel(l Level) Doc {
	if l == Confidential {
		return d
	}
	may := func(field string) bool { // an unknown level opens nothing
		need := d.LevelOf(field)
		return need == Public || need == SignedIn && l == SignedIn
	}
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
