package sandbox

import (
	stdrsa "crypto/rsa"
	"net/http"
	"time"
)

// Config describes a pod. The zero value is a usable pod whose service account has no key yet, so nobody can log in.
type Config struct {
	// BotKey is the public key registered for the service account. Without it every login is refused.
	BotKey *stdrsa.PublicKey

	// BotUsername is the service account's username. Default "roombot".
	BotUsername string

	// BotName is the service account's display name. Default "Roombot".
	BotName string

	// LongPoll is how long a datafeed read is parked when there is nothing to deliver. Default 20 s.
	LongPoll time.Duration

	// Visibility is how long delivered, unacknowledged events stay hidden before they come again. Default 30 s.
	Visibility time.Duration

	// FeedLife is how long a datafeed lives without a read. Default 30 min.
	FeedLife time.Duration

	// SessionLife is how long session and key manager tokens are good. Default 24 h; a real pod: 1 h to 2 weeks.
	SessionLife time.Duration

	// AccessTokenLife is how long tokens of /login/idm/tokens are good. Default 300 s.
	AccessTokenLife time.Duration

	// Quiet is how long the bot must have said and done nothing before a wait for its answer ends. Default 150 ms.
	Quiet time.Duration

	// AtWork tells whether the bot has something left to do. Where the bot can be asked, a wait for its answer does not end
	// before it is at rest; else Quiet alone decides. Default: nobody is asked.
	AtWork func() bool

	// Seed makes the faults' probabilities and shufflings repeatable. The same seed gives the same run.
	Seed int64

	// Now is the clock, to which the control API's advances are added. Default time.Now.
	Now func() time.Time

	// SigningKey signs the pod's own tokens. Default: a key of 2048 bits made at first need.
	SigningKey *stdrsa.PrivateKey

	// SimplifiedKeyDelivery makes session tokens JWTs that spare the key manager login.
	SimplifiedKeyDelivery bool

	// CommonJWT adds an authorizationToken to the login's answer.
	CommonJWT bool

	// StrictFormValues sends every value of a submitted form as a string, as the Python kit up to 2.11 wants it.
	StrictFormValues bool

	// StateFile keeps the pod across restarts. Default: in memory only. Tokens, faults and the wire log are never kept.
	StateFile string

	// RTT is a network's round trip, added to every call of the API: half before the work, half after it. Default none.
	// The control API and the page have none.
	RTT time.Duration

	// Crowd is how many employees the home company has besides the people of the tour, for trials under load. Default none.
	Crowd int

	// Page is served at / and at every path that is no API's. Default: a JSON 404.
	Page http.Handler
}

func (c Config) withDefaults() Config {
	fill(&c.BotUsername, "roombot")
	fill(&c.BotName, "Roombot")
	fill(&c.LongPoll, 20*time.Second)
	fill(&c.Visibility, 30*time.Second)
	fill(&c.FeedLife, 30*time.Minute)
	fill(&c.SessionLife, 24*time.Hour)
	fill(&c.AccessTokenLife, 300*time.Second)
	fill(&c.Quiet, 150*time.Millisecond)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
