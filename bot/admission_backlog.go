package bot

import (
	"cmp"
	"context"
	"time"

	"roombot/bot/engine"
)

// backlog is what is unfinished of one conversation, as far as this process knows: it counts what
// it takes in and what it finishes. The store is asked before anything is left out, since other
// replicas finish jobs as well.
type backlog struct {
	unfinished  int
	newest      string    // the job that was taken in last
	overflowing bool      // there were too many, and still are
	answeredFor string    // the value of newest when a surplus request was chosen to be answered
	counted     time.Time // when the store was asked
}

// maxBacklogs bounds the memory. Beyond it all is forgotten, which only lets a few more requests
// in.
const maxBacklogs = 100_000

// countBacklogs counts waiting jobs, of which the newest comes first.
func countBacklogs(waiting []engine.Summary) map[string]backlog {
	all := map[string]backlog{}
	for _, job := range waiting {
		b, known := all[job.Conversation]
		if !known {
			b = backlog{unfinished: 1, newest: job.ID} // the first of a conversation does not wait
		}
		b.unfinished++
		all[job.Conversation] = b
	}
	return all
}

// admit reports whether another request may be carried out, and counts it. After an overflow none
// may until half of what waits is done, so that the overflow ends with one answer.
func (b *backlog) admit(id string, limit int) bool {
	if b.overflowing && b.unfinished <= limit/2 {
		b.overflowing = false
	}
	if b.overflowing || b.unfinished >= limit {
		b.overflowing = true
		return false
	}
	b.add(id)
	return true
}

func (b *backlog) add(id string) { b.unfinished, b.newest = b.unfinished+1, id }

// markSurplus marks those of the arrivals that are too many for their conversation, and returns the
// backlogs as they are once all are stored.
func (a *admission) markSurplus(ctx context.Context, arrived []arrival) (map[string]backlog, error) {
	backlogs, err := a.currentBacklogs(ctx, arrived)
	if err != nil {
		return nil, err
	}
	for i := range arrived {
		arrival := &arrived[i]
		conversation := arrival.request.conversation()
		b := backlogs[conversation]
		switch {
		case arrival.request.Missed: // what was said in hours is not too much at once
			b.add(arrival.id)
		case !b.admit(arrival.id, a.bounds.PerConversation):
			b.newest = cmp.Or(b.newest, arrival.id)
			arrival.request.Surplus = b.newest
			if err := a.chooseAnswered(ctx, &b, arrival); err != nil {
				return nil, err
			}
		}
		backlogs[conversation] = b
	}
	return backlogs, nil
}

// chooseAnswered chooses the first surplus request of an overflow to be answered for all. One that
// the store knows already has had its turn.
func (a *admission) chooseAnswered(ctx context.Context, b *backlog, surplus *arrival) error {
	if surplus.silent = b.answeredFor == b.newest; surplus.silent {
		return nil
	}
	known, err := a.store.HasJob(ctx, surplus.id)
	if err == nil && !known {
		b.answeredFor = b.newest
	}
	return err
}

// currentBacklogs are the backlogs of the conversations in which something has arrived.
func (a *admission) currentBacklogs(ctx context.Context, arrived []arrival) (map[string]backlog, error) {
	added := map[string]int{}
	for _, arrival := range arrived {
		added[arrival.request.conversation()]++
	}
	backlogs := map[string]backlog{}
	for conversation, n := range added {
		b, err := a.currentBacklog(ctx, conversation, n)
		if err != nil {
			return nil, err
		}
		backlogs[conversation] = b
	}
	return backlogs, nil
}

// backlogRecountAfter is how long the store's count of a conversation serves.
const backlogRecountAfter = time.Second

// currentBacklog is the backlog of a conversation, counted in the store where adding may overflow
// it.
func (a *admission) currentBacklog(ctx context.Context, conversation string, adding int) (backlog, error) {
	a.mu.Lock()
	b := a.backlogs[conversation]
	a.mu.Unlock()
	tight := b.overflowing || b.unfinished+adding > a.bounds.PerConversation
	if !tight || time.Since(b.counted) < backlogRecountAfter {
		return b, nil
	}
	unfinished, newest, err := a.store.Backlog(ctx, conversation)
	if err != nil {
		return backlog{}, err
	}
	b.unfinished, b.newest, b.counted = unfinished, cmp.Or(newest, b.newest), time.Now()
	return b, nil
}

// replaceBacklogs puts backlogs in the place of others, which it returns.
func (a *admission) replaceBacklogs(backlogs map[string]backlog) map[string]backlog {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.backlogs) >= maxBacklogs {
		clear(a.backlogs)
	}
	before := map[string]backlog{}
	for conversation, b := range backlogs {
		before[conversation] = a.backlogs[conversation]
		a.backlogs[conversation] = b
	}
	return before
}

// noteFinished counts a job that is done.
func (a *admission) noteFinished(conversation string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	b, known := a.backlogs[conversation]
	switch {
	case !known:
	case b.unfinished <= 1 && !b.overflowing:
		delete(a.backlogs, conversation)
	default:
		b.unfinished = max(b.unfinished-1, 0)
		a.backlogs[conversation] = b
	}
}
