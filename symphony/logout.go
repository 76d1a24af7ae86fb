package symphony

import (
	"context"
	"errors"
	"net/http"
)

// Logout ends the session that a certificate has opened, if there is one; the next call opens
// another. Sessions of a key have no such call, and end by themselves.
//
//	POST /sessionauth/v1/logout
//	POST /keyauth/v1/logout
func (c *Client) Logout(ctx context.Context) error {
	s := c.session.take()
	if s == nil || c.config.Certificate == nil {
		return nil
	}
	_, err := call[ignoredAnswer](ctx, c, request{op: opCertificateLogout, auth: s.headers(false)})
	if s.key == "" {
		return ignoreEndedSession(err)
	}
	_, keyErr := call[ignoredAnswer](ctx, c, request{op: opKeyLogout, auth: http.Header{"Keymanagertoken": {string(s.key)}}})
	return errors.Join(ignoreEndedSession(err), ignoreEndedSession(keyErr))
}

// ignoreEndedSession drops the error of ending a session that had ended before, perhaps by an
// earlier try.
func ignoreEndedSession(err error) error {
	if errors.Is(err, ErrUnauthorized) {
		return nil
	}
	return err
}
