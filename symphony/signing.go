package symphony

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// signing is how signing in fares.
type signing struct {
	mu        sync.Mutex // guards what follows
	good, bad int64
	last      time.Time
	err       error
	down      outage
	told      time.Time // when the log last heard of a success
}

// ended counts a sign-in with all its repetitions, and tells of one that succeeded.
// Sessions that are refused as soon as they are had are not told one by one.
func (s *signing) ended(ctx context.Context, now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err = err; err != nil {
		s.bad++
		s.tell(ctx, now, err)
		return
	}
	s.good++
	s.last = now
	lasted, failures, told := s.down.end(now)
	switch log := zerolog.Ctx(ctx); {
	case told:
		log.Info().Dur("lasted", lasted).Int("failures", failures).Msg("signed in to Symphony again")
	case s.told.IsZero() || now.Sub(s.told) >= reminder:
		s.told = now
		log.Info().Msg("signed in to Symphony")
	default:
		log.Debug().Msg("signed in to Symphony")
	}
}

// failed hears of an attempt that failed and may be repeated for long.
func (s *signing) failed(ctx context.Context, now time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	s.tell(ctx, now, err)
}

// tell logs a failure as part of an outage, unless it is a rejection, which is not
// repeated and of which whoever asked is told. The caller holds the lock.
func (s *signing) tell(ctx context.Context, now time.Time, err error) {
	if e, ok := errors.AsType[*Error](err); ok && e.rejectsLogin() {
		return
	}
	lasts, say := s.down.failed(now)
	if !say {
		return
	}
	said := "signing in fails"
	if lasts > 0 {
		said = "signing in still fails"
	}
	zerolog.Ctx(ctx).Warn().Err(err).Dur("lasts", lasts).Int("failures", s.down.failures).Msg(said)
}

// works hears of a call that was let in. It ends an outage in which the session
// was refused for a while and no other was had.
func (s *signing) works(ctx context.Context, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		return
	}
	s.err = nil
	if lasted, failures, told := s.down.end(now); told {
		zerolog.Ctx(ctx).Info().Dur("lasted", lasted).Int("failures", failures).Msg("the session is accepted again")
	}
}

func (s *signing) addTo(stats *Stats) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats.Logins, stats.FailedLogins, stats.LastLogin, stats.LoginError = s.good, s.bad, s.last, s.err
}
