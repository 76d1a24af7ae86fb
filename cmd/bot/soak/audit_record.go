package soak

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// Record is what the audit records of the bots say.
type Record struct {
	Entries []audit.Entry // of all stores, in their order
	Faults  []audit.Fault // that their verification has found
	// Questions are those that the bots have asked about requests.
	Questions []Question
	// Permits are those for which people have asked.
	Permits []engine.Permit
}

// readRecord reads and verifies the audit record of each store.
func (s *soak) readRecord(ctx context.Context) (*Record, error) {
	var r Record
	seen := map[engine.Address]bool{}
	for _, b := range s.trial.Bots {
		if seen[b.Store] {
			continue
		}
		seen[b.Store] = true
		if err := r.readStore(ctx, b.Store); err != nil {
			return nil, fmt.Errorf("read the audit record: %w", err)
		}
	}
	return &r, nil
}

func (r *Record) readStore(ctx context.Context, store engine.Address) (err error) {
	i, err := engine.Inspect(ctx, store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	report, err := i.VerifyRecord(ctx, audit.NewVerifier(nil))
	r.Faults = append(r.Faults, report.Faults...)
	if err != nil {
		return err
	}
	err = i.ListEntries(ctx, engine.EntryFilter{}, func(s engine.StoredEntry) error {
		r.Entries = append(r.Entries, s.Entry)
		return nil
	})
	if err != nil {
		return err
	}
	if err := r.readPermits(ctx, i); err != nil {
		return err
	}
	return r.readQuestions(ctx, i)
}

func (r *Record) readPermits(ctx context.Context, i *engine.Inspector) error {
	for n := int64(1); ; n++ {
		p, found, err := i.Permit(ctx, n)
		if err != nil || !found {
			return err
		}
		r.Permits = append(r.Permits, p)
	}
}

func (r *Record) readQuestions(ctx context.Context, i *engine.Inspector) error {
	stored, err := i.Questions(ctx)
	for _, s := range stored {
		q := Question{Request: string(commands.NewRequestID(s.Job)), N: s.N, Asked: s.Asked, Until: s.Until, Answered: s.Answered}
		if err := json.Unmarshal(s.Text, &q.Text); err != nil {
			return err
		}
		if !s.IsOpen() {
			if err := json.Unmarshal(s.Answer, &q.Answer); err != nil {
				return err
			}
		}
		r.Questions = append(r.Questions, q)
	}
	return err
}

// recordOfRequest is what a record says of one request.
type recordOfRequest struct {
	decided        []decidedEntry
	approvals      []approvalEntry
	rooms, answers int
	early          bool // something is told before a decision
	late           bool // a decision is told after the room
	room           string
	invitations    invitationHistory
	isFinished     bool // by an answer
}

func recordByRequest(entries []audit.Entry) map[string]*recordOfRequest {
	all := map[string]*recordOfRequest{}
	for _, e := range entries {
		if e.Request == "" || e.Kind == audit.Operator || e.Kind == audit.Grant || e.Kind == kindPause {
			continue
		}
		of := all[e.Request]
		if of == nil {
			of = &recordOfRequest{}
			all[e.Request] = of
		}
		of.note(e)
	}
	return all
}

func (r *recordOfRequest) note(e audit.Entry) {
	r.early = r.early || len(r.decided) == 0 && e.Kind != audit.Decision
	switch e.Kind {
	case audit.Decision:
		r.decided = append(r.decided, readDecision(e))
		r.late = r.late || r.rooms > 0
	case audit.Room:
		r.rooms, r.room = r.rooms+1, e.Room
	case audit.Answer:
		r.answers++
		r.isFinished = isFinishing(e)
	case audit.Member:
		r.invitations.note(e)
	case audit.Approval:
		r.approvals = append(r.approvals, readApproval(e))
	default:
	}
}

// outcome is that of the decision that counts, which is the last one; empty without any.
func (r *recordOfRequest) outcome() policy.Outcome {
	if len(r.decided) == 0 {
		return ""
	}
	return r.decided[len(r.decided)-1].Outcome
}

// checkRecord compares the record with the rooms of the pod: each room has one entry after the
// decision that allowed it, each decision has its answer, and no entry tells of anything else.
func (a *AuditResult) checkRecord(endings []ending, r *Record) {
	if r == nil {
		return
	}
	a.Entries = len(r.Entries)
	for _, f := range r.Faults {
		a.Findings = append(a.Findings, Finding{What: "audit record: " + f.What})
	}
	told := recordByRequest(r.Entries)
	for i := range endings {
		e := &endings[i]
		if of := told[e.request.Number]; of != nil {
			e.record = of
		}
		for _, what := range e.record.compare(e.rooms) {
			a.addFinding(e.request, "audit record: "+what)
		}
		delete(told, e.request.Number)
	}
	for request, of := range told {
		what := "audit record: entries of no request"
		if of.rooms > 0 {
			what = "audit record: a room of no request"
		}
		a.Findings = append(a.Findings, Finding{Request: request, What: what})
	}
}

// compare tells what is wrong with the entries of a request that has opened these rooms.
func (r *recordOfRequest) compare(opened []client.Room) (wrong []string) {
	check := func(ok bool, format string, args ...any) {
		if !ok {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	check(r.rooms == len(opened), "%d entries about %d rooms", r.rooms, len(opened))
	check(len(opened) != 1 || r.room == opened[0].StreamID, "another room")
	check(len(opened) == 0 || r.outcome() == policy.Allow, "no decision that allows the room")
	check(!r.early, "something was done before its decision")
	check(!r.late, "decided again after the room was opened")
	check(len(r.decided) == 0 || r.answers == 1, "%d answers to a decision", r.answers)
	check(!r.invitations.again, "somebody was invited twice")
	check(!r.isFinished || r.invitations.countOpen() == 0, "nothing became of %d invitations", r.invitations.countOpen())
	return wrong
}
