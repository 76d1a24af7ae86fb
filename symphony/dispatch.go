package symphony

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
)

// dispatch sends to the operation's component, and of several agents to one that works.
func (c *Client) dispatch(ctx context.Context, r request, o outgoingRequest) (err error) {
	if isOverdue(ctx) {
		return r.noAnswer(o, context.DeadlineExceeded, true)
	}
	if r.op.component() != AgentHost {
		o.base = c.hosts[r.op.component()].base
		return c.send(ctx, r, o)
	}
	if r.agent != nil {
		return c.sendTo(ctx, r, o, r.agent)
	}
	var tried []*agentNode
	for at := c.agents.pickNode(ctx, nil); at != nil; at = c.agents.pickNode(ctx, tried) {
		err = c.sendTo(ctx, r, o, at)
		if ctx.Err() != nil || !r.op.mayTryOtherAgent(err) {
			break
		}
		tried = append(tried, at)
	}
	return err
}

// isOverdue reports whether the time of a call is up by the clock. A process that was frozen, or
// its machine, wakes up with a context that has not noticed yet, and what it sends then would
// arrive after others have looked for it in vain.
func isOverdue(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && !time.Now().Round(0).Before(deadline) // Round: by the wall clock, as the other one stands still meanwhile
}

// sendTo sends to one agent, and sets the agent aside if it does not serve.
func (c *Client) sendTo(ctx context.Context, r request, o outgoingRequest, at *agentNode) error {
	o.base = at.base
	err := c.send(ctx, r, o)
	e, failed := errors.AsType[*Error](err)
	switch {
	case err != nil && ctx.Err() != nil: // the caller left, which says nothing about the agent
	case failed && e.isServerDown():
		if lasts, report := c.agents.setAside(at, retryAfter(err)); report {
			zerolog.Ctx(ctx).Warn().Err(err).Str("agent", at.base).Dur("lasts", lasts).Msg("an agent does not answer")
		}
	default:
		if lasted, report := c.agents.bringBack(at); report {
			zerolog.Ctx(ctx).Info().Str("agent", at.base).Dur("lasted", lasted).Msg("an agent answers again")
		}
	}
	return err
}
