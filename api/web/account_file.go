package web

import (
	"errors"
	"net/http"

	"duijie/api"
	"duijie/corpus/market"
)

// An accountFile is what became of a file of people, as their page shows it.
type accountFile struct {
	Counts, Failed string
	Bad            []string
	People         []invited
}

// An invited is a row with its link, shown this once.
type invited struct{ Name, Role, Org, Mail, Link string }

// importAccounts invites people by the rows of a file that was posted, and shows their links.
func (s *site) importAccounts(w http.ResponseWriter, r *http.Request) {
	act := s.with(market.Accounts, "create", func(rq request) (page, error) { return s.accountsPage(rq, accountsPage{}, http.StatusOK) })
	if s.caller(r).Allowed(market.Accounts, "create") == market.None {
		s.show(act)(w, r)
		return
	}
	api.Allow(r, s.svc.Limits.Time(api.TimeUpload))
	r.Body = http.MaxBytesReader(w, r.Body, s.svc.Limits.Bytes(api.BodyTable)+maxBeside)
	file, _, err := r.FormFile("file")
	if err == nil {
		defer file.Close() // it was read to its end, or is not needed
	}
	s.show(s.with(market.Accounts, "create", func(rq request) (page, error) {
		out := &accountFile{}
		_, large := errors.AsType[*http.MaxBytesError](err)
		switch {
		case large:
			out.Failed = rq.t("records.large", s.most(api.BodyTable))
		case err != nil:
			out.Failed = rq.t("imports.wrong.file")
		default:
			sum, err := s.svc.ImportAccounts(api.WithLang(rq.Context(), rq.lang), rq.caller, file)
			if err != nil {
				return page{}, err
			}
			s.fillAccountFile(rq, out, sum)
		}
		status := http.StatusOK
		if out.Failed != "" {
			status = http.StatusUnprocessableEntity
		}
		return s.accountsPage(rq, accountsPage{Import: out}, status)
	}))(w, r)
}

func (s *site) fillAccountFile(r request, out *accountFile, sum api.AccountImport) {
	out.Counts = r.t("accounts.imported", count(sum.Read), count(len(sum.Invited)), count(sum.Bad))
	if sum.Error != nil {
		out.Failed = r.t("records.unread")
	}
	for _, i := range sum.Invited {
		out.People = append(out.People, invited{i.Name, r.t("role." + string(i.Role)), i.OrganisationName, i.Mail, s.whole(r, i.Link)})
	}
	for _, row := range sum.Rows {
		said := r.t("records.row")
		for _, f := range row.Faults {
			if key := "accounts.row." + f.Field; r.t(key) != key {
				said = r.t(key)
			}
		}
		out.Bad = append(out.Bad, r.t("records.line", row.Line)+said)
	}
}
