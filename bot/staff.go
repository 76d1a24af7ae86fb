package bot

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"roombot/commands"
	"roombot/symphony"
)

// staff are people of the bot's own company who were looked up lately.
type staff struct {
	mu     sync.Mutex // guards what follows
	people map[symphony.UserID]symphony.User
	since  time.Time
}

// A person's username and e-mail hardly ever change; the memory is dropped as a
// whole when it is old or has grown.
const (
	staffKept = 5 * time.Minute
	staffMost = 10_000
)

func (s *staff) find(id symphony.UserID) (symphony.User, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.since) > staffKept || len(s.people) >= staffMost {
		s.people, s.since = map[symphony.UserID]symphony.User{}, time.Now()
	}
	u, known := s.people[id]
	return u, known
}

func (s *staff) keep(u symphony.User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.people[u.ID] = u
}

// known fills in what events leave out of a person, lest a rule by username or
// address deny what it should allow. Symphony tells neither of people of other
// companies. When Symphony refuses the look-up, rules see what the event says.
func (b *Bot) known(ctx context.Context, p commands.Person) (commands.Person, error) {
	if b.desk.IsExternal(p.ID) || p.Username != "" && p.Email != "" {
		return p, nil
	}
	user, known := b.staff.find(p.ID)
	if !known {
		found, err := b.client.UsersByID(ctx, p.ID)
		switch {
		case symphony.VerdictOf(err) == symphony.Refused, err == nil && len(found) != 1:
			zerolog.Ctx(ctx).Warn().Err(err).Int64("user", int64(p.ID)).Msg("user could not be looked up; rules go by the event alone")
			return p, nil
		case err != nil: // a denial would be final
			return commands.Person{}, fmt.Errorf("look up who asks: %w", err)
		}
		user = found[0]
		b.staff.keep(user)
	}
	if p.Username == "" {
		p.Username = user.Username
	}
	if p.Email == "" {
		p.Email = user.Email
	}
	return p, nil
}
