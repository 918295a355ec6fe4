package corpus

// keepAnswers leaves in d, which an import reads, what the holder of old has answered since the file was written: a later
// confirmation, a license, that a last day before the confirmation no longer counts, and that it was taken down, unless
// the row is dated after that day. Otherwise the next import of the same file would take it back. held is the day on which
// a posting was taken down that the row would publish.
func keepAnswers(d, old *Doc) (held Date) {
	if d.Status == Published && old.Status == Withdrawn && old.WithdrawnOn != "" && old.WithdrawnOn >= max(d.PublishedOn, d.ConfirmedOn) {
		d.Status, d.WithdrawnOn, held = Withdrawn, old.WithdrawnOn, old.WithdrawnOn
	}
	if d.Status == Withdrawn && d.WithdrawnOn == "" {
		d.WithdrawnOn = old.WithdrawnOn
	}
	if old.ConfirmedOn > d.ConfirmedOn {
		d.ConfirmedOn = old.ConfirmedOn
		if old.ValidUntil == "" && d.ValidUntil.Over(old.ConfirmedOn.Last()) {
			d.ValidUntil = ""
		}
	}
	if d.LicensedOn == "" {
		d.LicensedOn = old.LicensedOn
	}
	return held
}
