package soak

import (
	"io"
	"time"

	"roombot/bot/engine"
)

// Config describes a soak.
type Config struct {
	Commands  int            // how many are sent
	KillEvery time.Duration  // between SIGKILLs to the bots in turn; 0 for never
	Faults    FaultLevel     // what the pod does to them meanwhile
	Outages   time.Duration  // in place of all that: how long login, feed and store are out of order, one after the other
	Govern    bool           // the policy is edited, and the bots are paused; not with Outages
	Seed      int64          // of the requests and of the pod's dice
	Replicas  int            // bots at once; more than one needs Store
	Store     engine.Address // a database; zero for a file
	Dir       string         // keeps configurations, stores and logs; empty for a folder that is removed
	Crowd     int            // employees who take part besides the people of the tour; default 60

	HTTPTimeout time.Duration // the bot's roombot.httpTimeout; default 2 s, in long outages as shipped
	SearchLag   time.Duration // the bot's roombot.searchLag; default 4 s, more than the pod's worst, in long outages as shipped
	Visibility  time.Duration // the pod's; default 5 s, in long outages as Symphony's
	Patience    time.Duration // how long nothing may be said before unanswered requests count as lost; default 90 s
	Outstanding int           // requests unanswered at a time; default 64
	Progress    io.Writer     // a line every second; default none
}

// longOutage is an outage for which the timings are those that the bot is shipped with.
const longOutage = 30 * time.Second

func (c Config) withDefaults() Config {
	timeout, lag, visibility := 2*time.Second, 4*time.Second, 5*time.Second
	if c.Outages >= longOutage {
		timeout, lag, visibility = 30*time.Second, 10*time.Second, 30*time.Second
	}
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.HTTPTimeout, timeout}, {&c.SearchLag, lag}, {&c.Visibility, visibility}, {&c.Patience, 90 * time.Second},
	} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	if c.Crowd <= 0 {
		c.Crowd = 60
	}
	if c.Outstanding <= 0 {
		c.Outstanding = 64
	}
	if c.Progress == nil {
		c.Progress = io.Discard
	}
	c.Replicas = max(1, c.Replicas)
	if c.Outages > 0 {
		c.Commands, c.KillEvery, c.Faults, c.Govern = c.requestsForOutages(), 0, None, false
	}
	return c
}
