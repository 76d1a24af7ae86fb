package sandbox

import (
	stdrsa "crypto/rsa"
	"maps"
	"net/http"
	"slices"
	"time"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// session is a login: a session token or a key manager token of one account.
type session struct {
	token   string
	user    int64
	kind    string // sessionToken or keyManagerToken
	expires time.Time
	keyless bool              // simplified key delivery: agent calls need no key manager token
	signer  *stdrsa.PublicKey // of the login; nil for one with a certificate
}

// Kinds of sessions, which are the headers of their tokens too.
const (
	kindSession = "sessionToken"
	kindKey     = "keyManagerToken"
)

// maxSessions bounds the tokens kept; the oldest login goes first.
const maxSessions = 1000

func (p *Pod) openSession(s *session) {
	maps.DeleteFunc(p.sessions, func(_ string, old *session) bool { return !p.world.Now().Before(old.expires) })
	if len(p.sessions) >= maxSessions {
		oldest := slices.MinFunc(slices.Collect(maps.Values(p.sessions)), func(a, b *session) int { return a.expires.Compare(b.expires) })
		delete(p.sessions, oldest.token)
	}
	p.sessions[s.token] = s
}

// sessionOf finds the session of a token; nil when there is none, or no longer.
func (p *Pod) sessionOf(token, kind string) *session {
	s, ok := p.sessions[token]
	if !ok || token == "" || s.kind != kind || !p.world.Now().Before(s.expires) {
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
	s := p.sessionOf(c.Header.Get(kindSession), kindSession)
	if s == nil {
		s = p.commonSession(c)
	}
	if s == nil {
		return errInvalidSession
	}
	if want == authAgent && !s.keyless {
		km := p.sessionOf(c.Header.Get(kindKey), kindKey)
		if km == nil || km.user != s.user {
			return errInvalidSession
		}
	}
	if c.caller = p.activeAccount(s.user); c.caller == nil {
		return errInvalidSession
	}
	return nil
}

// activeAccount finds an account that is not disabled; nil when there is none.
func (p *Pod) activeAccount(id int64) *world.Person {
	if who := p.world.Person(id); who != nil && who.Active {
		return who
	}
	return nil
}

// commonSession accepts the pod's own JWT in place of a session token.
func (p *Pod) commonSession(c *call) *session {
	token := bearerToken(c.Call.Request)
	if token == "" {
		return nil
	}
	claims, err := p.verify(token)
	if err != nil {
		return nil
	}
	return &session{token: token, user: claims.UserID, kind: kindSession}
}

// authenticateBearer checks the access token that the profile manager takes, and the right to use
// groups.
func (p *Pod) authenticateBearer(c *call) error {
	claims, err := p.verify(bearerToken(c.Call.Request))
	if err == nil {
		c.caller = p.activeAccount(claims.UserID)
	}
	switch {
	case c.caller == nil:
		return rest.Refuse(http.StatusUnauthorized, "The access token is not valid")
	case !claims.allows(scopeProfiles) || !p.world.Rights().GroupManager:
		return world.ErrEntitlement
	}
	return nil
}

// endSessions forgets tokens.
func (p *Pod) endSessions(which func(*session) bool) {
	maps.DeleteFunc(p.sessions, func(_ string, s *session) bool { return which(s) })
}
