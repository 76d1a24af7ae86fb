package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// session is a login: a session token or a key manager token of one account.
type session struct {
	token   string
	user    int64
	kind    string // sessionToken or keyManagerToken
	expires time.Time
	keyless bool // simplified key delivery: agent calls need no key manager token
}

const (
	kindSession = "sessionToken"
	kindKey     = "keyManagerToken"
)

// maxSessions bounds the tokens kept; the oldest login goes first.
const maxSessions = 1000

func (p *Pod) open(s *session) {
	maps.DeleteFunc(p.sessions, func(_ string, old *session) bool { return !p.now().Before(old.expires) })
	if len(p.sessions) >= maxSessions {
		oldest := slices.MinFunc(slices.Collect(maps.Values(p.sessions)), func(a, b *session) int { return a.expires.Compare(b.expires) })
		delete(p.sessions, oldest.token)
	}
	p.sessions[s.token] = s
}

func (p *Pod) sessionOf(token, kind string) *session {
	s, ok := p.sessions[token]
	if !ok || token == "" || s.kind != kind || !p.now().Before(s.expires) {
		return nil
	}
	return s
}

// authenticate checks what the operation asks of its caller.
func (p *Pod) authenticate(c *call, want auth) error {
	switch want {
	case authNone:
		return nil
	case authBearer:
		return p.authenticateBearer(c)
	case authSession, authAgent:
	}
	s := p.sessionOf(c.Header.Get("sessionToken"), kindSession)
	if s == nil {
		s = p.commonSession(c)
	}
	if s == nil {
		return errInvalidSession
	}
	if want == authAgent && !s.keyless {
		km := p.sessionOf(c.Header.Get("keyManagerToken"), kindKey)
		if km == nil || km.user != s.user {
			return errInvalidSession
		}
	}
	c.caller = p.state.people[s.user]
	if c.caller == nil || !c.caller.Active {
		return errInvalidSession
	}
	return nil
}

// commonSession accepts the pod's own JWT in place of a session token.
func (p *Pod) commonSession(c *call) *session {
	token := bearer(c.Request)
	if token == "" {
		return nil
	}
	claims, err := p.verify(token)
	if err != nil {
		return nil
	}
	return &session{token: token, user: claims.UserID, kind: kindSession}
}

// authenticateBearer checks the access token that the profile manager takes, and the right to use groups.
func (p *Pod) authenticateBearer(c *call) error {
	claims, err := p.verify(bearer(c.Request))
	if err != nil {
		return refuse(http.StatusUnauthorized, "The access token is not valid")
	}
	c.caller = p.state.people[claims.UserID]
	if c.caller == nil || !c.caller.Active {
		return refuse(http.StatusUnauthorized, "The access token is not valid")
	}
	if !claims.allows(scopeProfiles) || !p.state.Rights.GroupManager {
		return errEntitlement
	}
	return nil
}

// killSessions forgets an account's tokens, as when its key is revoked.
func (p *Pod) killSessions(user int64) {
	for token, s := range p.sessions {
		if s.user == user {
			delete(p.sessions, token)
		}
	}
}
