package control

import (
	"context"
	"time"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/world"
)

// awaitReplies waits until service accounts have said something where somebody can read it, and
// have neither said nor done anything for a moment, nor have anything left to do as far as is
// known; it gives what they said. Nothing is waited for when the limit is 0.
func (c *Control) awaitReplies(ctx context.Context, said utterance, limit time.Duration) []client.Message {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	pause := c.cfg.Quiet
	for {
		found, spoken := c.repliesTo(said)
		if limit == 0 {
			return found
		}
		var paused <-chan time.Time
		if len(found) > 0 {
			paused = time.After(pause)
		}
		select {
		case <-spoken:
			pause = c.cfg.Quiet
		case <-paused:
			if pause = c.untilQuiet(said.at); pause == 0 && !isClosed(spoken) {
				return found
			}
		case <-ctx.Done():
			return found
		case <-c.pod.Done():
			return found
		}
	}
}

// repliesTo gives what service accounts have said since, and a channel that is closed when somebody
// says more.
func (c *Control) repliesTo(said utterance) (found []client.Message, spoken <-chan struct{}) {
	found = []client.Message{}
	c.pod.Do(func(w *world.World) {
		spoken = c.spoken
		for _, m := range w.MessagesSince(said.seq) {
			if w.Person(m.From).Type == world.TypeSystem && m.From != said.who.ID && w.MayRead(said.who, m) {
				found = append(found, c.encodeMessage(m, said.who.ID))
			}
		}
	})
	return found, spoken
}

// untilQuiet is how much longer it takes, at least, until the bots have been at rest for a moment
// after somebody has spoken to them; 0 when they have.
func (c *Control) untilQuiet(since time.Time) time.Duration {
	if c.cfg.AtWork != nil && c.cfg.AtWork() {
		return c.cfg.Quiet
	}
	return c.pod.UntilQuiet(c.cfg.Quiet, since)
}

func isClosed(event <-chan struct{}) bool {
	select {
	case <-event:
		return true
	default:
		return false
	}
}
