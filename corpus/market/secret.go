package market

import (
	"crypto/rand"
	"encoding/base64"
	"time"

	"duijie/corpus"
)

// A Secret signs what a webhook gets.
type Secret struct {
	Secret string    `json:"secret" doc:"whsec_ and 32 random bytes in base64"`
	Until  time.Time `json:"until,omitzero" doc:"of a replaced one: when it stops to sign"`
}

const (
	secretBytes = 32 // Standard Webhooks: 24 to 64
	// secretOverlap is how long a replaced secret signs beside the new one.
	secretOverlap = 24 * time.Hour
)

// Rotate returns the subscription with a new secret. The one before goes on signing beside it for as long as overlap says;
// one that was replaced earlier stops. A subscription without a webhook has code Conflict.
func (s Subscription) Rotate(now time.Time, overlap time.Duration) (Subscription, error) {
	if len(s.Secrets) == 0 || s.State == Ended {
		e := corpus.Errorf(corpus.Conflict, "only a subscription that goes to a webhook has a secret")
		e.Fix = "set webhook first"
		return s, e
	}
	now = now.UTC().Truncate(time.Second)
	secrets := []Secret{{Secret: newSecret()}}
	if overlap > 0 {
		secrets = append(secrets, Secret{Secret: s.Secrets[0].Secret, Until: now.Add(overlap)})
	}
	s.Secrets, s.Updated = secrets, now
	return s, nil
}

// Signing returns the secrets that sign now, newest first.
func (s Subscription) Signing(now time.Time) []string {
	var out []string
	for _, secret := range s.Secrets {
		if secret.Until.IsZero() || now.Before(secret.Until) {
			out = append(out, secret.Secret)
		}
	}
	return out
}

func newSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b) // never fails
	return "whsec_" + base64.StdEncoding.EncodeToString(b)
}
