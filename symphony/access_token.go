package symphony

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// accessToken gives access to the profile manager for some minutes.
type accessToken struct {
	token secret
	// renewAt is somewhat before its end, zero when the end is not known.
	renewAt time.Time
}

// The profile manager takes any host; the vendor's own clients send none, and its specification
// asks for one.
func (t *accessToken) headers() http.Header {
	return http.Header{"Authorization": {"Bearer " + string(t.token)}, "X-Symphony-Host": {"roombot"}}
}

// fetchAccessToken exchanges the session for an access token.
//
//	POST /login/idm/tokens
func (c *Client) fetchAccessToken(ctx context.Context) (*accessToken, error) {
	asked := c.config.Now()
	got, err := call[struct {
		Token   string      `json:"access_token"`
		Seconds lenientText `json:"expires_in"`
	}](ctx, c, request{op: opAccessToken, query: url.Values{"scope": {"profile-manager"}}})
	if err != nil {
		return nil, err
	}
	if got.Token == "" {
		return nil, opAccessToken.newError(Error{Status: http.StatusOK, Err: errors.New("the answer has no token")})
	}
	t := &accessToken{token: secret(strings.TrimPrefix(got.Token, "Bearer "))}
	seconds, _ := strconv.Atoi(string(got.Seconds)) // an end that is not known is noticed by a 401
	if life := time.Duration(seconds) * time.Second; life > 0 {
		t.renewAt = asked.Add(life - min(life/5, 30*time.Second))
	}
	return t, nil
}

func (c *Client) isFresh(t *accessToken) bool {
	return t.renewAt.IsZero() || c.config.Now().Before(t.renewAt)
}
