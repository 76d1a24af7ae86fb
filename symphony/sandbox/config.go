package sandbox

import (
	stdrsa "crypto/rsa"
	"log/slog"
	"os"
	"time"

	"roombot/symphony/sandbox/world"
)

// Config describes a pod. The zero value is a usable pod whose service account has no key yet, so
// nobody can log in.
type Config struct {
	// BotKey is the public key registered for the service account. Without it every login is
	// refused.
	BotKey *stdrsa.PublicKey

	// BotUsername is the service account's username. Default "roombot".
	BotUsername string

	// BotName is the service account's display name. Default "Roombot".
	BotName string

	// LongPoll is how long a datafeed read is parked when there is nothing to deliver. Default
	// 20 s.
	LongPoll time.Duration

	// Visibility is how long delivered, unacknowledged events stay hidden before they come again.
	// Default 30 s.
	Visibility time.Duration

	// FeedLife is how long a datafeed lives without a read. Default 30 min.
	FeedLife time.Duration

	// SessionLife is how long session and key manager tokens are good. Default 24 h; a real pod:
	// 1 h to 2 weeks.
	SessionLife time.Duration

	// AccessTokenLife is how long tokens of /login/idm/tokens are good. Default 300 s.
	AccessTokenLife time.Duration

	// Seed makes the faults' probabilities and shufflings repeatable. The same seed gives the same
	// run.
	Seed int64

	// Now is the clock, to which the control API's advances are added. Default time.Now.
	Now func() time.Time

	// SigningKey signs the pod's own tokens. Default: a key of 2048 bits made at first need.
	SigningKey *stdrsa.PrivateKey

	// SimplifiedKeyDelivery makes session tokens JWTs that spare the key manager login.
	SimplifiedKeyDelivery bool

	// CommonJWT adds an authorizationToken to the login's answer.
	CommonJWT bool

	// StrictFormValues sends every value of a submitted form as a string, as the Python kit up to
	// 2.11 wants it.
	StrictFormValues bool

	// StateFile keeps the pod across restarts. Default: in memory only. Tokens, faults and the log
	// of calls are never kept.
	StateFile string

	// RTT is a network's round trip, added to every call of the API: half before the work, half
	// after it. Default none. The control API and the page have none.
	RTT time.Duration

	// Crowd is how many employees the home company has besides the people of the tour, for trials
	// under load. Default none.
	Crowd int

	// CrowdGroups and CrowdRooms are how many distribution lists and rooms they have. Default none.
	CrowdGroups, CrowdRooms int

	// Log is told of the pod's own mistakes. Default: text on standard error.
	Log *slog.Logger
}

func (c Config) withDefaults() Config {
	setDefault(&c.BotUsername, "roombot")
	setDefault(&c.LongPoll, 20*time.Second)
	setDefault(&c.SessionLife, 24*time.Hour)
	setDefault(&c.AccessTokenLife, 300*time.Second)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	return c
}

// world is the part of the configuration that is the world's.
func (c Config) world() world.Config {
	return world.Config{
		BotUsername: c.BotUsername, BotName: c.BotName, Visibility: c.Visibility, FeedLife: c.FeedLife, Now: c.Now,
		Crowd: world.Crowd{People: c.Crowd, Groups: c.CrowdGroups, Rooms: c.CrowdRooms},
	}
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
