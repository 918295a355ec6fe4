package market

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/secure/precis"

	"duijie/corpus"
)

// Passwords have minPassword to maxPassword characters, of which leastDifferent differ.
const (
	minPassword    = 10
	maxPassword    = 200
	leastDifferent = 4
)

// The cost of a hash is the least that OWASP's Password Storage Cheat Sheet recommends for Argon2id: 19 MiB, two passes, one
// lane. It stands in each hash, so that another may follow.
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16 // bytes
	argonKey    = 32 // bytes
)

// checkPassword returns a password as it is hashed (RFC 8265, OpaqueString); an error of code Invalid for one that is too
// easy to guess.
func checkPassword(password, login string) (string, error) {
	p, err := precis.OpaqueString.String(password)
	if err != nil {
		return "", invalid("password", "leave out control characters", "the password holds what can't be typed everywhere")
	}
	different := map[rune]bool{}
	for _, r := range p {
		different[r] = true
	}
	switch n := utf8.RuneCountInString(p); {
	case n < minPassword || n > maxPassword:
		return "", invalid("password", "use 10 to 200 characters; a sentence will do", "the password has %d characters", n)
	case len(different) < leastDifferent:
		return "", invalid("password", "use more different characters", "the password repeats %d characters", len(different))
	case login != "" && strings.Contains(strings.ToLower(p), login):
		return "", invalid("password", "use another that does not hold the login", "the password holds the login")
	}
	return p, nil
}

// hashPassword returns the hash of a checked password in the PHC string format.
func hashPassword(password string) string {
	salt := make([]byte, argonSalt)
	rand.Read(salt) // never fails
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	text := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, text(salt), text(key))
}

// passwordFits reports whether a hash is that of a password, whatever parameters it was made with; old, whether they
// are not today's.
func passwordFits(hash, password string) (fits, old bool, err error) {
	var version, memory, time uint32
	var lanes uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false, corpus.Errorf(corpus.Internal, "a stored password has no known form")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes); err != nil || version != argon2.Version || time < 1 || lanes < 1 {
		return false, false, corpus.Errorf(corpus.Internal, "a stored password has unknown parameters")
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(key) == 0 {
		return false, false, corpus.Errorf(corpus.Internal, "a stored password is no hash")
	}
	p, err := precis.OpaqueString.String(password)
	if err != nil {
		p = password // it fits nothing
	}
	fits = subtle.ConstantTimeCompare(argon2.IDKey([]byte(p), salt, time, memory, lanes, uint32(len(key))), key) == 1
	return fits, memory != argonMemory || time != argonTime || lanes != argonLanes, nil
}

// nobodysPassword takes as long to compare as that of somebody, so that a try does not tell which logins there are.
var nobodysPassword = "$argon2id$v=19$m=19456,t=2,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43)
