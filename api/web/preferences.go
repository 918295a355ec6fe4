package web

import (
	"errors"
	"net/http"
	"slices"

	"duijie/api"
	"duijie/corpus"
	"duijie/corpus/market"
)

// A preferencesForm is how somebody is told, as its form shows it.
type preferencesForm struct {
	api.PreferenceInfo
	Mails, Texts bool // the channels mail and SMS are there
	Sorts        []sortRow
	Done         string
	Wrong        []string
	Asked        market.Channel // a code was just sent over it
}

type sortRow struct {
	Name, Title string
	Channels    []pick
	Digests     []pick
}

type pick struct {
	Value, Name string
	Chosen      bool
}

// preferencesForm is nil for a key, which is told of nothing.
func (s *site) preferencesForm(r request) (*preferencesForm, error) {
	if r.caller.Account == "" {
		return nil, nil
	}
	info, err := s.svc.Preferences(r.Context(), r.caller)
	if err != nil {
		return nil, err
	}
	return r.preferencesForm(info), nil
}

func (r request) preferencesForm(info api.PreferenceInfo) *preferencesForm {
	f := &preferencesForm{PreferenceInfo: info, Mails: slices.Contains(info.Channels, market.MailChannel), Texts: slices.Contains(info.Channels, market.SMSChannel)}
	for _, sort := range market.EventSorts {
		chosen := info.Choices[sort.Value]
		row := sortRow{Name: sort.Value, Title: sort.In(r.lang)}
		for _, c := range market.Channels {
			if here := slices.Contains(chosen.Channels, c); here || slices.Contains(info.Channels, c) {
				row.Channels = append(row.Channels, pick{string(c), market.ChannelWords[c].In(r.lang), here})
			}
		}
		for _, d := range []market.Digest{market.NoDigest, market.DailyDigest, market.WeeklyDigest} {
			row.Digests = append(row.Digests, pick{string(d), r.t("prefs.digest." + string(d)), d == chosen.Digest})
		}
		f.Sorts = append(f.Sorts, row)
	}
	return f
}

// typed is what the form says.
func typed(r request) market.Preference {
	p := market.Preference{Mail: r.PostFormValue("mail"), Phone: r.PostFormValue("phone"), QuietFrom: r.PostFormValue("quiet_from"), QuietTo: r.PostFormValue("quiet_to"),
		DigestAt: r.PostFormValue("digest_at"), OwnOnly: r.PostFormValue("own_only") == "yes", Choices: map[string]market.Choice{}}
	for _, sort := range market.EventSorts {
		c := market.Choice{Digest: market.Digest(r.PostFormValue("digest." + sort.Value))}
		for _, channel := range r.PostForm["channel."+sort.Value] {
			c.Channels = append(c.Channels, market.Channel(channel))
		}
		if len(c.Channels) > 0 {
			p.Choices[sort.Value] = c
		}
	}
	return p
}

// setPreferences keeps what was typed where something is wrong with it.
func (s *site) setPreferences(r request) (page, error) {
	to := typed(r)
	info, err := s.svc.SetPreferences(r.Context(), r.caller, to)
	if err == nil {
		f := r.preferencesForm(info)
		f.Done = r.t("prefs.done")
		return s.accountPage(r, accountPage{Told: f}, http.StatusOK)
	}
	faults, ok := errors.AsType[corpus.Faults](err)
	if !ok {
		return page{}, err
	}
	if info, err = s.svc.Preferences(r.Context(), r.caller); err != nil {
		return page{}, err
	}
	info.Preference = to
	f := r.preferencesForm(info)
	for _, e := range faults {
		if text := r.t("prefs.wrong." + e.Field); !slices.Contains(f.Wrong, text) {
			f.Wrong = append(f.Wrong, text)
		}
	}
	return s.accountPage(r, accountPage{Told: f}, http.StatusUnprocessableEntity)
}

// confirmAddress sends a code, or takes one.
func (s *site) confirmAddress(r request) (page, error) {
	channel := market.Channel(r.PostFormValue("channel"))
	done, err := "prefs.confirmed", error(nil)
	if code := r.PostFormValue("code"); code != "" {
		_, err = s.svc.ConfirmCode(r.Context(), r.caller, code)
	} else {
		done, err = "prefs.sent", s.svc.SendCode(r.Context(), r.caller, channel)
	}
	f, formErr := s.preferencesForm(r)
	if formErr != nil || f == nil {
		return page{}, errors.Join(err, formErr)
	}
	f.Asked = channel
	e, ok := errors.AsType[*corpus.Error](err)
	switch {
	case err == nil:
		f.Done = r.t(done)
		return s.accountPage(r, accountPage{Told: f}, http.StatusOK)
	case !ok || e.Field != "code" && e.Field != "channel":
		return page{}, err
	}
	key := "prefs.wrong." + e.Field
	if e.Code == corpus.Conflict {
		key = "prefs.wrong.often"
	}
	f.Wrong = []string{r.t(key)}
	return s.accountPage(r, accountPage{Told: f}, http.StatusUnprocessableEntity)
}
