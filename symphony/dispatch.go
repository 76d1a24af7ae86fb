package symphony

import (
	"context"
	"errors"
	"net/http"
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
		if ctx.Err() != nil || !movesOn(r.op.Class, err) {
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
	switch {
	case err != nil && ctx.Err() != nil: // the caller left, which says nothing about the agent
	case silent(err):
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

// silent is true for an error that says that an agent does not serve: no answer of
// its own, but a proxy's or none.
func silent(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || errors.Is(err, ErrTooLarge) {
		return false
	}
	switch e.Status {
	case 0, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return e.garbled
}

// movesOn is true when another agent may be tried at once. An unsafe write moves on
// only when it surely reached nobody. A call that ran into its time limit does not:
// it has made its caller wait enough, and repeating it takes another agent anyway.
func movesOn(class Class, err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !silent(err) {
		return false
	}
	if e.unsent {
		return true
	}
	return class != UnsafeWrite && !errors.Is(err, context.DeadlineExceeded)
}
