package symphony

import "time"

// The defaults of Config and Transport.
const (
	// DefaultTimeout bounds one try of one call.
	DefaultTimeout = 30 * time.Second
	// DefaultConnectTimeout bounds dialling and the TLS handshake, each.
	DefaultConnectTimeout = 15 * time.Second
	// DefaultMaxBody bounds the bytes read from one answer.
	DefaultMaxBody = 64 << 20
)

// DefaultRetry is the policy whose fields stand in for those that are zero.
func DefaultRetry() RetryPolicy {
	return RetryPolicy{
		Initial: 500 * time.Millisecond, Max: 10 * time.Second, Multiplier: 2,
		MaxElapsed: 45 * time.Second, MaxAttempts: 10,
	}
}

// DefaultFeed is the configuration whose fields stand in for those that are zero.
func DefaultFeed() FeedConfig {
	return FeedConfig{
		ReadTimeout: time.Minute, Visibility: 30 * time.Second,
		MinWait: 500 * time.Millisecond, MaxWait: 5 * time.Second, Multiplier: DefaultRetry().Multiplier,
		Spread: 3 * time.Second,
	}
}

// setDefault replaces a value that is zero or less.
func setDefault[T int | int64 | float64 | time.Duration](field *T, value T) {
	if *field <= 0 {
		*field = value
	}
}

func (c Config) withDefaults() Config {
	if c.UserAgent == "" {
		c.UserAgent = "Roombot"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	setDefault(&c.Timeout, DefaultTimeout)
	setDefault(&c.MaxBody, DefaultMaxBody)
	c.Retry = c.Retry.withDefaults()
	return c
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	d := DefaultRetry()
	setDefault(&p.Initial, d.Initial)
	setDefault(&p.Max, d.Max)
	setDefault(&p.MaxElapsed, d.MaxElapsed)
	setDefault(&p.MaxAttempts, d.MaxAttempts)
	if p.Multiplier < 1 {
		p.Multiplier = d.Multiplier
	}
	return p
}

func (c FeedConfig) withDefaults() FeedConfig {
	d := DefaultFeed()
	setDefault(&c.ReadTimeout, d.ReadTimeout)
	setDefault(&c.Visibility, d.Visibility)
	setDefault(&c.MinWait, d.MinWait)
	setDefault(&c.MaxWait, d.MaxWait)
	setDefault(&c.Multiplier, d.Multiplier)
	setDefault(&c.Spread, d.Spread)
	return c
}
