package corpus

// keepAnswers leaves in d, which an import reads, what the holder of old has answered since the file was written: a later
// confirmation, a license, and that a last day before the confirmation no longer counts. Otherwise the next import of the
// same file would take it back.
func keepAnswers(d, old *Doc) {
	if old.ConfirmedOn > d.ConfirmedOn {
		d.ConfirmedOn = old.ConfirmedOn
		if old.ValidUntil == "" && d.ValidUntil.Over(old.ConfirmedOn.Last()) {
			d.ValidUntil = ""
		}
	}
	if d.LicensedOn == "" {
		d.LicensedOn = old.LicensedOn
	}
}
