package symphony

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"roombot/symphony/outage"
)

// signInLogInterval is the least time between two lines that say that a sign-in succeeded: sessions
// that are refused as soon as they are had are not logged one by one.
const signInLogInterval = time.Minute

// signInLog counts sign-ins and logs how they fare.
type signInLog struct {
	outage outage.Outage

	mu                sync.Mutex // guards what follows
	succeeded, failed int64
	failedTries       int64
	lastSuccess       time.Time
	err               error
	lastLogged        time.Time // the last line about a success
}

// recordSignIn counts a sign-in with all its tries, and logs it.
func (s *signInLog) recordSignIn(ctx context.Context, now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	if err != nil {
		s.failed++
		s.failedTries++
		s.logFailure(ctx, now, err)
		return
	}
	s.succeeded++
	s.lastSuccess = now
	lasted, failures, report := s.outage.End(now)
	switch log := zerolog.Ctx(ctx); {
	case report:
		log.Info().Dur("lasted", lasted).Int("failures", failures).Msg("signed in to Symphony again")
	case s.lastLogged.IsZero() || now.Sub(s.lastLogged) >= signInLogInterval:
		s.lastLogged = now
		log.Info().Msg("signed in to Symphony")
	default:
		log.Debug().Msg("signed in to Symphony")
	}
}

// recordFailedTry logs a try that failed and may be repeated for long.
func (s *signInLog) recordFailedTry(ctx context.Context, now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	s.failedTries++
	s.logFailure(ctx, now, err)
}

// countFailedTries counts all tries that have failed so far.
func (s *signInLog) countFailedTries() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failedTries
}

// logFailure logs a failure as part of an outage, unless it is a rejection, which is not repeated
// and of which the caller learns.
func (s *signInLog) logFailure(ctx context.Context, now time.Time, err error) {
	if e, ok := errors.AsType[*Error](err); ok && e.rejectsLogin() {
		return
	}
	lasts, report := s.outage.Fail(now)
	if !report {
		return
	}
	text := "signing in fails"
	if lasts > 0 {
		text = "signing in still fails"
	}
	zerolog.Ctx(ctx).Warn().Err(err).Dur("lasts", lasts).Int("failures", s.outage.Failures()).Msg(text)
}

// recordAcceptedCall ends an outage in which the session was refused for a while and no other was
// had. A call before which fewer tries had failed says nothing about it: its session may have ended
// after it was sent, as that of a read of the feed that is answered late.
func (s *signInLog) recordAcceptedCall(ctx context.Context, now time.Time, failedTriesBefore int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil || failedTriesBefore < s.failedTries {
		return
	}
	s.err = nil
	if lasted, failures, report := s.outage.End(now); report {
		zerolog.Ctx(ctx).Info().Dur("lasted", lasted).Int("failures", failures).Msg("the session is accepted again")
	}
}

func (s *signInLog) addStats(stats *Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats.Logins, stats.FailedLogins, stats.LastLogin, stats.LoginError = s.succeeded, s.failed, s.lastSuccess, s.err
}
