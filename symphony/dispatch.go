package symphony

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
)

// dispatch sends to the operation's component, and of several agents to one that works.
func (c *Client) dispatch(ctx context.Context, r request, o outbound) (err error) {
	if overdue(ctx) {
		return r.lost(o, context.DeadlineExceeded, true)
	}
	if r.op.component() != AgentHost {
		o.base = c.hosts[r.op.component()].base
		return c.send(ctx, r, o)
	}
	if r.at != nil {
		return c.sendTo(ctx, r, o, r.at)
	}
	var tried []*node
	for at := c.agents.pick(ctx, nil); at != nil; at = c.agents.pick(ctx, tried) {
		err = c.sendTo(ctx, r, o, at)
		if ctx.Err() != nil || !r.op.mayTryOtherAgent(err) {
			break
		}
		tried = append(tried, at)
	}
	return err
}

// overdue is true when the time of a call is up by the clock. A process that was
// frozen, or its machine, wakes up with a context that has not noticed yet, and what
// it sends then would arrive when others have long looked for it.
func overdue(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && !time.Now().Round(0).Before(deadline) // Round: by the wall clock, as the other one stands still meanwhile
}

// sendTo sends to one agent and remembers how that went.
func (c *Client) sendTo(ctx context.Context, r request, o outbound, at *node) error {
	o.base = at.base
	err := c.send(ctx, r, o)
	e, failed := errors.AsType[*Error](err)
	switch {
	case err != nil && ctx.Err() != nil: // the caller left, which says nothing about the agent
	case failed && e.isUnserved():
		if lasts, say := c.agents.failed(at, retryAfter(err)); say {
			zerolog.Ctx(ctx).Warn().Err(err).Str("agent", at.base).Dur("lasts", lasts).Msg("an agent does not answer")
		}
	default:
		if lasted, say := c.agents.answered(at); say {
			zerolog.Ctx(ctx).Info().Str("agent", at.base).Dur("lasted", lasted).Msg("an agent answers again")
		}
	}
	return err
}
