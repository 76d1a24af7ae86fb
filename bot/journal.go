package bot

import (
	"fmt"
	"strconv"
	"time"

	"roombot/commands"
	"roombot/symphony"
)

// The journal is what this package keeps in the store: the names of steps, intentions, claims and
// notes, and the JSON of their values. It is a file format: a job that one version of the program
// has begun is finished by the next, and by other replicas of either version meanwhile.
//
// Whoever changes it
//   - adds fields and does not rename or drop them: what a version before this one wrote must be
//     read, and the zero value of a new field must mean what was meant without it;
//   - writes a new name beside the old one, and reads both, where a step's meaning changes;
//   - counts journalVersion up where a version before this one would do wrong with what is written;
//   - runs go test -run Journal -update, keeps the old file as NAME.vN.json beside the new one in
//     testdata/journal, and has the test read both.

// journalVersion is the version of the names and shapes of this file.
const journalVersion = 2

// Steps of a job, besides those of its command. The names of parts are also in the messages
// themselves, where they tell one answer to a request from another.
const (
	stepMissed  = "missed"    // lateness
	stepOutcome = "outcome"   // outcome
	stepForm    = "form"      // symphony.MessageID: to whose request a form that was sent belongs
	stepSent    = "sent"      // sentMessage: "Sent." took the place of the form
	partSent    = "sent-line" // sentMessage, where Symphony refused that

	partFirst = "first" // sentMessage, before all is done
	partReply = "reply" // sentMessage
	partAside = "aside" // sentMessage, in the 1:1 chat for a reply that Symphony refuses in the room
	partBrief = "brief" // sentMessage, for a reply that Symphony refuses everywhere
	// sentMessage, in a chat with other companies: says that the reply is in the 1:1 chat
	partNotice = "notice"
	// sentMessage, in the 1:1 chat: details of who is invited, of a chat with other companies
	partFirstDetails = "first-details"
	// sentMessage, where Symphony refused the edit of stepRelieved or of stepInvited
	partFirstLink    = "first-link"
	partFirstInvited = "first-invited"

	stepUpdate   = "update"   // sentMessage: the reply took the place of the first answer, or of its details
	stepPointer  = "pointer"  // sentMessage: the first answer now points to the 1:1 chat, or is the notice
	stepRelieved = "relieved" // sentMessage: a second first answer took the place of the first
	stepInvited  = "invited"  // sentMessage: that some are invited took the place of it
	stepUndone   = "undone"   // sentMessage: the answer of a room that was undone says so
	// sentMessage: so does what stands in the chat of the request, where the answer is in the 1:1 chat
	stepUndoneNotice = "undone-notice"
	stepDelayed      = "delayed"    // sentMessage: that it takes longer took the place of stepTurn's
	stepAsked        = "asked"      // sentMessage: the question whether to go on took the place of it
	stepHeldShown    = "held-shown" // sentMessage: that a pause holds the request took the place of it
	stepStopping     = "stopping"   // sentMessage: that a stopped request is looked after took the place of it

	// sentMessage, where Symphony refused the edit of stepDelayed, stepAsked, stepStopping or
	// stepHeldShown
	partFirstDelayed  = "first-delayed"
	partFirstAsked    = "first-asked"
	partFirstStopping = "first-stopping"
	partFirstHeld     = "first-held"

	stepDecided = "decided" // decisionBody of the plan; it has no entry in the audit record until another one counts

	stepTurn = "turn" // null: the user has been told which request comes first
	stepHeld = "held" // null: the user has been told that a pause holds the request
	stepAct  = "act"  // bool: whether a button could act on its request
)

// Steps of a request that somebody has to approve, each of its n-th question.
func stepShownPlan(n int) string { return fmt.Sprintf("approval/%d/plan", n) } // shownPlan

// stepAskedTold is null: the requester was told whom was asked. look is how often that had changed.
func stepAskedTold(n, look int) string { return stepOfLook(fmt.Sprintf("approval/%d/told", n), look) }

func stepOfLook(step string, look int) string {
	if look == 0 {
		return step
	}
	return fmt.Sprintf("%s/%d", step, look)
}

// partCard is the card for somebody, for a room where who is 0: a sentMessage. stepCardEnded says
// that it tells what has become of the question: a sentMessage.
func partCard(n int, who symphony.UserID) string      { return fmt.Sprintf("card/%d/%d", n, who) }
func stepCardEnded(n int, who symphony.UserID) string { return fmt.Sprintf("card-ended/%d/%d", n, who) }

// stepApprovalShown is a sentMessage: that somebody is asked took the place of an earlier first
// answer. partFirstApproval is a sentMessage, where Symphony refused that edit.
func stepApprovalShown(n, look int) string {
	return stepOfLook(fmt.Sprintf("approval-shown/%d", n), look)
}
func partFirstApproval(n, look int) string {
	return stepOfLook(fmt.Sprintf("first-approval/%d", n), look)
}

// stepApproved is of a click on a card, a bool: whether it has decided.
const stepApproved = "approved"

// Steps and parts of clicks about access that was refused.
const (
	stepAccess       = "access"        // askedAccess, of a click on "Request access"
	stepGrantDecided = "grant-decided" // bool, of a click on a card: whether it has decided
	partGrantTold    = "grant-told"    // sentMessage: who has asked reads what was decided
)

// partGrantCard is the card for an administrator, a sentMessage; stepGrantCard is an edit of it.
func partGrantCard(n int64, who symphony.UserID) string {
	return fmt.Sprintf("grant-card/%d/%d", n, who)
}
func stepGrantCard(n int64, who symphony.UserID, why string) string {
	return fmt.Sprintf("grant-card/%d/%d/%s", n, who, why)
}

// stepDecision is the nth decision with an entry in the audit record, a decisionBody. Together with
// the request's number it is the key of the entry.
func stepDecision(n int) string { return "decision/" + strconv.Itoa(n) }

// intentStopLook counts how often the room of a stopped request could not be looked for.
const intentStopLook = "stop-look"

// intentCardLook counts how often a card could not be told what has become of it.
const intentCardLook = "card-look"

// intentThrottled counts how often a job waited because Symphony asked for it.
const intentThrottled = "throttled"

// noteHeard is the note of how far the feed was read, a feedProgress.
const noteHeard = "heard"

// stepInSeries is the name of a step, or of a part of an answer, in a series of attempts.
func stepInSeries(step string, series int) string {
	if series <= 1 {
		return step
	}
	return step + "/" + strconv.Itoa(series)
}

// messageClaim is the key by which all versions of a message, and all clicks on its offers, write
// once.
func messageClaim(origin symphony.MessageID) string { return "message/" + string(origin) }

// lineOrigin is the origin of a request for one of several commands of a message: each of them
// writes once.
func lineOrigin(origin string, line int) symphony.MessageID {
	if line == 0 {
		return symphony.MessageID(origin)
	}
	return symphony.MessageID(origin + lineMark + strconv.Itoa(line))
}

// lineMark stands in no id of a message.
const lineMark = "#"

// lineJob is the id of the job for one of the commands that a click runs, whose event has this id.
func lineJob(event string, line int) string {
	if line <= 1 {
		return event
	}
	return event + lineMark + strconv.Itoa(line)
}

// surplusClaim is the key of the one job that answers for the surplus of a conversation, of a
// version that had a bound for the chat only: newest is the job that was taken last before it.
func surplusClaim(conversation, newest string) string {
	return "surplus/" + conversation + "/" + newest
}

// floodClaim is the key that shows that a flood goes on, of a person or of the whole chat. newest
// is the unfinished job that was taken last before it.
func floodClaim(b bound, conversation, owner, newest string) string {
	if b == boundChat {
		return surplusClaim(conversation, newest)
	}
	return surplusClaim(conversation, owner+"/"+newest)
}

// toldClaim is the key of the one request by which a person is told of a flood.
func toldClaim(b bound, conversation, owner, newest string) string {
	if b == boundChat {
		return surplusClaim(conversation, newest+"/"+owner)
	}
	return floodClaim(b, conversation, owner, newest)
}

// undoClaim is the key that belongs to a click on Undo, or for as long as it works to the job that
// has opened the room.
func undoClaim(job string) string { return "undo/" + job }

// undoConversation is the conversation of clicks on Undo in another one.
func undoConversation(conversation string) string { return "undo/" + conversation }

// roomsQuota is the key under which the rooms of a person are counted.
func roomsQuota(user symphony.UserID) string { return "rooms/" + ownerOf(user) }

// surplusConversation is the conversation in which the surplus of another one waits.
func surplusConversation(conversation string) string { return "surplus/" + conversation }

// storedRequest is the payload of a job: a message that is addressed to the bot, or a form that the
// bot has posted.
type storedRequest struct {
	// Message is the message that arrived, or the one that carries the form.
	Message symphony.MessageID `json:"message"`
	// Origin is the first version of an edited message; otherwise Message. Of a form it is the
	// message that the form answers, once attempt.readForm has read it.
	Origin symphony.MessageID `json:"origin"`
	Stream symphony.StreamID  `json:"stream"`
	Room   bool               `json:"room,omitempty"`
	Name   string             `json:"roomName,omitempty"`
	From   commands.Person    `json:"from"`
	At     time.Time          `json:"at"`

	// Text and Data are the message as delivered: PresentationML and entities.
	Text string `json:"text,omitempty"`
	Data string `json:"data,omitempty"`

	// External marks a request from a chat of which its event says that other companies take part.
	External bool `json:"external,omitempty"`

	Form *sentForm `json:"form,omitempty"`

	// Line is which of several commands of one message the request is for, where a click runs all of
	// them: each has a job. It is 0 for any other request.
	Line int `json:"line,omitempty"`

	// Journal is the commands.JournalVersion of the program that accepted the request; 0 for those
	// before version 2.
	Journal int `json:"journal,omitempty"`

	// Missed marks a message that no feed has brought: it was found in the history.
	Missed bool `json:"missed,omitempty"`

	// Surplus marks a request that is left out, since too many of its person or its conversation are
	// unfinished: it is the job that was taken last before it.
	Surplus string `json:"surplus,omitempty"`

	// Bound says of a surplus request which of the two it is. It is empty for requests that a version
	// with a bound for the chat only has left out.
	Bound bound `json:"bound,omitempty"`

	// Unreadable marks a message or form whose reading panicked. It has no text; a version that does
	// not know the mark answers it like an empty message, with help.
	Unreadable bool `json:"unreadable,omitempty"`
}

// sentForm is a form as the user sent it.
type sentForm struct {
	ID     string              `json:"id"`
	Values symphony.FormValues `json:"values"`
}

// lateness is what was decided about a missed request. Flooded says that it may have been left out
// as surplus.
type lateness struct {
	Answered bool          `json:"answered"`
	Ago      time.Duration `json:"ago"`
	Flooded  bool          `json:"flooded,omitempty"`
}

// outcome is what was decided about a request: what the user is told, and where. From the moment it
// is stored nothing else is done or said.
type outcome struct {
	Code    string            `json:"code"`
	Failed  bool              `json:"failed,omitempty"`
	Command string            `json:"command,omitempty"` // name in the catalogue, where one was read
	Room    symphony.StreamID `json:"room,omitempty"`    // that was opened, or undone
	Stream  symphony.StreamID `json:"stream"`
	Reply   symphony.Outgoing `json:"reply"`
	Aside   symphony.Outgoing `json:"aside,omitzero"` // of a reply to a room
	Brief   symphony.Outgoing `json:"brief"`

	// Notice is what the chat of the request reads once Reply is in the 1:1 chat, since people of
	// other companies could read Reply; NoDetails where Symphony refused it there. A version that
	// knows neither sends Reply all the same.
	Notice    symphony.Outgoing `json:"notice,omitzero"`
	NoDetails symphony.Outgoing `json:"noDetails,omitzero"`

	// Edit takes the place of the message Edited, the answer of a room that was undone. A version that
	// knows neither sends Reply.
	Edited symphony.MessageID `json:"edited,omitempty"`
	Edit   symphony.Outgoing  `json:"edit,omitzero"`
}

// sentMessage is the result of sending a message. Message is empty where Symphony refused it for
// good.
type sentMessage struct {
	Stream  symphony.StreamID  `json:"stream"`
	Message symphony.MessageID `json:"message,omitempty"`
	Outcome string             `json:"outcome,omitempty"`
	Text    string             `json:"text,omitempty"` // checksum of what was sent; empty where it was found
	At      time.Time          `json:"at,omitzero"`    // by Symphony's clock, as all times of messages
}

// feedProgress is how far the feed was read: everything up to a time, and what has come through a
// feed since. Next is another feed that was found since then: what was said between the two is
// still to be looked for. Since is the first start of the store: what was said before that is
// nobody's request. It is empty where an older version has made the store.
type feedProgress struct {
	Feed  symphony.DatafeedID `json:"feed"`
	Until time.Time           `json:"until"`
	Next  symphony.DatafeedID `json:"next,omitempty"`
	Found time.Time           `json:"found,omitzero"`
	Since time.Time           `json:"since,omitzero"`
}
