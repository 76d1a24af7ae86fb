package symphony

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"roombot/rsa"
)

// LoginCause is the likely reason why a login was rejected.
type LoginCause string

// The causes a rejected login may have. The service answers all of them alike: all but ClockSkew
// are guessed from its text where that gives a hint.
const (
	ClockSkew       LoginCause = "clock skew"
	UnknownUser     LoginCause = "unknown user"
	WrongKey        LoginCause = "wrong key"
	DisabledAccount LoginCause = "disabled account"
	NotAllowed      LoginCause = "not allowed"
	Undetermined    LoginCause = "undetermined"
)

// LoginError is a rejected login. It is ErrLoginRejected and wraps the answer's *[Error].
type LoginError struct {
	// Username signed in; empty with a certificate.
	Username string
	// Key is the fingerprint of the key that signed, empty with a certificate.
	Key   string
	Cause LoginCause
	// Skew is how far this machine's clock is ahead of the server's, 0 if not known.
	Skew time.Duration
	Err  *Error
}

// Is reports whether target is ErrLoginRejected.
func (e *LoginError) Is(target error) bool { return target == ErrLoginRejected }

// Unwrap is the answer.
func (e *LoginError) Unwrap() error { return e.Err }

func (e *LoginError) Error() string {
	who := "certificate"
	if e.Key != "" {
		who = fmt.Sprintf("%q with key %s", e.Username, e.Key)
	}
	return fmt.Sprintf("login rejected for %s: likely %s: %s (%s)", who, e.Cause, e.Remedy(), e.Err)
}

// The service takes a signed login whose end is within the next five minutes; ours ends after four.
// So a clock may be less than a minute ahead, or four behind.
const (
	maxAhead  = 55 * time.Second
	maxBehind = 235 * time.Second
)

func (c *Client) newLoginError(op Operation, signer *rsa.Key, answer *Error) *LoginError {
	e := &LoginError{Err: answer}
	if signer != nil {
		e.Username, e.Key = c.config.Username, signer.Fingerprint()
	}
	if !answer.date.IsZero() {
		e.Skew = c.config.Now().Sub(answer.date).Round(time.Second)
	}
	e.Cause = e.likelyCause(op)
	return e
}

// loginHints are words of the service's text and what they point at, the plainest first: "no
// service account of that name has a public key" is about the name.
var loginHints = []struct {
	word  string
	cause LoginCause
}{
	{"disabled", DisabledAccount},
	{"deactivated", DisabledAccount},
	{"inactive", DisabledAccount},
	{"not active", DisabledAccount},
	{"locked", DisabledAccount},
	{"expired", ClockSkew},
	{"exp claim", ClockSkew},
	{"no service account", UnknownUser},
	{"unknown user", UnknownUser},
	{"user not found", UnknownUser},
	{"no such user", UnknownUser},
	{"cannot find user", UnknownUser},
	{"signature", WrongKey},
	{"public key", WrongKey},
	{"verif", WrongKey},
	{"does not exist", UnknownUser},
	{"subject", UnknownUser},
}

func (e *LoginError) likelyCause(op Operation) LoginCause {
	if e.Key != "" && (e.Skew > maxAhead || e.Skew < -maxBehind) {
		return ClockSkew
	}
	if errors.Is(e.Err, ErrForbidden) {
		return NotAllowed
	}
	text := strings.ToLower(e.Err.Message)
	for _, h := range loginHints {
		if !e.Err.foreign && strings.Contains(text, h.word) {
			return h.cause
		}
	}
	if op == opKeyLogin { // the pod has just accepted the same account and key
		return WrongKey
	}
	return Undetermined
}

// Remedy is what to do, for an operator: half a sentence.
func (e *LoginError) Remedy() string {
	switch e.Cause {
	case ClockSkew:
		if e.Skew == 0 {
			return "the service finds the login expired; set this machine's clock by NTP"
		}
		return fmt.Sprintf("this machine's clock is %s the server's; set it by NTP", describeSkew(e.Skew))
	case UnknownUser:
		return "check the spelling and case of the username against the service account in the admin portal"
	case WrongKey:
		return "upload the public half of this key to the service account in the admin portal" +
			" (and to the key manager, where that is apart), or configure the key that is there"
	case DisabledAccount:
		return "ask the pod's administrator to enable the service account"
	case NotAllowed:
		return "ask the pod's administrator to allow this account to sign in this way"
	}
	if e.Key == "" {
		return "check that the certificate's common name is the username, in the same case, and that the pod trusts its issuer"
	}
	clock := "the clocks agree, so either"
	if e.Err == nil || e.Err.date.IsZero() {
		clock = "either this machine's clock is wrong (set it by NTP),"
	}
	return clock + " the username is unknown (compare its spelling and case), the public half of this" +
		" key is not uploaded to that account, or the account is disabled: see it in the admin portal"
}

func describeSkew(d time.Duration) string {
	if d < 0 {
		return (-d).String() + " behind"
	}
	return d.String() + " ahead of"
}
