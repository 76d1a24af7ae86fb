package commands

import (
	"context"
	"fmt"
	"time"
)

// First answers to requests that have to wait or keep failing. Their outcome is that of any request
// that takes longer, which all versions know as one that is not the last.

// AheadOf is what a request waits for: the request whose turn it is, and how many come after that
// one and before it.
type AheadOf struct {
	Request RequestID
	// Room is the name that the same person has typed for it; empty where it was another person, or
	// another command.
	Room string
	More int
	// Left is how long the one whose turn it is takes; 0 if that is not known.
	Left time.Duration
}

// TellTurn is the first answer to a request that waits for others of its chat.
func TellTurn(ahead AheadOf) Reply {
	what := "another command in this chat"
	if ahead.Room != "" {
		what = "your room “" + ahead.Room + "”"
	}
	text := "⏳ I do this after " + what + " (request " + string(ahead.Request) + ")"
	if ahead.More > 0 {
		text += fmt.Sprintf(" and %s", countNoun(ahead.More, "more command", "more commands"))
	}
	if ahead.Left > 0 {
		text += ", in about " + roundDuration(ahead.Left)
	}
	return openReply(CodePutOff, text+". No need to send it again.")
}

// Subject is the request that a first answer is about.
type Subject struct {
	Request RequestID
	// Room is the name that was typed for it; empty for another command, and in a room for a form,
	// which others have not read.
	Room string
}

func (s Subject) String() string {
	if s.Room == "" {
		return "Your request " + string(s.Request)
	}
	return "Your room “" + s.Room + "” (request " + string(s.Request) + ")"
}

// PutOff is the first answer to a request that takes longer; after is how long until the next
// attempt, 0 if that is not known.
func PutOff(s Subject, after time.Duration) Reply {
	when := "I keep trying"
	if after >= time.Second {
		when = fmt.Sprintf("I go on in about %d s", int(after.Round(time.Second).Seconds()))
	}
	return openReply(CodePutOff, "⏳ "+s.String()+" takes longer than usual. "+when+" and report here; no need to send it again.")
}

// AskToGoOn asks whether a request that has kept failing for so long is still wanted. Where its
// room is open, it gives the link.
func (env *Env) AskToGoOn(attempt Attempt, job string, s Subject, failing time.Duration) (Reply, error) {
	var made storedCreation
	if _, err := attempt.Result(stepRoom, &made); err != nil {
		return Reply{}, err
	}
	reply := openReply(CodePutOff, fmt.Sprintf("⏳ %s: I have tried for %s, and Symphony keeps failing. Shall I go on? If you do nothing, I keep trying and report here.",
		s, countNoun(max(1, int(failing.Minutes())), "minute", "minutes")))
	if made.Room.ID != "" {
		p := &roomPlan{env: env}
		p.room.Name = "Your room" // for who may read only what was typed: the room may have been renamed
		reply.Code, reply.Room = CodeAdding, made.Room.ID
		reply.Body = append(p.outline(made.Room), reply.Body...)
	}
	reply.Offers = []Offer{
		{Label: "Keep trying", Act: ActKeepTrying, Job: job},
		{Label: "Stop", Act: ActStop, Job: job},
	}
	return reply, nil
}

// KeepTrying is the answer to who wants a request to go on.
func KeepTrying(request RequestID) Reply {
	return openReply(codeKeepTrying, "I keep trying and report here (request "+string(request)+").")
}

// TellStop is the first answer to a request that was stopped while its room may have been created;
// after is when that shows.
func TellStop(after time.Duration) Reply {
	return openReply(CodePutOff, "⏳ I have stopped. Symphony may have created the room before that: I look for it in about "+
		roundDuration(after)+" and report here.")
}

// FindStoppedRoom finds out for a request that has ended whether a call without an answer has
// created its room. The room is stored as the result of the creation; where there is none, the call
// is known to have done nothing. The error is a *WaitError while the call may still arrive.
func (env *Env) FindStoppedRoom(ctx context.Context, attempt Attempt, r *Request) error {
	known, err := attempt.Result(stepRoom, new(storedCreation))
	if err != nil || known {
		return err
	}
	last, times, err := attempt.Intentions(ctx, stepRoom)
	if err != nil || times == 0 {
		return err
	}
	p := &roomPlan{env: env, req: r}
	found, err := p.searchEarlierRoom(ctx, last)
	switch {
	case err != nil:
		return err
	case found != nil:
		return attempt.Do(ctx, stepRoom, nil, func(ctx context.Context) (any, error) {
			attempt.AuditRoom(ctx, found.Room.ID)
			return found, nil
		})
	}
	for range times {
		if err := attempt.Withdraw(ctx, stepRoom); err != nil {
			return err
		}
	}
	return nil
}
