package bot

import (
	"context"

	"github.com/rs/zerolog"

	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// The audit log says who was let do what, and what came of it: one line for each event, whatever
// the least level of the log is, with ids and codes only. A line is written right before what it
// tells is stored, so that none is lost: after a crash in that moment it is there twice.
// docs/operations.md has the list for auditors.

// auditEvent is what an audit line is about.
type auditEvent string

const (
	auditDecision auditEvent = "decision" // of the policy
	auditRoom     auditEvent = "room"     // was opened, or undone
	auditMember   auditEvent = "member"   // was added, or not
	auditAnswer   auditEvent = "answer"   // the final one was shown
	auditOperator auditEvent = "operator" // acted from the shell
)

// writeAudit writes a line of the audit log. Those of a request have its number, its job and its
// user by the logger.
func writeAudit(log *zerolog.Logger, event auditEvent, message string, add func(*zerolog.Event) *zerolog.Event) {
	add(log.Log().Str("level", zerolog.InfoLevel.String()).Str("audit", string(event))).Msg(message)
}

// policyDecision is what the policy has decided about a command.
type policyDecision struct {
	command, rule string
	allowed       bool
}

// auditDecision writes what the policy has decided in this attempt, unless that was written before.
func (a *attempt) auditDecision(ctx context.Context) {
	d := a.decision
	if d == a.auditedDecision {
		return
	}
	a.auditedDecision = d
	writeAudit(zerolog.Ctx(ctx), auditDecision, "policy decided", func(line *zerolog.Event) *zerolog.Event {
		line = line.Str("command", d.command).Bool("allowed", d.allowed)
		if d.rule != "" {
			line = line.Str("rule", d.rule)
		}
		return line
	})
}

// AuditRoom writes that the room of the request is open.
func (a *attempt) AuditRoom(ctx context.Context, room symphony.StreamID) {
	writeAudit(zerolog.Ctx(ctx), auditRoom, "room was opened", func(line *zerolog.Event) *zerolog.Event {
		return line.Str("room", string(room))
	})
	a.addRoomEntry(ctx, "room", "opened", room)
}

// AuditRename and AuditClose write what a click on Undo has changed.
func (a *attempt) AuditRename(ctx context.Context, room symphony.StreamID) {
	writeAudit(zerolog.Ctx(ctx), auditRoom, "room was renamed to be undone", func(line *zerolog.Event) *zerolog.Event {
		return line.Str("room", string(room))
	})
	a.addRoomEntry(ctx, "room/renamed", "renamed", room)
}

// AuditClose writes that the room was closed.
func (a *attempt) AuditClose(ctx context.Context, room symphony.StreamID) {
	writeAudit(zerolog.Ctx(ctx), auditRoom, "room was closed, undone", func(line *zerolog.Event) *zerolog.Event {
		return line.Str("room", string(room))
	})
	a.addRoomEntry(ctx, "room/closed", "closed", room)
}

// AuditMembers writes which accounts were added to the room of the request, or why not. The log has
// no line about a member who was made an owner.
func (a *attempt) AuditMembers(ctx context.Context, room symphony.StreamID, step string, members []commands.AuditedMember) {
	for _, m := range members {
		if !m.IsMember || m.Cause != "" {
			writeMemberAudit(ctx, room, m.ID, m.Cause)
		}
	}
	a.addMemberEntry(ctx, room, step, members)
}

func writeMemberAudit(ctx context.Context, room symphony.StreamID, member symphony.UserID, cause commands.Cause) {
	message := "member was not added as wanted"
	switch cause {
	case "":
		message = "member was added"
	case commands.CauseInvited:
		message = "member was invited"
	}
	writeAudit(zerolog.Ctx(ctx), auditMember, message, func(line *zerolog.Event) *zerolog.Event {
		line = line.Str("room", string(room)).Int64("member", int64(member))
		if cause != "" {
			line = line.Str("cause", string(cause))
		}
		return line
	})
}

// auditAnswer writes that the user was told. A user whom Symphony lets nobody tell was not, and has
// an entry in the record all the same: it is how the request ended.
func (a *attempt) auditAnswer(ctx context.Context, o outcome, shown sentMessage) error {
	if err := a.addAnswerEntry(ctx, answerBody{Outcome: o.Code, Untold: shown.Message == ""}, o.Room); err != nil || shown.Message == "" {
		return err
	}
	writeAudit(zerolog.Ctx(ctx), auditAnswer, "answer was shown", func(line *zerolog.Event) *zerolog.Event {
		line = line.Str("outcome", o.Code)
		if o.Room != "" {
			line = line.Str("room", string(o.Room))
		}
		return line
	})
	return nil
}

// AuditAct writes what an operator did to a job from the shell.
func AuditAct(ctx context.Context, act engine.Act) {
	writeAudit(zerolog.Ctx(ctx), auditOperator, "operator acted", func(line *zerolog.Event) *zerolog.Event {
		line = line.Str("act", act.Name).Str("operator", act.Operator).Time("at", act.At.UTC())
		if act.Job == "" { // a pause
			return line
		}
		return line.Str("job", act.Job).Str("request", string(commands.NewRequestID(act.Job)))
	})
}
