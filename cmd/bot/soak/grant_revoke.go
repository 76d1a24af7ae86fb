package soak

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"roombot/cmd/bot/trial"
)

// Revocation is how an administrator or an operator has ended a grant.
type Revocation struct {
	N       int64
	Command *Request  // that the administrator has typed; nil for one from the shell
	From    time.Time // right before it
	Done    bool      // the shell said so
}

// dueRevocation is a grant that is to be revoked at a moment, and what who has it sends then.
type dueRevocation struct {
	n    int64
	at   time.Time
	then *Request
}

// revokeGrants revokes grants by chat and from the shell in turn, until ctx ends.
func (g *grantPeople) revokeGrants(ctx context.Context) error {
	for trial.Pause(ctx, 50*time.Millisecond) == nil {
		d, found := g.takeRevocation()
		if !found {
			continue
		}
		if err := g.revoke(ctx, d); err != nil && ctx.Err() == nil {
			return err
		}
	}
	return nil
}

func (g *grantPeople) takeRevocation() (d dueRevocation, found bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	at := slices.IndexFunc(g.toRevoke, func(d dueRevocation) bool { return !time.Now().Before(d.at) })
	if at < 0 || g.resting {
		return dueRevocation{}, false
	}
	d = g.toRevoke[at]
	g.toRevoke, g.revoking = slices.Delete(g.toRevoke, at, at+1), true
	return d, true
}

// revoke ends a grant. Where the bot has not said in time that it is ended, nobody sends anything.
func (g *grantPeople) revoke(ctx context.Context, d dueRevocation) (err error) {
	r := Revocation{N: d.n, From: time.Now()}
	number := strconv.FormatInt(d.n, 10)
	heard := true
	if len(g.revoked)%2 == 0 {
		r.Command, heard, err = g.say(ctx, "/policy revoke "+number)
	} else {
		err = g.trial.Bots[0].Command(ctx, "policy", "grants", "--revoke", number)
		r.Done = err == nil
		if err != nil && strings.Contains(err.Error(), "there is no grant "+number) {
			err = nil
		}
	}
	if err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.revoked, g.revoking = append(g.revoked, r), false
	if heard {
		g.due = append(g.due, dueRequest{d.then, time.Now().Add(300 * time.Millisecond)})
	}
	return nil
}
