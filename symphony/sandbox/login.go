package sandbox

import (
	stdrsa "crypto/rsa"
	"errors"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

func loginRoutes() []route {
	login := func(name, path, kind string) route {
		return route{method: "POST", path: path, name: name, free: true, handle: loginWith(kind)}
	}
	certificate := func(name, path, kind string) route {
		return route{method: "POST", path: path, name: name, handle: certificateLogin(kind)}
	}
	return []route{
		login("pubkeyAuthenticate", "/login/pubkey/authenticate", kindSession),
		login("keyManagerAuthenticate", "/relay/pubkey/authenticate", kindKey),
		certificate("certificateAuthenticate", "/sessionauth/v1/authenticate", kindSession),
		certificate("certificateKeyAuthenticate", "/keyauth/v1/authenticate", kindKey),
		{method: "POST", path: "/sessionauth/v1/logout", name: "sessionLogout", handle: logout(kindSession)},
		{method: "POST", path: "/keyauth/v1/logout", name: "keyLogout", handle: logout(kindKey)},
		{method: "GET", path: "/sessionauth/v1/app/pod/certificate", name: "appPodCertificate", free: true, handle: (*Pod).podCertificate},
		{method: "POST", path: "/login/idm/tokens", name: "idmTokens", free: true, handle: (*Pod).idmTokens},
		{method: "GET", path: "/login/idm/keys", name: "idmKeys", free: true, handle: (*Pod).idmKeys},
	}
}

// maxLoginLife is the longest a login token may be good for; clockSkew is forgiven on top, either
// way.
const (
	maxLoginLife = 5 * time.Minute
	clockSkew    = 5 * time.Second
)

func unauthorized(why string) error {
	return rest.Refuse(http.StatusUnauthorized, "Unauthorized: %s", why)
}

// loginWith answers both RSA logins, which take the same token.
func loginWith(kind string) handler {
	return func(p *Pod, c *call) (any, error) {
		var body struct {
			Token string `json:"token"`
		}
		if err := c.decode(&body); err != nil {
			return nil, unauthorized("the body must be {\"token\": \"<jwt>\"}")
		}
		if p.cfg.SimplifiedKeyDelivery || p.cfg.CommonJWT {
			if _, err := p.key(); err != nil { // before the mutex: the first time takes a while
				return nil, err
			}
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		who, signer, err := p.checkLogin(body.Token)
		if err != nil {
			return nil, err
		}
		return p.openNewSession(who, kind, signer)
	}
}

// checkLogin verifies a login token: RS512, a service account that is active, one of its keys, its
// time. Its time may go by the pod's clock or by the one that was not advanced, which is the
// client's.
func (p *Pod) checkLogin(token string) (*world.Person, *stdrsa.PublicKey, error) {
	claims, signer, err := p.verifyLogin(token)
	if err != nil {
		return nil, nil, unauthorized(explainLogin(err))
	}
	if claims.ExpiresAt.After(p.world.Now().Add(maxLoginLife + clockSkew)) {
		return nil, nil, unauthorized("exp is more than five minutes ahead")
	}
	who := p.world.PersonNamed(claims.Subject)
	if who == nil || !who.Active {
		return nil, nil, unauthorized("the account is disabled")
	}
	return who, signer, nil
}

// verifyLogin finds the key of the account that has signed the token. The error is that of the
// current key.
func (p *Pod) verifyLogin(token string) (claims *jwt.RegisteredClaims, signer *stdrsa.PublicKey, err error) {
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodRS512.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(p.cfg.Now), jwt.WithLeeway(clockSkew),
	)
	err = errUnknownAccount
	for i, key := range p.keys.valid(p.world.Now()) {
		tried := &jwt.RegisteredClaims{}
		_, wrong := parser.ParseWithClaims(token, tried, func(*jwt.Token) (any, error) {
			if tried.Subject != p.cfg.BotUsername {
				return nil, errUnknownAccount
			}
			return key, nil
		})
		if wrong == nil {
			return tried, key, nil
		}
		if i == 0 {
			err = wrong
		}
	}
	return nil, nil, err
}

var errUnknownAccount = errors.New("no service account of that name has a key")

// explainLogin says why a login was refused. A real pod says less; here somebody is learning.
func explainLogin(err error) string {
	switch {
	case errors.Is(err, errUnknownAccount):
		return "no service account of that name has a public key on this pod"
	case errors.Is(err, jwt.ErrTokenExpired):
		return "the login token has expired (is the clock right?)"
	case errors.Is(err, jwt.ErrTokenRequiredClaimMissing):
		return "the login token has no exp"
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return "the signature is not RS512 by the account's key"
	default:
		return "the login token is malformed"
	}
}

// openNewSession opens a session and answers with its token.
func (p *Pod) openNewSession(who *world.Person, kind string, signer *stdrsa.PublicKey) (any, error) {
	s := &session{token: randomToken(64), user: who.ID, kind: kind, expires: p.world.Now().Add(p.cfg.SessionLife), signer: signer}
	out := map[string]string{"name": kind, "token": s.token}
	if kind == kindSession && p.cfg.SimplifiedKeyDelivery {
		token, err := p.sign(who, "", p.cfg.SessionLife, true)
		if err != nil {
			return nil, err
		}
		s.token, s.keyless, out["token"] = token, true, token
	}
	if kind == kindSession && p.cfg.CommonJWT {
		token, err := p.sign(who, "", p.cfg.AccessTokenLife, false)
		if err != nil {
			return nil, err
		}
		out["authorizationToken"] = "Bearer " + token
	}
	p.openSession(s)
	return out, nil
}

// certificateLogin logs in whom the connection's client certificate names; it needs the pod to be
// served over TLS.
func certificateLogin(kind string) handler {
	return func(p *Pod, c *call) (any, error) {
		if c.TLS == nil || len(c.TLS.PeerCertificates) == 0 {
			return nil, unauthorized("the connection has no client certificate")
		}
		who := p.world.PersonNamed(c.TLS.PeerCertificates[0].Subject.CommonName)
		if who == nil || who.Type != world.TypeSystem || !who.Active {
			return nil, unauthorized("the certificate's common name is no service account")
		}
		return p.openNewSession(who, kind, nil)
	}
}

func logout(header string) handler {
	return func(p *Pod, c *call) (any, error) {
		token := c.Header.Get(header)
		if _, ok := p.sessions[token]; !ok {
			return nil, errInvalidSession
		}
		delete(p.sessions, token)
		return map[string]string{"message": "User was successfully logged out"}, nil
	}
}
