package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"roombot/bot/audit"
	"roombot/bot/engine"
	"roombot/commands"
	"roombot/symphony"
)

// AuditRecord is the audit record of a store.
type AuditRecord interface {
	Head(context.Context) (audit.Head, error)
	ListEntries(context.Context, engine.EntryFilter, func(engine.StoredEntry) error) error
}

// NewReceipt makes the receipt about a room from what is in the chain now. Later are the entries
// about it that are not: they are none of the receipt.
func NewReceipt(ctx context.Context, record AuditRecord, room symphony.StreamID) (r audit.Receipt, later int, err error) {
	r = audit.Receipt{Room: string(room), At: time.Now().UTC().Truncate(time.Second)}
	if r.Head, err = record.Head(ctx); err != nil {
		return audit.Receipt{}, 0, err
	}
	err = record.ListEntries(ctx, engine.EntryFilter{Room: string(room)}, func(s engine.StoredEntry) error {
		if s.Seq == 0 || s.Seq > r.Head.Seq {
			later++
			return nil
		}
		r.Entries = append(r.Entries, audit.ReceiptEntry(s))
		return nil
	})
	return r, later, err
}

// Receipt is what the record tells of a room, signed by the bot's key. It is not found where the
// record does not tell that, and by which decision, the bot has opened the room.
func (g governance) Receipt(ctx context.Context, room symphony.StreamID, withFacts bool) (told commands.Receipt, found bool, err error) {
	if err := g.bot.engine.LinkEntries(ctx); err != nil {
		return commands.Receipt{}, false, err
	}
	r, _, err := NewReceipt(ctx, g.bot.engine, room)
	if err != nil {
		return commands.Receipt{}, false, err
	}
	if told.Story, found = TellRoom(r); !found {
		return commands.Receipt{}, false, nil
	}
	if faults := r.Verify(); len(faults) > 0 {
		zerolog.Ctx(ctx).Error().Int64("seq", faults[0].Seq).Str("room", string(room)).Msg("audit record was changed, no receipt is signed")
		return commands.Receipt{IsChanged: true}, true, nil
	}
	if !withFacts {
		r = r.WithoutFacts()
	}
	text, err := r.Write()
	if err != nil { // it is too long
		return told, true, nil
	}
	told.Signed, told.Key, err = g.bot.client.Sign(audit.ReceiptKind, text)
	told.HasNoKey = errors.Is(err, symphony.ErrNoSigningKey)
	if told.HasNoKey {
		err = nil
	}
	return told, true, err
}

// TellRoom reads the story of a room out of its entries. It is not found where they do not tell
// that, and by which decision, the room was opened. What cannot be read is left out.
func TellRoom(r audit.Receipt) (story commands.RoomStory, found bool) {
	opened := slices.IndexFunc(r.Entries, func(e audit.ReceiptEntry) bool { return isOpening(e, r.Room) })
	if opened < 0 {
		return commands.RoomStory{}, false
	}
	opening := r.Entries[opened]
	decided := slices.IndexFunc(r.Entries[:opened], func(e audit.ReceiptEntry) bool { return isAllowed(e, opening.Request) })
	if decided < 0 {
		return commands.RoomStory{}, false
	}
	story = commands.RoomStory{
		Room: symphony.StreamID(r.Room), Request: commands.RequestID(opening.Request), Opened: opening.At,
		Requester: commands.Person{ID: symphony.UserID(opening.Actor)}, Head: r.Head.String(), At: r.At, Names: namesInFacts(r.Entries),
	}
	isAnswered := false
	for i, e := range r.Entries {
		story.Entries = append(story.Entries, e.Seq)
		isOfOpening := e.Request == opening.Request
		switch {
		case i == opened:
		case isOfOpening && i < opened && e.Kind == audit.Decision:
			tellDecisionOf(&story, e)
		case isOfOpening && e.Kind == audit.Approval:
			tellApprovalOf(&story, e)
		case isOfOpening && e.Kind == audit.Grant && tellGrantOf(&story, e):
		case isOfOpening && e.Kind == audit.Answer:
			isAnswered, story.Answered, story.Outcome = true, e.At, outcomeOfAnswer(e)
		case isOfOpening && !isAnswered && (e.Kind == audit.Member || e.Kind == audit.Owner):
			addMembership(&story.AtStart, e)
		default:
			if event, isTold := newRoomEvent(e); isTold {
				story.Events = append(story.Events, event)
			}
		}
	}
	story.Invited = openInvitations(r.Entries)
	return story, true
}

// namesInFacts are the names of people that the facts have beside their ids: display names, and of
// those who were to be let in the username or the address.
func namesInFacts(entries []audit.ReceiptEntry) map[symphony.UserID]string {
	names, others := map[symphony.UserID]string{}, map[symphony.UserID]string{}
	for _, e := range entries {
		if e.Facts == nil {
			continue
		}
		var facts decisionFacts
		switch e.Kind {
		case audit.Decision:
			_ = json.Unmarshal(e.Facts.Text, &facts) // what cannot be read names nobody
		case audit.Approval:
			if body, told, err := readApprovalEntry(engine.StoredEntry(e)); err == nil && !body.isQuestion() {
				facts.From = commands.Person{ID: symphony.UserID(e.Actor), Name: told.By}
			}
		default:
		}
		for _, who := range []*commands.Person{&facts.From, facts.GrantedBy} {
			if who != nil && who.Name != "" {
				names[who.ID] = who.Name
			}
		}
		if facts.Asked == nil || facts.Asked.Plan == nil {
			continue
		}
		for _, who := range facts.Asked.Plan.Members {
			if name := cmp.Or(who.Username, who.Email); name != "" {
				others[symphony.UserID(who.ID)] = name
			}
		}
	}
	maps.Copy(others, names)
	delete(others, 0)
	return others
}

func outcomeOfAnswer(e audit.ReceiptEntry) string {
	var body answerBody
	_ = json.Unmarshal(e.Body, &body) // a body that cannot be read tells nothing
	return body.Outcome
}

func isOpening(e audit.ReceiptEntry, room string) bool {
	var body roomBody
	return e.Kind == audit.Room && e.Room == room && json.Unmarshal(e.Body, &body) == nil && body.Act == "opened"
}

func isAllowed(e audit.ReceiptEntry, request string) bool {
	var body decisionBody
	return e.Kind == audit.Decision && e.Request == request && json.Unmarshal(e.Body, &body) == nil && body.Outcome == "allow"
}

// tellDecisionOf tells of the decision by which a room was opened: the last one counts.
func tellDecisionOf(story *commands.RoomStory, e audit.ReceiptEntry) {
	past, err := ReadDecision(engine.StoredEntry(e))
	if err != nil {
		return
	}
	story.Decision, story.Grant = tellPast(past), past.Granted
	var facts decisionFacts
	if e.Facts == nil || json.Unmarshal(e.Facts.Text, &facts) != nil {
		return
	}
	story.Typed = facts.Typed
	if story.Grant != nil && facts.GrantedBy != nil && facts.GrantedBy.ID == story.Grant.By.ID {
		story.Grant.By = *facts.GrantedBy
	}
	if facts.From.ID == story.Requester.ID {
		story.Requester = facts.From
	}
}

// tellApprovalOf tells of a question to those who had to approve the request, or of its answer.
func tellApprovalOf(story *commands.RoomStory, e audit.ReceiptEntry) {
	body, facts, err := readApprovalEntry(engine.StoredEntry(e))
	if err != nil {
		return
	}
	told := commands.StoryApproval{At: e.At, Outcome: body.Act, Wanted: string(body.Wanted), Why: body.Reason, By: commands.Person{ID: symphony.UserID(e.Actor), Name: facts.By}}
	switch {
	case body.isQuestion():
		told = commands.StoryApproval{At: e.At, InRoom: symphony.StreamID(body.Room), Asked: userIDs(body.Approvers), Plan: facts.Plan}
	case body.Act == commands.ApprovalNotReached:
		told.Asked = userIDs(body.Approvers)
	}
	story.Approvals = append(story.Approvals, told)
}

// tellGrantOf tells of the grant by which the request was allowed, where the decision of an earlier
// version does not say who has made it. It reports false where the entry tells something else.
func tellGrantOf(story *commands.RoomStory, e audit.ReceiptEntry) bool {
	var body grantBody
	if json.Unmarshal(e.Body, &body) != nil || body.Act != "used" || body.N != story.Decision.Grant || body.Decider == 0 {
		return false
	}
	if story.Grant == nil {
		story.Grant = newStoryGrant(body.N, &grantedBody{By: body.Decider, At: body.Decided})
	}
	return story.Grant != nil
}

// newStoryGrant is nil where it is not known who has made the grant, or when.
func newStoryGrant(n int64, granted *grantedBody) *commands.StoryGrant {
	if granted == nil {
		return nil
	}
	at, err := time.Parse(time.RFC3339, granted.At)
	if err != nil {
		return nil
	}
	return &commands.StoryGrant{N: n, By: commands.Person{ID: granted.By}, At: at}
}

func addMembership(m *commands.Membership, e audit.ReceiptEntry) {
	var body memberBody
	if json.Unmarshal(e.Body, &body) != nil {
		return
	}
	m.Added, m.Owners = append(m.Added, body.Added...), append(m.Owners, body.Owners...)
	for _, a := range body.Absent {
		m.Absent = append(m.Absent, commands.StoryAbsentee{Who: a.User, Cause: a.Cause})
	}
}

// openInvitations are those who were invited and of whom no later entry tells what became of them.
func openInvitations(entries []audit.ReceiptEntry) (open []commands.StoryInvitation) {
	for _, e := range entries {
		var body memberBody
		if e.Kind != audit.Member || json.Unmarshal(e.Body, &body) != nil {
			continue
		}
		told := slices.Clone(body.Added)
		for _, a := range body.Absent {
			told = append(told, a.User)
		}
		open = slices.DeleteFunc(open, func(i commands.StoryInvitation) bool { return slices.Contains(told, i.Who) })
		for _, who := range body.Invited {
			open = append(open, commands.StoryInvitation{Who: who, At: e.At})
		}
	}
	return open
}

// newRoomEvent is what an entry tells of a room besides how it was opened. An entry of a kind that
// this version does not know is told by its name.
func newRoomEvent(e audit.ReceiptEntry) (event commands.RoomEvent, isTold bool) {
	event = commands.RoomEvent{At: e.At, Entry: e.Seq, Request: commands.RequestID(e.Request), By: symphony.UserID(e.Actor)}
	switch e.Kind {
	case audit.Decision, audit.Answer: // the change itself has an entry
		return event, false
	case audit.Room:
		var body roomBody
		_ = json.Unmarshal(e.Body, &body) // a body that cannot be read tells nothing
		event.What = body.Act
	case audit.Member, audit.Owner:
		addMembership(&event.Membership, e)
		return event, true
	case audit.Operator:
		var body audit.OperatorBody
		_ = json.Unmarshal(e.Body, &body)
		event.What, event.Operator, event.By = body.Act, cmp.Or(body.Operator, "somebody"), 0
	case audit.Grant:
		var body grantBody
		_ = json.Unmarshal(e.Body, &body)
		event.What = fmt.Sprintf("grant %d: %s", body.N, cmp.Or(body.Act, "changed"))
	default:
		event.What = string(e.Kind)
	}
	return event, event.What != ""
}
