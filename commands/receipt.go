package commands

import (
	"context"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// receiptCommand tells how the room in which it is typed came about.
func (env *Env) receiptCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:     "receipt",
			Unlisted: true,
			Summary:  "who asked for this room, by which rule it was opened and who was let in, as a signed receipt",
			SaidAs:   []string{"who opened this room", "who created this room", "wer hat diesen raum eröffnet"},
			Examples: []string{"/receipt"},
		},
		Plan: func(ctx context.Context, r *Request) (Plan, error) {
			reply, err := env.answerReceipt(ctx, r)
			return readOnlyPlan(reply), err
		},
	}
}

func (env *Env) answerReceipt(ctx context.Context, r *Request) (Reply, error) {
	switch {
	case !r.Chat.Room:
		return noReceipt("A receipt is of a room: type /receipt in the room that you want to read of."), nil
	case env.IsExternal(r.From.ID): // who may not read what a policy says, nor why an account was not let in
		return noReceipt("I give receipts only to people of my own company."), nil
	}
	admin, err := env.Rules.IsAdmin(ctx, r.From.ID)
	if err != nil {
		return Reply{}, err
	}
	receipt, found, err := env.Record.Receipt(ctx, r.Chat.Stream, admin)
	switch {
	case err != nil:
		return Reply{}, err
	case !found:
		return noReceipt("I cannot tell how this room came about: I have not opened it, or my audit record does not go back that far."), nil
	case receipt.IsChanged:
		return noReceipt("Somebody has changed my audit record of this room, so I give no receipt. Ask " + env.Contact + " to verify the record."), nil
	}
	if !admin && r.From.ID != receipt.Story.Requester.ID {
		receipt.Story = receipt.Story.withoutTyped()
	}
	w := storyWriter{mentionsLeft: maxMentions}
	if err := env.findNames(ctx, r.From.ID, receipt.Story, &w); err != nil {
		return Reply{}, err
	}
	reply := textReply(CodeDone, "Receipt of "+quoteRoom(r.Chat.Name)+":")
	reply.Private = true
	var items []messageml.Item
	for _, line := range receipt.Story.Lines(StoryReader{Admin: admin, Most: maxNamed, Bot: env.Self.DisplayName}) {
		items = append(items, append(messageml.Item{messageml.Bold(messageml.Text(line.Title)), messageml.Text(": ")}, w.write(line.Parts)...))
	}
	reply.Body = append(reply.Body, messageml.List(items...))
	reply.Body = append(reply.Body, describeSignature(receipt, admin)...)
	return reply, nil
}

// CodeNoReceipt is the outcome where nothing is told of a room.
const CodeNoReceipt = "no-receipt"

func noReceipt(text string) Reply {
	reply := openReply(CodeNoReceipt, text)
	reply.Private = true
	return reply
}

func quoteRoom(name string) string {
	if name == "" {
		return "this room"
	}
	return "“" + name + "”"
}

// Symphony takes 80 mentions in a message, and 81,130 characters of what is left when it is
// encrypted.
const (
	maxMentions = 60
	maxNamed    = 30     // people in a line
	maxSigned   = 30_000 // letters of a signed receipt
)

// describeSignature shows what is signed, for copying.
func describeSignature(receipt Receipt, admin bool) []messageml.Node {
	text, code := messageml.Text, messageml.Code
	inShell := []messageml.Node{text(" Whoever runs me gets all of it by "), code(receiptInShell(receipt.Story.Room)), text(".")}
	switch {
	case receipt.HasNoKey:
		return []messageml.Node{messageml.Paragraph(text("It is not signed: I sign in with a certificate, and have no key to sign with."))}
	case receipt.Signed == "", len(receipt.Signed) > maxSigned:
		return []messageml.Node{messageml.Paragraph(append([]messageml.Node{text("The signed receipt is too long for a message.")}, inShell...)...)}
	}
	what := []messageml.Node{text("It is signed by my key "), code(receipt.Key), text("; "), code("bot audit verify RECEIPT --key publickey.pem"), text(" checks that.")}
	if !admin {
		what = append(append(what, text(" Names, what was typed, and what a card showed, are not in what is signed here.")), inShell...)
	}
	return []messageml.Node{
		messageml.Paragraph(what...),
		messageml.ExpandableCard(messageml.Collapsed, text("The signed receipt"), code(receipt.Signed)),
	}
}

// receiptInShell is the command that prints the signed receipt. An id that begins with a dash would
// be taken for a flag.
func receiptInShell(room symphony.StreamID) string {
	return "bot audit receipt --jws " + choose(strings.HasPrefix(string(room), "-"), "-- ", "") + string(room)
}

// storyWriter writes the parts of a story for a message.
type storyWriter struct {
	accounts     map[symphony.UserID]account
	groups       map[symphony.UserID]string // names of those that the reader may see
	isGroup      func(symphony.UserID) bool
	home         int64 // the own company
	mentionsLeft int
}

// findNames looks up what the people of a story are called. One whom Symphony does not show has no
// name.
func (env *Env) findNames(ctx context.Context, viewer symphony.UserID, story RoomStory, w *storyWriter) error {
	w.accounts, w.groups = map[symphony.UserID]account{}, map[symphony.UserID]string{}
	w.isGroup, w.home = env.Groups.IsGroup, env.Self.ID.Tenant()
	var people []symphony.UserID
	for _, line := range story.Lines(StoryReader{Most: maxNamed}) {
		for _, part := range line.Parts {
			if part.Person != nil && part.Person.ID != 0 && !w.isGroup(part.Person.ID) && !slices.Contains(people, part.Person.ID) {
				people = append(people, part.Person.ID)
			}
		}
	}
	found, err := env.accounts.byID(ctx, people)
	if err != nil && symphony.VerdictOf(err) != symphony.Refused {
		return err
	}
	for _, a := range found {
		w.accounts[a.ID] = a
	}
	visible, err := env.Groups.GroupsContaining(ctx, viewer, "")
	if err != nil && !isGroupRightMissing(err) {
		return err
	}
	for _, g := range visible {
		w.groups[g.ProfileID] = g.Name
	}
	return nil
}

func (w *storyWriter) write(parts []StoryPart) (nodes []messageml.Node) {
	for _, part := range parts {
		switch {
		case part.Person != nil:
			if nodes = append(nodes, w.writePerson(*part.Person)); part.HasNumber && w.hasName(*part.Person) {
				nodes = append(nodes, messageml.Text(" ("+part.Person.ID.String()+")"))
			}
		case part.Typed:
			nodes = append(nodes, messageml.Code(syntax.Truncate(part.Text, maxTyped)))
		default:
			nodes = append(nodes, messageml.Text(part.Text))
		}
	}
	return nodes
}

// maxTyped is how much of what was typed is shown, in letters.
const maxTyped = 2000

// hasName reports whether somebody is written by more than a number.
func (w *storyWriter) hasName(p Person) bool {
	_, known := w.accounts[p.ID]
	return known || p.Name != ""
}

// writePerson mentions an active colleague: a mention of anybody else may be refused, and the
// message with it.
func (w *storyWriter) writePerson(p Person) messageml.Node {
	found, known := w.accounts[p.ID]
	name, isVisible := w.groups[p.ID]
	switch {
	case p.ID == 0 || !isVisible && w.isGroup(p.ID):
		return messageml.Text("a group")
	case isVisible:
		return messageml.Bold(messageml.Text(name))
	case !known && p.Name != "":
		return messageml.Text(p.Name)
	case !known:
		return messageml.Text(placeholderName(int64(p.ID)))
	case !found.isActivePerson() || p.ID.Tenant() != w.home || w.mentionsLeft == 0:
		return messageml.Text(found.DisplayName)
	}
	w.mentionsLeft--
	return messageml.Mention(int64(p.ID))
}
