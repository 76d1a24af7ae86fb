package sandbox

import (
	"context"
	"time"
)

// waitHalfRoundTrip waits as long as a request, or its answer, takes through the network: half a
// round trip. It reports whether somebody still waits at its end.
func (p *Pod) waitHalfRoundTrip(ctx context.Context) bool {
	if p.cfg.RTT <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(p.cfg.RTT / 2)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.closed:
		return true
	case <-ctx.Done():
		return false
	}
}
