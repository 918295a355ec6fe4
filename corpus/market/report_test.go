package market

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"duijie/corpus"
)

func TestContractsAreCounted(t *testing.T) {
	contracts := []Contract{
		{ID: "1", State: Registered, Kind: "service", Signed: "2026-01-31", ValueFen: 100, TechnicalFen: 50, Field: "1391", SellerRegion: "150500", IP: "patent"},
		{ID: "2", State: Performed, Kind: "development", Signed: "2026-02-01", ValueFen: 1000, TechnicalFen: 1000, Field: "26", SellerRegion: "110108"},
		{ID: "3", State: Registered, Kind: "service", Signed: "2025-12-31", ValueFen: 10_000, Field: "A", SellerRegion: "150500"},
		{ID: "4", State: Signed, Kind: "service", Signed: "2026-01-31", ValueFen: 7},
		{ID: "5", State: Void, Kind: "service", Signed: "2026-01-31", ValueFen: 7},
		{ID: "6", State: Registered, Kind: "transfer", Signed: "2026-11-30", ValueFen: 100_000},
	}
	all := func(yield func(Contract, error) bool) {
		for _, c := range contracts {
			if !yield(c, nil) {
				return
			}
		}
	}
	for _, c := range []struct {
		by          string
		from, until corpus.Date
		want        string
	}{
		{"kind", "", "", "development 技术开发 1 1000 1000 [2]; transfer 技术转让 1 100000 0 [6]; service 技术服务 2 10100 50 [1 3]; = 4 111100 1050"},
		{"kind", "2026", "", "development 技术开发 1 1000 1000 [2]; transfer 技术转让 1 100000 0 [6]; service 技术服务 1 100 50 [1]; = 3 101100 1050"},
		{"kind", "2026-02", "2026-02-01", "development 技术开发 1 1000 1000 [2]; = 1 1000 1000"},
		{"kind", "", "2025", "service 技术服务 1 10000 0 [3]; = 1 10000 0"},
		{"kind", "2027", "", "= 0 0 0"},
		{"field", "2026", "2026", "C 制造业 2 1100 1050 [1 2];  未填 1 100000 0 [6]; = 3 101100 1050"},
		{"ip", "2026", "2026-06", "patent 专利 1 100 50 [1];  未填 1 1000 1000 [2]; = 2 1100 1050"},
		{"seller_region", "", "2026-06", "110108 北京市海淀区 1 1000 1000 [2]; 150500 内蒙古自治区通辽市 2 10100 50 [1 3]; = 3 11100 1050"},
	} {
		r, err := ReportContracts(all, c.by, c.from, c.until)
		var said []string
		for _, row := range r.Rows {
			said = append(said, fmt.Sprint(row.Code, " ", row.Name, " ", row.Count, row.ValueFen, row.TechnicalFen, row.Contracts))
		}
		said = append(said, fmt.Sprint("= ", r.Total.Count, r.Total.ValueFen, r.Total.TechnicalFen))
		if got := strings.Join(said, "; "); err != nil || got != c.want {
			t.Errorf("by %s from %q until %q: %v\n%s, want\n%s", c.by, c.from, c.until, err, got, c.want)
		}
	}
	if _, err := ReportContracts(all, "title", "", ""); corpus.CodeOf(err) != corpus.Invalid {
		t.Errorf("by title: %v", err)
	}
	broken := errors.New("broken")
	var fails iter.Seq2[Contract, error] = func(yield func(Contract, error) bool) { yield(Contract{}, broken) }
	if _, err := ReportContracts(fails, "kind", "", ""); !errors.Is(err, broken) {
		t.Errorf("a store that can't be read: %v", err)
	}
}
