// Package corpus answers: what do we know, and where is it kept? It holds the documents of the exchange
// (achievements, needs, experts, projects) and its market records in one bbolt file, reads and writes the file
// formats they travel in, and numbers every change so that whatever is derived can catch up.
package corpus

import (
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Kind is one of the four libraries of the exchange.
type Kind string

const (
	Achievement Kind = "achievement"
	Need        Kind = "need"
	Expert      Kind = "expert"
	Project     Kind = "project"
)

// Kinds lists all kinds in the order in which pages and exports show them.
var Kinds = []Kind{Achievement, Need, Expert, Project}

// Plural returns the name used in paths: achievements, needs, experts, projects.
func (k Kind) Plural() string { return string(k) + "s" }

// ParseKind takes a kind's singular or plural English name, or its Chinese one.
func ParseKind(s string) (Kind, bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "achievement", "achievements", "成果", "科技成果", "技术成果":
		return Achievement, true
	case "need", "needs", "需求", "技术需求", "企业技术需求":
		return Need, true
	case "expert", "experts", "专家":
		return Expert, true
	case "project", "projects", "项目", "科技项目", "科技计划项目":
		return Project, true
	}
	return "", false
}

// A Stage says how far an achievement has come (所处阶段); a need names the earliest stage the firm can take up.
type Stage string

const (
	Lab     Stage = "lab"     // 初期: in the laboratory, small tests (小试)
	Pilot   Stage = "pilot"   // 中期: samples and pilot tests (中试)
	Applied Stage = "applied" // 成熟应用: in production somewhere
)

// A Mode is a form of cooperation as technology contracts know them.
type Mode string

const (
	Development Mode = "development" // 技术开发, commissioned or joint
	Transfer    Mode = "transfer"    // 技术转让
	License     Mode = "license"     // 技术许可
	Consulting  Mode = "consulting"  // 技术咨询
	Service     Mode = "service"     // 技术服务
	Equity      Mode = "equity"      // 作价入股
)

// A Status is a document's place in the life of a posting. Only Published ones are found, matched and counted.
type Status string

const (
	Draft     Status = "draft"
	Published Status = "published"
	Withdrawn Status = "withdrawn"
)

// Limits of one document, in bytes of UTF-8 or in entries. A registration form's longest field holds 2,000
// characters; the limits leave ten times that and keep one document far below bbolt's comfortable value size.
const (
	MaxTitle      = 1_000
	MaxText       = 64_000
	MaxName       = 600 // of every other line and of one entry of a list
	MaxList       = 64
	MaxExtra      = 100
	MaxExtraBytes = 256_000 // of all unknown columns with their names
	MaxIDBytes    = 64
)

// A Right is one piece of intellectual property that stands behind an achievement.
type Right struct {
	Kind   string `json:"kind" doc:"发明专利, 实用新型专利, 软件著作权, 非专利技术, ..."`
	Number string `json:"number,omitempty"`
	State  string `json:"state,omitempty" doc:"有效, 申请中, 失效"`
}

// A Link points to another document of the exchange. Links are followed both ways by their readers.
type Link struct {
	Kind Kind   `json:"kind" enum:"achievement,need,expert,project"`
	ID   string `json:"id"`
}

// A Doc is one posting of either side of the market. Which fields a kind uses is said beside them; the zero value
// of a field is "not provided". The JSON form is the wire form of the API, of JSONL files and of the store.
type Doc struct {
	Kind     Kind   `json:"kind" enum:"achievement,need,expert,project"`
	ID       string `json:"id"`
	Number   uint32 `json:"-"` // dense per kind, given by the store, never reused
	Source   string `json:"source,omitempty" doc:"where the row came from; with source_id its identity"`
	SourceID string `json:"source_id,omitempty"`
	Version  uint64 `json:"version,omitempty" doc:"1 at the first write; one more at each change"`
	Status   Status `json:"status,omitempty" enum:"draft,published,withdrawn"`

	Title      string   `json:"title"`
	Text       string   `json:"text,omitempty" doc:"the description; of a need the problem to solve; of an expert the works"`
	Keywords   []string `json:"keywords,omitempty"`
	Field      []string `json:"field,omitempty" doc:"GB/T 4754-2017 codes"`
	Strategic  []string `json:"strategic,omitempty" doc:"codes of the strategic emerging industries of 2018"`
	Region     string   `json:"region,omitempty" doc:"GB/T 2260 code, 6 digits"`
	Org        string   `json:"org,omitempty" doc:"the holder, or the firm"`
	OrgCode    string   `json:"org_code,omitempty" doc:"统一社会信用代码 of org; confidential where it is a person's number"`
	People     []string `json:"people,omitempty"`
	Contact    string   `json:"contact,omitempty" doc:"confidential unless disclosure says otherwise"`
	Indicators []string `json:"indicators,omitempty" doc:"one figure each: 抗冲击韧性 ≥ 67 %"`
	Links      []Link   `json:"links,omitempty"`
	URL        string   `json:"url,omitempty"`

	// Achievements and, where it makes sense, needs.
	Stage        Stage   `json:"stage,omitempty" enum:"lab,pilot,applied"`
	StageProof   string  `json:"stage_proof,omitempty"`
	Cooperation  []Mode  `json:"cooperation,omitempty"`
	Price        *Money  `json:"price,omitempty" doc:"asked for an achievement"`
	Form         string  `json:"form,omitempty" doc:"成果体现形式"`
	Level        string  `json:"level,omitempty" doc:"成果水平"`
	Rights       []Right `json:"ip,omitempty"`
	Registration string  `json:"registration,omitempty" doc:"批准登记号, 12 characters"`
	Evaluation   string  `json:"evaluation,omitempty"`

	// Needs.
	Goal   string `json:"goal,omitempty" doc:"预期目标"`
	Tried  string `json:"tried,omitempty" doc:"现有工作基础, what was already tried"`
	Budget *Money `json:"budget,omitempty"`

	// Experts and projects.
	Position      string `json:"position,omitempty" doc:"职称"`
	Programme     string `json:"programme,omitempty" doc:"科技计划"`
	ProjectNumber string `json:"project_number,omitempty"`
	From          Date   `json:"from,omitempty"`
	Until         Date   `json:"until,omitempty"`

	PublishedOn Date `json:"published,omitempty"`
	ValidUntil  Date `json:"valid_until,omitempty"`
	ConfirmedOn Date `json:"confirmed,omitempty" doc:"when the holder last said that it stands"`
	LicensedOn  Date `json:"licensed,omitempty" doc:"when the achievement was licensed or transferred; it stays on show"`
	WithdrawnOn Date `json:"withdrawn,omitempty" doc:"when its holder took it down; it goes when the posting is published again"`
	Gone        Date `json:"gone,omitempty" doc:"the day on which the source that it was fetched from was first without it"`

	// Extra keeps columns we have no field for, by their header. Confidential unless disclosure opens them.
	Extra map[string]string `json:"extra,omitempty"`
	// Disclosure holds the levels that differ from the default, by JSON name ("text", "extra.备注").
	Disclosure map[string]Level `json:"disclosure,omitempty"`

	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
}

// Body returns the running text of d beside its title: description, goal, what was tried, indicators, key words.
// It is what is segmented, embedded and explained, so it is called on Public copies only.
func (d *Doc) Body() string {
	parts := []string{d.Text, d.Goal, d.Tried, strings.Join(d.Indicators, "；"), strings.Join(d.Keywords, "，")}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(parts, "\n")
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// MakeID returns the public id of the row that a source calls sourceID: the source id itself for plain ones of the
// default source "import", so that people find their own numbers back; "SOURCE~ID" for plain ones of others; else
// "h" and 16 characters of a hash (80 bits). The same row has the same id in every store, and no two rows share one.
func MakeID(source, sourceID string) string {
	id, plain := sourceID, plainID.MatchString(sourceID)
	if source != DefaultSource {
		id, plain = source+"~"+sourceID, plain && plainID.MatchString(source)
	}
	if plain && len(id) <= MaxIDBytes && !hashedID.MatchString(id) {
		return id
	}
	sum := sha256.Sum256([]byte(source + "\x00" + sourceID))
	return "h" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// hashedID is the form MakeID gives hashes; a plain id of that form is hashed too, so that the two never meet.
var hashedID = regexp.MustCompile(`^h[a-z2-7]{16}$`)

// DefaultSource is the source of rows whose import names none.
const DefaultSource = "import"

// TextHash identifies a posting by what it says: kind, title and body without space, case and punctuation.
func TextHash(d *Doc) string {
	sum := sha256.Sum256([]byte(string(d.Kind) + "\x00" + normal(d.Title) + "\x00" + normal(d.Body())))
	return "t" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
}

// identityHash is the source id of a row that has none: its text, and its holder where one is named, so that namesakes
// of two places stay apart.
func identityHash(d *Doc) string {
	if org := OrgKey(d.Org); org != "" {
		sum := sha256.Sum256([]byte(TextHash(d) + "\x00" + org))
		return "t" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
	}
	return TextHash(d)
}
