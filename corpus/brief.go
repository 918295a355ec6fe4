package corpus

import "time"

// A Brief is what a row of a list says of a posting beside its title: enough to choose by.
type Brief struct {
	Org         string    `json:"org,omitempty" doc:"the holder, or the firm"`
	Region      string    `json:"region,omitempty" doc:"GB/T 2260 code, 6 digits"`
	Field       []string  `json:"field,omitempty" doc:"GB/T 4754-2017 codes"`
	Stage       Stage     `json:"stage,omitempty" enum:"lab,pilot,applied"`
	Price       *Money    `json:"price,omitempty" doc:"asked for an achievement"`
	Budget      *Money    `json:"budget,omitempty" doc:"of a need"`
	Published   Date      `json:"published,omitempty"`
	Strategic   []string  `json:"strategic,omitempty" doc:"codes of the strategic emerging industries of 2018"`
	Cooperation []Mode    `json:"cooperation,omitempty"`
	Confirmed   Date      `json:"confirmed,omitempty" doc:"when the holder last said that it stands"`
	ValidUntil  Date      `json:"valid_until,omitempty"`
	Updated     time.Time `json:"updated,omitzero" doc:"when it was last written"`
}

// Brief returns what a row says of d; a reader gets that of what they may read: d.Public().Brief().
func (d *Doc) Brief() Brief {
	return Brief{Org: d.Org, Region: d.Region, Field: d.Field, Stage: d.Stage, Price: d.Price, Budget: d.Budget, Published: d.PublishedOn,
		Strategic: d.Strategic, Cooperation: d.Cooperation, Confirmed: d.ConfirmedOn, ValidUntil: d.ValidUntil, Updated: d.Updated}
}
