package rsa

import (
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenLife stays a minute under the five that the pod allows, for clocks that differ.
const tokenLife = 4 * time.Minute

// LoginToken signs the token that /login and /relay exchange for a session: RS512, the service
// account's username as subject, valid until four minutes after now. One token serves both.
func (k *Key) LoginToken(username string, now time.Time) (string, error) {
	if username == "" {
		return "", errors.New("sign login token: the username is empty")
	}
	claims := jwt.RegisteredClaims{Subject: username, ExpiresAt: jwt.NewNumericDate(now.Add(tokenLife))}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS512, claims).SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("sign login token: %w", err)
	}
	return token, nil
}
