package symphony

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"roombot/rsa"
)

// session is the pair of tokens, replaced only as a pair.
type session struct {
	token secret
	// key is the key manager's token, empty when the agent does without.
	key secret
}

func (s *session) headers(agent bool) http.Header {
	h := http.Header{"Sessiontoken": {string(s.token)}}
	if agent && s.key != "" {
		h.Set("keyManagerToken", string(s.key))
	}
	return h
}

// signIn fetches both tokens anew.
func (c *Client) signIn(ctx context.Context) (*session, error) {
	s, err := c.newSession(ctx)
	if ctx.Err() == nil {
		c.counts.signIns.recordSignIn(ctx, c.config.Now(), err)
	}
	return s, err
}

func (c *Client) newSession(ctx context.Context) (*session, error) {
	login, keys := opLogin, opKeyLogin
	if c.config.Certificate != nil {
		login, keys = opCertificateLogin, opCertificateKey
	}
	signer := c.readKey()
	token, err := c.authenticate(ctx, login, signer)
	if err != nil {
		return nil, err
	}
	s := &session{token: token}
	if !allowsSimplifiedKeys(token) || !c.agentSupportsSimplifiedKeys(ctx) {
		if s.key, err = c.authenticate(ctx, keys, signer); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// signer is the key for one sign-in, nil with a certificate. Both tokens are had by the same key.
func (c *Config) signer() *rsa.Key {
	switch {
	case c.Certificate != nil:
		return nil
	case c.ReadKey != nil:
		return c.ReadKey()
	}
	return c.Key
}

// signedLogin is the body of a login with a key. It is signed as it is encoded, so for each try
// anew: it lives minutes only.
type signedLogin struct {
	*Config
	signer *rsa.Key
}

func (s signedLogin) MarshalJSON() ([]byte, error) {
	token, err := s.signer.LoginToken(s.Username, s.Now())
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]string{"token": token})
}

// authenticate asks for a token by one of the signInOperations. The signer is nil with a
// certificate.
func (c *Client) authenticate(ctx context.Context, op Operation, signer *rsa.Key) (secret, error) {
	r := request{op: op}
	if signer != nil {
		r.body = signedLogin{&c.config, signer}
	}
	got, err := call[struct {
		Token string `json:"token"`
	}](ctx, c, r)
	answered, ok := errors.AsType[*Error](err)
	switch {
	case ok && answered.rejectsLogin():
		return "", c.newLoginError(op, signer, answered)
	case err != nil:
		return "", err
	case got.Token == "":
		return "", op.newError(Error{Status: http.StatusOK, Err: errors.New("the answer has no token")})
	}
	return secret(got.Token), nil
}

// allowsSimplifiedKeys reports whether the session token says that agents of a recent version find
// the keys by themselves. A token that is no JWT says nothing.
func allowsSimplifiedKeys(token secret) bool {
	parts := strings.Split(string(token), ".")
	if len(parts) != 3 {
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(normaliseID(parts[1]))
	var claims struct {
		Simplified lenientBool `json:"canUseSimplifiedKeyDelivery"`
	}
	return err == nil && json.Unmarshal(payload, &claims) == nil && bool(claims.Simplified)
}

// agentSupportsSimplifiedKeys reports whether the agent is recent enough. One that does not say is
// served in the classic way, which always works.
func (c *Client) agentSupportsSimplifiedKeys(ctx context.Context) bool {
	info, err := call[AgentInfo](ctx, c, request{op: opAgentInfo, once: true})
	return err == nil && info.supportsSimplifiedKeys()
}
