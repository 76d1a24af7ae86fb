package symphony

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// signInError is a call that was not sent because signing in for it failed, or was not waited for.
type signInError struct{ err error }

func (e *signInError) Error() string { return e.err.Error() } // it names the call that signs in

func (e *signInError) Unwrap() error { return e.err }

// Is reports whether target is ErrNotSignedIn.
func (e *signInError) Is(target error) bool { return target == ErrNotSignedIn }

// sendAuthorized sends with the credential that the operation needs. When that is refused, it is
// renewed once and the call sent again: a 401 is the only sign of an ended session, and what was
// refused with one was not carried out.
func (c *Client) sendAuthorized(
	ctx context.Context, op Operation, send func(http.Header) error,
) error {
	switch {
	case op.isAnonymous():
		return send(nil)
	case strings.HasPrefix(op.Path, "/profile-manager/"):
		return withCredential(ctx, c.accessToken, send, func(t *accessToken) http.Header { return t.headers() })
	}
	agent := op.component() == AgentHost
	failedTries := c.counts.signIns.countFailedTries()
	err := withCredential(ctx, c.session, send, func(s *session) http.Header { return s.headers(agent) })
	if err == nil {
		c.counts.signIns.recordAcceptedCall(ctx, c.config.Now(), failedTries)
	}
	return err
}

func withCredential[T any](
	ctx context.Context, k *credential[T], send func(http.Header) error, headers func(*T) http.Header,
) error {
	held, err := k.get(ctx)
	if err != nil {
		return k.asCallError(err)
	}
	if err = send(headers(held)); !errors.Is(err, ErrUnauthorized) {
		return err
	}
	if held, err = k.renew(ctx, held); err != nil {
		return k.asCallError(err)
	}
	return send(headers(held))
}

// signInOperations are the operations that give out tokens.
var signInOperations = []Operation{opLogin, opKeyLogin, opCertificateLogin, opCertificateKey}

func (o Operation) isSignIn() bool { return slices.Contains(signInOperations, o) }

// isAnonymous reports whether the operation needs no session.
func (o Operation) isAnonymous() bool {
	return o.isSignIn() || o == opHealth || o == opHealthExtended || o == opAgentInfo
}
