package sandbox

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"roombot/symphony/sandbox/world"
)

const (
	scopeProfiles = "profile-manager"
	keyID         = "sandbox"
	podIssuer     = "symphony-sandbox"
)

// podClaims are what the pod's own tokens carry. Their JSON holds no character that would make
// base64 write - or _: the Java kit decodes the payload with the standard alphabet.
type podClaims struct {
	jwt.RegisteredClaims
	UserID     int64  `json:"userId"`
	Scope      string `json:"scope,omitempty"`
	Simplified bool   `json:"canUseSimplifiedKeyDelivery,omitempty"`
}

func (c podClaims) allows(scope string) bool {
	return slices.Contains(strings.Fields(c.Scope), scope)
}

// sign makes one of the pod's own tokens.
func (p *Pod) sign(who *world.Person, scope string, life time.Duration, simplified bool) (string, error) {
	key, err := p.key()
	if err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS512, podClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: podIssuer, Subject: who.Username, ID: randomToken(8),
			ExpiresAt: jwt.NewNumericDate(p.world.Now().Add(life)), IssuedAt: jwt.NewNumericDate(p.world.Now()),
		},
		UserID: who.ID, Scope: scope, Simplified: simplified,
	})
	token.Header["kid"] = keyID
	return token.SignedString(key)
}

// verify reads one of the pod's own tokens.
func (p *Pod) verify(token string) (podClaims, error) {
	var claims podClaims
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodRS512.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(p.world.Now), jwt.WithIssuer(podIssuer),
	)
	_, err := parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) {
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		return &key.PublicKey, nil
	})
	return claims, err
}

// idmTokens gives a short-lived access token for the session's account.
func (p *Pod) idmTokens(c *call) (any, error) {
	if _, err := p.key(); err != nil { // before the mutex: the first time takes a while
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.authenticate(c, authSession); err != nil {
		return nil, err
	}
	token, err := p.sign(c.caller, c.Query.Get("scope"), p.cfg.AccessTokenLife, false)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"token_type": "Bearer", "expires_in": int64(p.cfg.AccessTokenLife / time.Second), "access_token": token,
	}, nil
}

// idmKeys publishes the key that signs access tokens.
func (p *Pod) idmKeys(_ *call) (any, error) {
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	encode := base64.RawURLEncoding.EncodeToString
	return map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "kid": keyID, "use": "sig", "alg": "RS512",
		"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes()),
	}}}, nil
}

// podCertificate wraps the same key in a certificate.
func (p *Pod) podCertificate(_ *call) (any, error) {
	key, err := p.key()
	if err != nil {
		return nil, err
	}
	now := p.cfg.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: podIssuer, Organization: []string{world.HomeCompanyName}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	return map[string]string{"certificate": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}, nil
}

// randomToken makes a token of so many random bytes, in hexadecimal.
func randomToken(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program instead
	return hex.EncodeToString(raw)
}
