package commands

import (
	"context"
	"time"

	"roombot/symphony"
)

// Attempt is one try at a job, as a plan sees it while it writes: the steps that are stored of the
// job, and a way to tell the user something before all is done.
type Attempt interface {
	// Do runs do once per job and step. Its result is stored as JSON, at the latest with the next
	// intention; later calls fill result from what was stored.
	Do(ctx context.Context, step string, result any, do func(context.Context) (any, error)) error
	// SaveSoon has the results so far stored while the caller goes on. Without it that may
	// wait for the next intention.
	SaveSoon()
	// Result reads into value what a step has stored. It reports false while the step has not been
	// done.
	Result(step string, into any) (bool, error)
	// CheckPolicy asks the policy again whether the request is admitted, right before each call
	// that may create the room: a job that waited may be denied by now. The denial is a *Refusal.
	CheckPolicy(ctx context.Context, r *Request) error
	// Intend commits, before a write that must not happen twice, that it is about to be tried.
	Intend(ctx context.Context, step string) error
	// IntendRoom is the first Intend of a room, which counts from then on as one that the requester
	// has opened. Where they have opened as many as they may, the error is a *Refusal.
	IntendRoom(ctx context.Context, step string) error
	// IntendFirst is the first Intend of a request that opens no room. Where a pause holds the
	// request, this and IntendRoom fail with an error of the runtime's.
	IntendFirst(ctx context.Context, step string) error
	// Withdraw takes the last intention back: the write surely never left.
	Withdraw(ctx context.Context, step string) error
	// Intentions returns how many intentions of the step are stored, and the time of the last.
	Intentions(ctx context.Context, step string) (last time.Time, times int, err error)
	// AuditRoom and AuditMembers write into the audit log and the audit record what is about to be
	// stored as a result: the room that was opened, and the accounts of a step that were added to it,
	// or the causes why not.
	AuditRoom(ctx context.Context, room symphony.StreamID)
	AuditMembers(ctx context.Context, room symphony.StreamID, step string, members []AuditedMember)
	// AuditRename and AuditClose write there that the room was renamed or closed by a click on Undo.
	AuditRename(ctx context.Context, room symphony.StreamID)
	AuditClose(ctx context.Context, room symphony.StreamID)
	// ShowFirst shows the user a first answer, whose place the reply takes that Apply returns. It
	// says only what has happened: people read it on their phones. A failure to show it stops
	// nothing.
	ShowFirst(ctx context.Context, first Reply)
}

// AuditedMember is what became of an account that was to be added to a room.
type AuditedMember struct {
	ID    symphony.UserID
	Cause Cause // why it was not added, or not made an owner; empty where all is as wanted
	// IsMember is true where it was a member before, and was to be made an owner.
	IsMember bool
	Owner    bool // it was made an owner
}

// IsAdded reports whether the account was added.
func (m AuditedMember) IsAdded() bool {
	return !m.IsMember && (m.Cause == "" || m.Cause.isOfOwnership())
}

// WaitError is returned by Apply when the job must wait until an earlier, unanswered write shows or
// is certain to show no more; or, where that is planned, to let other jobs run meanwhile.
type WaitError struct {
	After   time.Duration
	Why     string
	Planned bool
	// FreesChat lets later commands of the chat run before this one goes on.
	FreesChat bool
}

func (e *WaitError) Error() string { return "waits " + e.After.String() + ": " + e.Why }

// MayHaveWritten reports whether a job may have changed something in Symphony.
func MayHaveWritten(ctx context.Context, attempt Attempt) (bool, error) {
	_, times, err := attempt.Intentions(ctx, stepRoom)
	if err != nil || times > 0 {
		return times > 0, err
	}
	return attempt.Result(stepRoom, new(storedCreation)) // found, after the store was set back
}
