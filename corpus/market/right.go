package market

import (
	"fmt"
	"slices"
	"strings"
)

// A Scope is on which records somebody may do something.
type Scope uint8

const (
	None  Scope = iota
	Own         // those that they made themselves, those of the organisation that they belong to, and to read those that ask for their postings
	Local       // Own, and those that concern their territory, without what is Closed
	All
	AskedOnly // those alone that ask for a posting which they have, or their organisation
)

var scopeNames = []string{"none", "own", "local", "all", "asked"}

func (s Scope) String() string { return scopeNames[s] }

// rights is who may do what: a record, moves with it, and the scope of each role in the order of the first line. What has
// no row, nobody may do. A record is a record table or, as documents and imports, what is no such table. Moves are list,
// read, create, update, delete, and steps that only this record knows, such as the states of a lead. "own" of a create says
// that the record is the maker's. Widgets are confined to the kinds, fields and regions of their site key besides.
const rights = `
record         moves                            nobody site read firm holder broker reviewer county admin
service        read                             all    all  all  all  all    all    all      all    all
codes          read                             all    all  all  all  all    all    all      all    all
service        as_of                            none   none none none none   none   none     none   all
documents      list read match coach            all    all  all  all  all    all    all      all    all
documents      match_batch                      none   none all  all  all    all    all      all    all
documents      export changes                   all    none all  all  all    all    all      all    all
documents      earlier                          none   none none none none   all    none     none   all
documents      create update delete merge       none   none none none none   none   none     none   all
imports        list read create undo            none   none none none none   none   none     none   all
maps           list update delete               none   none none none none   none   none     none   all
feeds          list update delete fetch         none   none none none none   none   none     none   all
duplicates     list                             none   none none none none   none   none     none   all
reminders      list create                      none   none none none none   none   none     none   all
feedback       list create                      none   none none none none   none   none     none   all
leads          list read                        none   none own  own  own    all    own      local  all
leads          update declined                  none   none own  own  own    all    own      none   all
leads          talking                          none   none asked asked asked all   asked    none   all
leads          agreed contracted                none   none none none none   all    none     none   all
leads          create                           none   own  own  own  own    own    own      none   all
remarks        list create contacts             none   none own  own  own    all    own      none   all
remarks        delete                           none   none none none none   none   none     none   all
questions      list read create update          none   none own  own  own    all    all      none   all
questions      answered                         none   none asked asked asked all   all      none   all
questions      released hidden                  none   none none none none   none   all      none   all
contracts      list read                        none   none none own  own    own    none     local  all
contracts      create update                    none   none none own  own    own    none     none   all
contracts      registered performed void delete none   none none none none   none   none     none   all
contracts      link                             none   none none none none   own    none     none   all
reports        read                             none   none none none none   none   none     local  all
reports        rewards                          none   none none none none   none   none     none   all
benefits       list read                        none   none none own  own    own    none     local  all
benefits       create update                    none   none none own  own    own    none     none   all
benefits       reported                         none   none none own  own    own    none     none   all
benefits       confirmed returned               none   none none none none   none   none     none   all
targets        list read create update          none   none none none none   none   none     none   all
targets        set dropped                      none   none none none none   none   none     none   all
rewards        list read create update          none   none none none none   own    none     none   all
rewards        proposed                         none   none none none none   own    none     none   all
rewards        approved paid refused            none   none none none none   none   none     none   all
frozen_reports list read create                 none   none none none none   none   none     none   all
subscriptions  list read create update delete   none   none own  own  own    own    own      own    all
subscriptions  active paused ended rotate       none   none own  own  own    own    own      own    all
messages       list read                        none   none own  own  own    own    own      own    own
preferences    read update                      none   none own  own  own    own    own      own    own
desk           read                             none   none none none none   own    none     none   all
claims         list read                        none   none none none none   all    none     none   all
claims         create update released lapsed    none   none none none none   own    none     none   all
claims         hand_over                        none   none none none none   own    none     none   all
visits         list read create update          none   none none none none   own    none     none   all
visits         todo done                        none   none none none none   own    none     none   all
sheets         list read create update          none   none none none none   own    none     none   all
sheets         sent answered ended              none   none none none none   own    none     none   all
sheets         opened                           none   none none none none   none   none     none   all
filings        list read create update          none   none none none none   own    none     none   all
filings        ended                            none   none none none none   own    none     none   all
submissions    list read                        none   none none own  own    none   all      none   all
submissions    create                           none   none none own  own    none   none     none   own
submissions    update                           none   none none own  own    none   own      none   own
submissions    draft first                      none   none none own  own    none   none     none   own
submissions    second third published returned  none   none none none none   none   all      none   all
submissions    withdrawn                        none   none none own  own    none   all      none   all
desks          list read create update          none   none none none none   own    none     none   all
desks          present away                     none   none none none none   own    none     none   all
promises       list read                        none   none own  own  own    all    own      none   all
promises       create                           none   none own  own  own    own    own      none   all
promises       update ended                     none   none none none none   none   none     none   all
organisations  list read                        none   none own  own  own    own    own      local  all
organisations  create update applied            none   none own  own  own    own    own      none   all
organisations  verified refused suspended       none   none none none none   none   none     none   all
members        list                             none   none own  own  own    own    own      own    all
members        create disable                   none   none own  own  own    own    own      none   all
deliveries     list resend                      none   none none none none   none   none     none   all
accounts       list create update handover      none   none none none none   none   none     none   all
accounts       read password                    none   none own  own  own    own    own      own    own
sessions       list delete                      none   none own  own  own    own    own      own    own
keys           list create rotate delete        none   none none none none   none   none     none   all
site_keys      list create update delete        none   none none none none   none   none     none   all
`

// A Right says on which records a role may make a move.
type Right struct {
	Record, Move string
	Role         Role
	Scope        Scope
}

// Rights are all cells of the table, in its order.
var Rights = readRights(rights)

// readRights panics where the table is malformed: it is part of the program.
func readRights(table string) (cells []Right) {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	names := strings.Fields(lines[0])[2:]
	for _, line := range lines[1:] {
		words := strings.Fields(line)
		scopes := words[len(words)-len(names):]
		for _, move := range words[1 : len(words)-len(names)] {
			for i, name := range names {
				scope := slices.Index(scopeNames, scopes[i])
				if scope < 0 {
					panic(fmt.Sprintf("unknown scope %q in %q", scopes[i], line))
				}
				cells = append(cells, Right{words[0], move, roleOf(name), Scope(scope)})
			}
		}
	}
	return cells
}

func roleOf(column string) Role {
	if column == "nobody" {
		return Nobody
	}
	return Role(column)
}

// Allowed returns on which records of a sort somebody with role r may make a move; None where the table has no such cell.
func Allowed(r Role, record, move string) Scope {
	for _, c := range Rights {
		if c.Role == r && c.Record == record && c.Move == move {
			return c.Scope
		}
	}
	return None
}
