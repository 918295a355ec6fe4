package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/mail"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"duijie/corpus"
	"duijie/corpus/market"
)

func accountFileRoutes() []route {
	return []route{{method: http.MethodPost, path: "/v1/accounts/import", id: "import-accounts", tag: "accounts", summary: "Invite people by the rows of a file; the links are shown this once", right: "accounts create", secret: true, class: tables, add: importAccountsRoute}}
}

// accountColumns are those of a file of accounts.
var accountColumns = []column{
	{name: "name", words: market.Words{"姓名", "Name"}},
	{name: "role", words: market.Words{"权限", "Role"}, also: []string{"角色"}, choices: []market.Named{{Value: "admin", Words: market.Words{"管理员", "Admin"}},
		{Value: "reviewer", Words: market.Words{"审核员", "Reviewer"}}, {Value: "county", Words: market.Words{"区县", "County"}},
		{Value: "broker", Words: market.Words{"经纪人", "Broker"}}, {Value: "firm", Words: market.Words{"企业", "Firm"}}, {Value: "holder", Words: market.Words{"成果方", "Holder"}}, {Value: "read", Words: market.Words{"只读", "Reader"}}}},
	{name: "organisation", words: market.Words{"单位", "Organisation"}, also: []string{"单位名称", "统一社会信用代码", "信用代码"}},
	{name: "territory", words: market.Words{"辖区", "Territory"}, also: []string{"行政区划"}},
	{name: "mail", words: market.Words{"邮箱", "Mail"}, also: []string{"电子邮箱", "email"}},
}

// An AccountImport says what became of the rows of a file of people.
type AccountImport struct {
	Read    int             `json:"read"`
	Invited []InvitedRow    `json:"invited"`
	Bad     int             `json:"bad"`
	Unknown []string        `json:"unknown,omitempty" doc:"headers of columns that were not read"`
	Rows    []RecordProblem `json:"rows,omitempty" doc:"those that were not taken, the first 1,000"`
	Error   *Problem        `json:"error,omitempty" doc:"why the file was not read to its end; what came before is done"`
}

// An InvitedRow is an invitation that a row of a file became.
type InvitedRow struct {
	Line int    `json:"line" doc:"line of a text file, row of a sheet, from 1"`
	Mail string `json:"mail,omitempty" doc:"as the row has it, to send the link to; it is not kept"`
	Invitation
}

// ImportAccounts invites somebody for each row of a file: name, role, organisation by credit code, id or name, territory and mail. A
// row that is wrong is told and costs no other; one that names somebody who has an account in the same organisation is wrong,
// so that a file that is read twice invites nobody twice.
func (s *Service) ImportAccounts(ctx context.Context, c Caller, file io.Reader) (AccountImport, error) {
	sum := AccountImport{Invited: []InvitedRow{}}
	if err := c.may(market.Accounts, "create"); err != nil {
		return sum, err
	}
	in := accountImport{s: s, known: map[[2]string]bool{}, called: map[string][]string{}}
	if err := in.prepare(); err != nil {
		return sum, err
	}
	err := func() error {
		for l, err := range corpus.ReadLines(file) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if sum.Read == maxRecordRows {
				e := corpus.Errorf(corpus.TooLarge, "the file has more than %d rows", maxRecordRows)
				e.Fix = "split it; who was invited so far is"
				return e
			}
			sum.Read++
			row, err := in.row(ctx, c, l, &sum)
			switch code := corpus.CodeOf(err); {
			case err != nil && (code == corpus.Internal || code == corpus.Unavailable):
				return err
			case err != nil:
				if sum.Bad++; len(sum.Rows) < maxBadRows {
					sum.Rows = append(sum.Rows, RecordProblem{l.N, FaultsOf(err, rowLang(ctx))})
				}
			default:
				sum.Invited = append(sum.Invited, row)
			}
		}
		return nil
	}()
	if err != nil {
		sum.Error = problemOf(ctx, s.Log, err)
	}
	return sum, nil
}

// An accountImport knows who and what is there.
type accountImport struct {
	s      *Service
	known  map[[2]string]bool  // names of people with their organisations
	called map[string][]string // ids of organisations by corpus.OrgKey of their names
}

func (in *accountImport) prepare() error {
	accounts, err := in.s.accountsWhere(func(a market.Account) bool { return !a.Disabled })
	if err != nil {
		return err
	}
	for _, a := range accounts {
		in.known[[2]string{a.Name, a.Organisation}] = true
	}
	for r, err := range in.s.Store.Records(market.Organisations) {
		var o market.Organisation
		if err == nil {
			err = json.Unmarshal(r.Body, &o)
		}
		if err != nil {
			return err
		}
		if key := corpus.OrgKey(o.Name); o.State != market.Refused {
			in.called[key] = append(in.called[key], o.ID)
		}
	}
	return nil
}

// organisation is organisationID for names too.
func (in *accountImport) organisation(text string) (string, error) {
	id, err := in.s.organisationID(text)
	if corpus.CodeOf(err) != corpus.Invalid {
		return id, err
	}
	switch ids := in.called[corpus.OrgKey(text)]; len(ids) {
	case 0:
		return "", err
	case 1:
		return ids[0], nil
	default:
		return "", unknownOrganisation("several organisations are called %q", text)
	}
}

func (in *accountImport) row(ctx context.Context, c Caller, l corpus.Line, sum *AccountImport) (row InvitedRow, err error) {
	if l.Problem != nil {
		return row, l.Problem
	}
	values := map[string]string{}
	for header, text := range l.Texts {
		i := slices.IndexFunc(accountColumns, func(col column) bool { return col.called(header) })
		if i < 0 {
			if !slices.Contains(sum.Unknown, header) && len(sum.Unknown) < 100 {
				sum.Unknown = append(sum.Unknown, header)
			}
			continue
		}
		col := accountColumns[i]
		text = strings.TrimSpace(text)
		for _, n := range col.choices { // whole words only: a part of one must make nobody an admin
			if text == n.Words[0] || strings.EqualFold(text, n.Words[1]) {
				text = n.Value
			}
		}
		if text != "" {
			values[col.name] = text
		}
	}
	row.Line, row.Mail = l.N, values["mail"]
	if a, err := mail.ParseAddress(row.Mail); row.Mail != "" && (err != nil || a.Address != row.Mail) {
		e := corpus.Errorf(corpus.Invalid, "this is no mail address")
		e.Field, e.Fix = "mail", "write NAME@HOST, or nothing"
		return row, e
	}
	id, err := in.organisation(values["organisation"])
	if err != nil {
		return row, err
	}
	who := [2]string{values["name"], id}
	if in.known[who] {
		e := corpus.Errorf(corpus.Conflict, "%s has an account there already", values["name"])
		e.Field, e.Fix = "name", "make a new link for that one, or invite a namesake by hand"
		return row, e
	}
	row.Invitation, err = in.s.InviteInto(ctx, c, values["name"], market.Role(values["role"]), "", id, false, values["territory"])
	in.known[who] = in.known[who] || err == nil
	return row, err
}

type importAccountsInput struct {
	RawBody []byte
}

type importAccountsOutput struct{ Body AccountImport }

func importAccountsRoute(api huma.API, op huma.Operation, s *Service) {
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{},
		Description: "a table of 10,000 rows and " + s.Limits.Text(BodyTable) + " at most, with the columns name, role, organisation, territory (of a county: codes or names, 、 between) and mail"}
	for _, m := range mediaTypes {
		op.RequestBody.Content[m] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	handle(func(s *Service, ctx context.Context, in *importAccountsInput) (*importAccountsOutput, error) {
		sum, err := s.ImportAccounts(ctx, CallerOf(ctx), bytes.NewReader(in.RawBody))
		return &importAccountsOutput{sum}, err
	})(api, op, s)
}
