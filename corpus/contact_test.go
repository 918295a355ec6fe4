package corpus

import "testing"

func TestCheckPhones(t *testing.T) {
	for contact, want := range map[string]string{
		"王某 13800000000":             "",
		"王某 1380000000":              "“1380000000”有 10 位，不像电话号码",
		"王某 1380000 00000":           "“138000000000”有 12 位，不像电话号码",
		"王某 138 0000 0000 0":         "",
		"0571-8000000":               "",
		"0571-800000000":             "“0571800000000”有 13 位，不像电话号码",
		"+86 138-0000-0000":          "",
		"13800000000 13900000000":    "",
		"13800000000 0":              "", // what follows a number may be one digit
		"86  (86":                    "", // or the country and nothing else
		"8000-123":                   "",
		"４００－８００－１２３４":               "",
		"001 212 555 0100, 12345678": "",
	} {
		got := ""
		if err := checkPhones(contact); err != nil {
			got = err.Message
		}
		if got != want {
			t.Errorf("%q: %q, want %q", contact, got, want)
		}
	}
}
