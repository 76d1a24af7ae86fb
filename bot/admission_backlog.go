package bot

import (
	"context"
	"slices"
	"strconv"

	"roombot/symphony"
)

// backlog is what is unfinished of one conversation: as the store has it, over all replicas, and
// with what is taken in now.
type backlog struct {
	conversation string
	chat         count
	people       map[string]*count
}

// count is what is unfinished of a chat, or of a person in it.
type count struct {
	bound      bound
	limit      int
	unfinished int
	newest     string // of what is unfinished
	flooded    bool   // the flood is known to go on
}

// bound names what a count bounds, as it is stored.
type bound string

const (
	boundPerson bound = "person"
	boundChat   bound = "chat"
)

func (c *count) add(id string) { c.unfinished, c.newest, c.flooded = c.unfinished+1, id, false }

// ownerOf names a person in the store.
func ownerOf(user symphony.UserID) string { return strconv.FormatInt(int64(user), 10) }

// readBacklog reads the backlog of a conversation.
func (a *admission) readBacklog(ctx context.Context, conversation string) (*backlog, error) {
	unfinished, err := a.store.UnfinishedJobs(ctx, conversation)
	if err != nil {
		return nil, err
	}
	b := &backlog{
		conversation: conversation, people: map[string]*count{},
		chat: count{bound: boundChat, limit: a.bounds.PerConversation},
	}
	for _, job := range unfinished {
		b.add(a.bounds, job.Owner, job.ID)
	}
	return b, nil
}

func (b *backlog) person(bounds Bounds, owner string) *count {
	if b.people[owner] == nil {
		b.people[owner] = &count{bound: boundPerson, limit: bounds.PerPerson}
	}
	return b.people[owner]
}

func (b *backlog) add(bounds Bounds, owner, id string) {
	b.chat.add(id)
	b.person(bounds, owner).add(id)
}

// markSurplus marks those of the arrivals that are too many for their person or their chat.
func (a *admission) markSurplus(ctx context.Context, arrived []arrival) error {
	var order []string
	byChat := map[string][]*arrival{}
	for i := range arrived {
		conversation := arrived[i].request.conversation()
		if byChat[conversation] == nil {
			order = append(order, conversation)
		}
		byChat[conversation] = append(byChat[conversation], &arrived[i])
	}
	for _, conversation := range order {
		if err := a.markSurplusOfChat(ctx, conversation, byChat[conversation]); err != nil {
			return err
		}
	}
	return nil
}

func (a *admission) markSurplusOfChat(ctx context.Context, conversation string, arrived []*arrival) error {
	b, err := a.readBacklog(ctx, conversation)
	if err != nil {
		return err
	}
	if arrived, err = a.withoutKnown(ctx, b, arrived); err != nil {
		return err
	}
	for _, arrival := range arrived {
		owner := ownerOf(arrival.request.From.ID)
		full, err := a.findFull(ctx, b, owner)
		switch {
		case err != nil:
			return err
		case full == nil || arrival.passesBounds():
			b.add(a.bounds, owner, arrival.id)
		default:
			if err := a.leaveOut(ctx, b.conversation, full, arrival); err != nil {
				return err
			}
		}
	}
	return nil
}

// passesBounds reports whether a request is never left out: what was said in hours is not too much
// at once, and what acts on another request adds none.
func (a *arrival) passesBounds() bool {
	return a.request.Missed || a.request.isAct() || a.request.isAboutAnother() || a.urgent
}

// withoutKnown leaves out the arrivals that the store has already, where they might make others too
// many: events may come twice.
func (a *admission) withoutKnown(ctx context.Context, b *backlog, arrived []*arrival) ([]*arrival, error) {
	if b.chat.unfinished+len(arrived) <= min(a.bounds.PerPerson, a.bounds.PerConversation)/2 {
		return arrived, nil
	}
	var failed error
	unknown := slices.DeleteFunc(arrived, func(arrival *arrival) bool {
		known, err := a.store.HasJob(ctx, arrival.id)
		if err != nil {
			failed = err
		}
		return known
	})
	return unknown, failed
}

// findFull is the bound that lets no more in from a person, nil where both do. The person's own
// comes first.
func (a *admission) findFull(ctx context.Context, b *backlog, owner string) (*count, error) {
	for _, c := range []*count{b.person(a.bounds, owner), &b.chat} {
		full, err := a.isFull(ctx, b.conversation, owner, c)
		if err != nil {
			return nil, err
		}
		if full {
			return c, nil
		}
	}
	return nil, nil
}

// isFull reports whether a count is at its limit, or was and has not come down to half of it since:
// so a flood ends with one answer. A flood shows in the store by its claim, which names the newest
// of what is unfinished; while the flood lasts, that stays the same.
func (a *admission) isFull(ctx context.Context, conversation, owner string, c *count) (bool, error) {
	switch {
	case c.unfinished >= c.limit || c.flooded:
		return true, nil
	case c.unfinished <= c.limit/2:
		return false, nil
	}
	job, err := a.store.ClaimOwner(ctx, floodClaim(c.bound, conversation, owner, c.newest))
	c.flooded = job != ""
	return c.flooded, err
}

// leaveOut leaves an arrival out, and has it answered if it is its person's first of the flood.
func (a *admission) leaveOut(ctx context.Context, conversation string, full *count, left *arrival) error {
	left.request.Surplus, left.request.Bound = full.newest, full.bound
	owner := ownerOf(left.request.From.ID)
	answered := ""
	for _, claim := range []func(bound, string, string, string) string{floodClaim, toldClaim} {
		var err error
		if answered, err = a.claimOnce(ctx, claim(full.bound, conversation, owner, full.newest), left.id); err != nil {
			return err
		}
	}
	left.silent = answered != left.id
	full.flooded = true
	return nil
}

// claimOnce is the job that has a claim: this one unless another had it first. It writes only where
// nobody has it, since a flood is long.
func (a *admission) claimOnce(ctx context.Context, claim, id string) (owner string, err error) {
	if owner, err = a.store.ClaimOwner(ctx, claim); owner != "" || err != nil {
		return owner, err
	}
	return a.store.ClaimFor(ctx, claim, id)
}
