package commands

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"roombot/symphony"
	"roombot/symphony/messageml"
)

// The answer waits for the others until they are added, but not for long.
const (
	minAnswerWait = 400 * time.Millisecond
	maxAnswerWait = 2 * time.Second
)

// answerWait is how long the answer waits for the others, by how long the requester's own add took.
func answerWait(requesterTook time.Duration) time.Duration {
	return min(max(minAnswerWait, 3*requesterTook), maxAnswerWait)
}

// addOthers adds all invitees after the requester. Where that takes longer than the answer waits, a
// first answer says who is in and who is being added: at once where the pace alone takes longer.
func (p *roomPlan) addOthers(ctx context.Context, attempt Attempt, adder *memberAdder, others []invitee) ([]absentee, error) {
	wait := answerWait(adder.requesterTook)
	adder.answerDue = p.env.Clock.Now().Add(wait)
	added := make(chan struct{})
	shown := false
	var progress sync.WaitGroup
	if left := p.env.Limits.estimateAdding(adder.countAbsent(others)); left > wait {
		shown = true
		first := p.progressReply(adder, left)
		progress.Go(func() { attempt.ShowFirst(ctx, first) })
	} else {
		progress.Go(func() { shown = p.showProgressAfter(ctx, attempt, adder, wait, added) })
	}
	absent, err := adder.addAll(ctx, attempt, others)
	close(added)
	progress.Wait()
	if err != nil && ctx.Err() == nil && !shown {
		p.showInterruption(ctx, attempt, adder, err)
	}
	return absent, err
}

// showProgressAfter shows a first answer once the wait is over, unless everybody is added before.
// It reports whether it has.
func (p *roomPlan) showProgressAfter(ctx context.Context, attempt Attempt, adder *memberAdder, wait time.Duration, added <-chan struct{}) bool {
	select {
	case <-added:
		return false
	case <-ctx.Done():
		return false
	case <-p.env.Clock.After(wait):
	}
	adding, promoting := p.unfinishedInvitees(adder.members)
	if len(adding)+len(promoting) == 0 {
		return false // only the last result is still to be stored
	}
	attempt.ShowFirst(ctx, p.progressReply(adder, max(wait, p.env.Limits.estimateAdding(len(adding)))))
	return true
}

// showInterruption shows a first answer where the attempt ends before everybody is added: the next
// part is due later, or Symphony fails.
func (p *roomPlan) showInterruption(ctx context.Context, attempt Attempt, adder *memberAdder, cause error) {
	if wait, ok := errors.AsType[*WaitError](cause); ok {
		adding, _ := p.unfinishedInvitees(adder.members)
		attempt.ShowFirst(ctx, p.progressReply(adder, max(wait.After, p.env.Limits.estimateAdding(len(adding)+addBurst))))
		return
	}
	_, failed := errors.AsType[*symphony.Error](cause)
	if failed && symphony.VerdictOf(cause) != symphony.NotSignedIn { // then nothing can be shown
		attempt.ShowFirst(ctx, p.progressReply(adder, 0))
	}
}

// unfinishedInvitees are the names of those who are not in the room yet, and of members who are not
// owners yet. Those whom Symphony refused are in neither.
func (p *roomPlan) unfinishedInvitees(members *knownMembers) (adding, promoting []string) {
	all := p.allInvitees()
	refused := members.refusedSoFar(all)
	for i, who := range all {
		name := p.nameOf(who.ID, who.Name)
		if i == 0 {
			name = p.requesterName()
		}
		switch {
		case who.cause(refused) != "":
		case !members.has(who):
			adding = append(adding, name)
		case who.Owner && !members.isOwner(who.ID):
			promoting = append(promoting, name)
		}
	}
	return adding, promoting
}

// progressReply is the first answer while others are being added; left is how long that takes, 0 if
// that is not known.
func (p *roomPlan) progressReply(adder *memberAdder, left time.Duration) Reply {
	reply := p.openRoomReply(adder.room, adder.members.refusedSoFar(p.allInvitees()), adder.members)
	reply.Code, reply.Left = CodeAdding, left
	when := messageml.Text(". This takes longer than usual; I keep trying and report here.")
	if left > 0 {
		when = messageml.Text(", about " + roundDuration(left) + ".")
	}
	label := "Adding: "
	names, promoting := p.unfinishedInvitees(adder.members)
	if len(names) == 0 {
		label, names = "Making "+plural(len(promoting), "an owner: ", "owners: "), promoting
	}
	reply.Body = append(reply.Body, messageml.Paragraph(
		messageml.Bold(messageml.Text(label)), messageml.Text(strings.Join(shortenList(names), ", ")), when))
	return p.endRoomReply(reply)
}

func roundDuration(left time.Duration) string {
	if left >= 2*time.Minute {
		return fmt.Sprintf("%d min", int(left.Minutes()+1))
	}
	return fmt.Sprintf("%d s", int(left.Seconds()+1))
}
