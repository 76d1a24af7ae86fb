package commands

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// This file is a file format. What stands here is written into the store, into rooms and into
// messages, and is read back by a later attempt: perhaps after a crash, perhaps by a newer version.

// JournalVersion numbers the names and shapes in this file. To change one of them:
//  1. a new optional field needs nothing else: an absent field reads as its zero value; nor does a
//     step that earlier versions may pass over;
//  2. for anything else, raise the number: a job carries the version that wrote it, and a replica
//     that knows only older versions leaves the job to others;
//  3. keep reading what the version before wrote: rename testdata/journal/X.json to the next free
//     X.vN.json, which the test goes on decoding, and run go test ./commands -run Journal -update;
//  4. never give an old name another meaning, and never change NewRequestID.
const JournalVersion = 4

// FirstProofVersion is the version from which on rooms carry a proof.
const FirstProofVersion = 2

// Steps of a job, as the engine stores them.
const (
	// StepPlan stores the plan of a command that writes, a storedPlan.
	StepPlan = "plan"
	// stepRoom is the creation of the room, the step that must not happen twice: its intentions are
	// stored before each call, its result is a storedCreation.
	stepRoom = "room"
	// stepRequester adds the requester to the room; the result is a list of absentees.
	stepRequester = "requester"
)

// stepMembers adds the part of the invitees that begins with this number. The result is a list of
// absentees. A later part with outsiders has an intention before it begins.
func stepMembers(first int) string { return fmt.Sprintf("members/%d", first) }

// stepOutside waits for people of other companies, who may come into the room later. Its intention
// is the time when everybody was added; the result is a list of absentees. Before version 3 they
// counted as members at once.
const stepOutside = "outside"

// stepPromotion makes an outsider an owner; the result is a Cause, empty when it worked.
func stepPromotion(who symphony.UserID) string { return fmt.Sprintf("promotion/%d", who) }

// stepInvitation is that an outsider was invited by a part that has to be tried again; the result
// is true.
func stepInvitation(who symphony.UserID) string { return fmt.Sprintf("invitation/%d", who) }

// StepEnd is in the audit record the step of who is in the room when a request ends unfinished. It
// has no result.
const StepEnd = "end"

// stepFailedTries counts with its intentions how often the step of a part has failed.
func stepFailedTries(step string) string { return step + "/failed" }

// Steps of a click on Undo, since version 4: an older version would go on with a room that was
// undone. The intentions are stored before the calls that change the room.
const (
	// StepUndo stores what is to be undone, an Undo.
	StepUndo   = "undo"
	stepRename = "rename" // storedRename
	stepClose  = "close"  // storedClosing
)

// Undo is what a button Undo stands for: a room, the job that has opened it, and its name then.
type Undo struct {
	Job  string            `json:"job"`
	Room symphony.StreamID `json:"room"`
	Name string            `json:"name"`
	// Chat is where the room was asked for. The answer may be in the 1:1 chat.
	Chat symphony.StreamID `json:"chat,omitempty"`
}

// storedRename is the new name of an undone room; it is empty where Symphony refused every one.
type storedRename struct {
	Name string `json:"name,omitempty"`
}

// storedClosing says why an undone room stays open; none of it where it is closed.
type storedClosing struct {
	Refused bool `json:"refused,omitempty"` // by Symphony
	Written bool `json:"written,omitempty"` // by somebody else, since it was renamed
}

// storedPlan is who comes into the room besides the requester, under StepPlan.
type storedPlan struct {
	People []Person      `json:"people"`
	Owners []Person      `json:"owners"` // each is among People
	Groups []storedGroup `json:"groups"`
	// Together is how many people come together, the requester and those behind the groups included,
	// each counted once; 0 in plans of older versions.
	Together int `json:"together,omitempty"`
}

// Person is somebody a request concerns, in a plan and in the job of the request.
type Person struct {
	ID       symphony.UserID `json:"id"`
	Name     string          `json:"name"`
	Username string          `json:"username"`
	Email    string          `json:"email"`
}

// storedGroup is a distribution list, with the account by which it joins a room.
type storedGroup struct {
	ID     symphony.UserID `json:"id"`
	Name   string          `json:"name"`
	People int             `json:"behind"` // how many it brings
	// Restricted says that not everybody may know of it.
	Restricted bool `json:"restricted,omitempty"`
}

// storedCreation is the result of stepRoom: the room, or why Symphony certainly made none.
type storedCreation struct {
	Room    storedRoom `json:"room"`
	Refused *Refusal   `json:"refused,omitempty"`
}

// storedRoom is what later steps need to know of the room.
type storedRoom struct {
	ID       symphony.StreamID `json:"id"`
	Name     string            `json:"name"`
	External bool              `json:"external"`
	Public   bool              `json:"public,omitempty"`
}

// Refusal is an error for the user: what is wrong, where, and what to do. Nothing was created.
type Refusal struct {
	// Code is stable, for logs, metrics and tests.
	Code string `json:"code"`
	// Message says what is wrong, as a sentence.
	Message string `json:"message"`
	// Next says what to do about it; empty where the message or an offer does.
	Next string `json:"next,omitempty"`
	// Line and Caret show the place in what the user typed; empty without one.
	Line   string  `json:"-"`
	Caret  string  `json:"-"`
	Offers []Offer `json:"offers,omitempty"`
	// Room is a room that the user may open instead.
	Room    symphony.StreamID `json:"room,omitempty"`
	Private bool              `json:"private,omitempty"`
	// Final is true where no correction would help.
	Final bool `json:"-"`
	// Access has the refusal offer to ask the administrators.
	Access *AccessRequest `json:"access,omitempty"`
	// keepsForm is true where no correction is the only one: a form that was sent is shown as it
	// was.
	keepsForm bool
	// Open is that of the reply. A refusal that was read back from the store is not open.
	Open bool `json:"-"`
	// Fresh and Unannounced are those of the reply.
	Fresh       bool `json:"-"`
	Unannounced bool `json:"-"`
}

// Offer is a command that the user can run by a click.
type Offer struct {
	Label   string         `json:"label"`
	Command syntax.Message `json:"command"`
	// Edit opens the command's form, filled in, instead of running it.
	Edit bool `json:"edit"`
	// Line is the number of the command among several in one message, from 1; 0 otherwise.
	Line int `json:"line,omitempty"`
	// All is set where a click runs all commands of the message, the offers with a Line: how many
	// there are. Command is then empty.
	All int `json:"all,omitempty"`
	// Act, where it is set, is done to the request of Job instead of running a command.
	Act Act    `json:"act,omitempty"`
	Job string `json:"job,omitempty"`
}

// absentee is somebody who could not be added, or not as wanted.
type absentee struct {
	ID    symphony.UserID `json:"id"`
	Name  string          `json:"name"`
	Cause Cause           `json:"cause"`
	// Company is the name of an outsider's company, which replies show and nobody stores.
	Company string `json:"-"`
}

// Cause is why somebody could not be added to a room.
type Cause string

// The causes.
const (
	CauseNotFound         Cause = "not-found"
	CauseDisabled         Cause = "disabled"
	CauseNotConnected     Cause = "not-connected"
	CauseInternalRoom     Cause = "external-into-internal-room"
	CauseBarrier          Cause = "barrier"
	CauseEntitlement      Cause = "entitlement"
	CauseForbidden        Cause = "forbidden"
	CauseCompliance       Cause = "compliance"
	CauseNotOwner         Cause = "not-owner"
	CauseOwnerEntitlement Cause = "owner-entitlement"
	CauseGroup            Cause = "group-refused"
	CauseNoAnswer         Cause = "no-answer"
	CauseShutOut          Cause = "shut-out"
	CauseUnseen           Cause = "unseen"
	CauseRefused          Cause = "refused"
	// Of people of other companies: not yet in the room, and not within the time that they are
	// looked for.
	CauseInvited   Cause = "invited"
	CauseNotJoined Cause = "not-joined"
	// CauseEnded is in the audit record only.
	CauseEnded Cause = "ended"
)

// Codes of outcomes, besides those of refusals and of package syntax.
const (
	CodeDone      = "done"
	CodePartial   = "partial"
	CodePreview   = "preview"
	CodeHelp      = "help"
	CodeTalk      = "talk"
	CodeThanks    = "thanks"
	CodeSent      = "sent"
	CodeForm      = "form"
	CodeGaveUp    = "gave-up"
	CodeCancelled = "cancelled"
	// Of answers that were edited after a click on Undo. The second is of a room that stays open.
	CodeUndone      = "undone"
	CodeUndoRenamed = "undo-renamed"
	CodeStopped     = "stopped" // by the requester
	// Of first answers: the reply is still to come.
	CodeAdding  = "adding"
	CodeInvited = "invited"
	CodePutOff  = "put-off"
	// codeElsewhere is of a message that says only where the reply is.
	codeElsewhere = "elsewhere"
	// codeKeepTrying is of the answer to who wants a request to go on.
	codeKeepTrying = "keep-trying"
)

// stampKey is where the stamp stands in the entity data of a message.
const stampKey = "roombot"

const (
	stampType    = "com.roombot.reply"
	stampVersion = "1.0"
)

// storedStamp is the stamp of a message. A form reply brings no state back, so what the buttons of
// a message stand for is read from the message that shows them.
type storedStamp struct {
	Type    string          `json:"type"`
	Version string          `json:"version"`
	Request RequestID       `json:"request"`
	Part    string          `json:"part"`
	Outcome string          `json:"outcome"`
	Origin  string          `json:"origin,omitempty"`
	For     symphony.UserID `json:"for,omitempty"`
	Failed  bool            `json:"failed,omitempty"`
	Offers  []storedOffer   `json:"offers,omitempty"`
	Undo    *Undo           `json:"undo,omitempty"`
	Policy  string          `json:"policy,omitempty"` // its version; none in stamps of before
	// Approval is of a card on which somebody approves a request. A version that knows none takes its
	// buttons for no form of the bot's.
	Approval *ApprovalCard `json:"approval,omitempty"`
	// Access and Grant are of a refusal with a button to request access, and of a card about that. A
	// version that knows none takes their buttons for some that do not work any more.
	Access *AccessRequest `json:"access,omitempty"`
	Grant  int64          `json:"grant,omitempty"`
}

// storedOffer is an offer in a stamp.
type storedOffer struct {
	Text     string           `json:"text"`
	Mentions []syntax.Mention `json:"mentions,omitempty"`
	Edit     bool             `json:"edit,omitempty"`
	Line     int              `json:"line,omitempty"`
	All      int              `json:"all,omitempty"`
	Act      Act              `json:"act,omitempty"`
	Job      string           `json:"job,omitempty"`
}

// Act is what a button does to a request that is not finished. It is also the name of the button,
// so that a click tells what it is before its message is read. A version that knows no acts takes
// such a button for one that does not work any more.
type Act string

// The acts.
const (
	ActKeepTrying Act = "keep-trying"
	ActStop       Act = "stop"
)

// The forms that the bot posts. A form that stands in a chat may be sent long after.
const (
	FormNewRoom  = "roombot-newroom"
	FormOffer    = "roombot-offer"
	FormApproval = "roombot-approval"
	FormGrant    = "roombot-grant"
)

// Buttons of a card about an approval.
const (
	ButtonApprove = "approve"
	ButtonReject  = "reject"
)

// Fields of the form for a room. Each flag is a field named by the key of its option.
const (
	fieldName   = "name"
	fieldPeople = "people"
	fieldOwners = "owners"
	fieldGroups = "groups"
	// fieldGroupList stands in place of fieldGroups where groups are chosen from a list.
	fieldGroupList = "group-list"
	fieldDesc      = "desc"
	fieldOthers    = "others"
)

// buttonCreate sends the form for a room.
const buttonCreate = "create"

// ButtonUndo undoes the room of a message.
const ButtonUndo = "undo"

// ButtonAccess asks the administrators for what was refused.
const ButtonAccess = "request-access"

// offerButton runs the offer of this number.
func offerButton(i int) string { return "offer-" + strconv.Itoa(i) }

// allButton runs all offers with a line, so many as the number says. A version that does not know
// it takes it for a button that does not work any more.
func allButton(n int) string { return "all-" + strconv.Itoa(n) }

// RequestKeyword is the key of the room keyword whose value is the request id: how a room is found
// again when Symphony's answer to its creation was lost.
const RequestKeyword = "roombot-request"

// ProofKeyword is the key of the room keyword that shows that the bot made the room for the
// request: the number can be computed by anybody who reads the message.
const ProofKeyword = "roombot-proof"

// ProofLabel is the label under which the keys of proofs are derived from the bot's private key.
const ProofLabel = "roombot-proof"

// proofSize is how many bytes of the code make the proof, which is written in hexadecimal.
const proofSize = 16

// RequestID names one request in replies, logs and in the room it made. It follows from the id of
// the message that carried the request, so that every replica and every attempt derives the same.
type RequestID string

// A number of a request has so many of these letters and digits.
const (
	requestAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // without i, l, o, u: read aloud on the phone
	requestDigits   = 12
)

// NewRequestID derives the id from the id of the message, or of a form from the id of the event
// that brought it. Twelve characters carry 60 bits.
func NewRequestID(source string) RequestID {
	sum := sha256.Sum256([]byte(source))
	s := base32.NewEncoding(requestAlphabet).WithPadding(base32.NoPadding).EncodeToString(sum[:8])
	return RequestID(strings.Join([]string{s[0:4], s[4:8], s[8:12]}, "-"))
}
