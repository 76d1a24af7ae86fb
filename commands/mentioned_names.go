package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// The sender's client writes both parts of a mention, the id and the text. The id says who is
// meant; replies show the name that the directory has for it.

// maxMentionLookup bounds how long a reply may wait for names.
const maxMentionLookup = 5 * time.Second

// mentionLookup looks mentioned people up in the directory.
type mentionLookup struct {
	ids    []symphony.UserID
	done   chan struct{} // closed when what follows is known
	users  map[symphony.UserID]symphony.User
	failed bool // the directory did not answer, or may not be asked
}

// lookUpMentioned looks up who is mentioned, and waits for the answer.
func (p *roomPlan) lookUpMentioned(ctx context.Context) {
	defer p.beginMentionLookup(ctx)()
	if p.mentioned != nil {
		<-p.mentioned.done
	}
}

// useDirectoryNames gives the people of a stored plan the directory's names: those of mentioned
// people are stored as the message has them. It returns a line for each name that differs.
func (p *roomPlan) useDirectoryNames(ctx context.Context) []messageml.Node {
	for _, person := range p.People {
		p.req.Users = append(p.req.Users, int64(person.ID))
	}
	p.lookUpMentioned(ctx)
	var notes []messageml.Node
	for i, person := range p.People {
		if person.Username == "" { // others were found in the directory by their username or address
			notes = append(notes, p.mentionNote(person.ID, person.Name)...)
		}
		p.People[i].Name = p.nameOf(person.ID, person.Name)
	}
	return p.limitNotes(notes)
}

// beginMentionLookup looks up who is mentioned, and the companies of outsiders, while the room is
// being opened. The caller calls end before it returns.
func (p *roomPlan) beginMentionLookup(ctx context.Context) (end func()) {
	ids := convertIDs[symphony.UserID](p.req.Users)
	for _, who := range p.allInvitees() {
		if p.env.comesLater(who) && !slices.Contains(ids, who.ID) {
			ids = append(ids, who.ID)
		}
	}
	if len(ids) == 0 {
		return func() {}
	}
	ctx, cancel := context.WithTimeout(ctx, maxMentionLookup)
	lookup := &mentionLookup{ids: ids, done: make(chan struct{})}
	p.mentioned = lookup
	go lookup.run(ctx, p.env)
	return func() {
		cancel()
		<-lookup.done
	}
}

func (l *mentionLookup) run(ctx context.Context, env *Env) {
	defer close(l.done)
	l.users = map[symphony.UserID]symphony.User{env.Self.ID: env.Self}
	var rest []symphony.UserID
	for _, id := range l.ids {
		if user, known := env.accounts.find(keyOfID(id)); known {
			l.users[id] = user
		} else {
			rest = append(rest, id)
		}
	}
	if len(rest) == 0 {
		return
	}
	found, err := env.Symphony.UsersByID(ctx, rest...)
	l.failed = err != nil
	for _, u := range found {
		l.users[u.ID] = u
	}
}

// nameOf is the name that a reply shows: for who was mentioned that of the directory, for everybody
// else the given one.
func (p *roomPlan) nameOf(id symphony.UserID, given string) string {
	if p.mentioned == nil || !slices.Contains(p.mentioned.ids, id) {
		return given
	}
	<-p.mentioned.done
	switch user, found := p.mentioned.users[id]; {
	case user.DisplayName != "":
		return user.DisplayName
	case p.mentioned.failed && !found:
		return given
	}
	return placeholderName(int64(id))
}

// companyOf is the company of an outsider, where the directory tells it.
func (p *roomPlan) companyOf(id symphony.UserID) string {
	if p.mentioned == nil || !p.env.IsExternal(id) {
		return ""
	}
	<-p.mentioned.done
	return p.mentioned.users[id].Company
}

// withNames are the absentees by the names that a reply shows, outsiders with their companies. A
// requester of another company learns nothing of why one of our people is missing.
func (p *roomPlan) withNames(absent []absentee) []absentee {
	named := slices.Clone(absent)
	for i := range named {
		if p.env.IsExternal(p.req.From.ID) && !p.env.IsExternal(named[i].ID) && named[i].Cause.isOfDirectory() {
			named[i].Cause = CauseRefused
		}
		named[i].Name, named[i].Company = p.nameOf(named[i].ID, named[i].Name), p.companyOf(named[i].ID)
	}
	return named
}

// mentionNotes are a line for each mention whose text is not the directory's name.
func (p *roomPlan) mentionNotes() []messageml.Node {
	var notes []messageml.Node
	var told []string
	for _, mention := range p.req.Message.Mentions {
		id := symphony.UserID(mention.UserID)
		text := mentionText(p.req.Message, mention)
		if key := text + " " + id.String(); p.isPersonMention(id) && !slices.Contains(told, key) {
			told = append(told, key)
			notes = append(notes, p.mentionNote(id, text)...)
		}
	}
	return p.limitNotes(notes)
}

// isPersonMention reports whether a mention of the account names somebody for the room, or the bot.
func (p *roomPlan) isPersonMention(id symphony.UserID) bool {
	return id == p.env.Self.ID || p.mentioned != nil && slices.Contains(p.mentioned.ids, id)
}

// maxMentionNotes is how many lines a reply has about mentions.
const maxMentionNotes = 10

// limitNotes cuts many notes, and adds one if names could not be looked up.
func (p *roomPlan) limitNotes(notes []messageml.Node) []messageml.Node {
	if more := len(notes) - maxMentionNotes; more > 0 {
		notes = append(notes[:maxMentionNotes], messageml.Paragraph(messageml.Text(
			countNoun(more, "more mention has", "more mentions have")+" another name in the directory.")))
	}
	if p.mentioned == nil || len(p.req.Users) == 0 {
		return notes
	}
	if <-p.mentioned.done; p.mentioned.failed {
		notes = append(notes, messageml.Paragraph(messageml.Text(
			"I could not look up in the directory whom you mentioned. The names are those in your message.")))
	}
	return notes
}

// mentionNote is the line about a mention of this text, none where the directory has that name.
func (p *roomPlan) mentionNote(id symphony.UserID, text string) []messageml.Node {
	user, found := p.directoryEntry(id)
	text, _ = syntax.CleanName(text)
	bold := messageml.Bold(messageml.Text("@" + syntax.Truncate(text, maxEcho)))
	switch {
	case hasName(user, text), text == placeholderName(int64(id)):
		return nil
	case user.DisplayName != "":
		return []messageml.Node{messageml.Paragraph(bold, messageml.Text(" in your message is "),
			messageml.Bold(messageml.Text(user.DisplayName)), messageml.Text(" in the directory."))}
	case !found && p.mentioned.failed:
		return nil
	}
	return []messageml.Node{messageml.Paragraph(bold,
		messageml.Text(" in your message is "+placeholderName(int64(id))+", whose name the directory does not show me."))}
}

func (p *roomPlan) directoryEntry(id symphony.UserID) (symphony.User, bool) {
	if id == p.env.Self.ID {
		return p.env.Self, true
	}
	<-p.mentioned.done
	user, found := p.mentioned.users[id]
	return user, found
}

// hasName reports whether the text of a mention is a name of the account.
func hasName(u symphony.User, text string) bool {
	return slices.ContainsFunc([]string{u.DisplayName, u.FirstName + " " + u.LastName, u.Username, u.Email}, func(name string) bool {
		name, _ = syntax.CleanName(name)
		return name != "" && strings.EqualFold(name, text)
	})
}

// mentionText is the text of a mention, without the @.
func mentionText(m syntax.Message, mention syntax.Mention) string {
	from, found := skipRunes(m.Text, mention.Start)
	after, ends := skipRunes(from, mention.End-mention.Start)
	if !found || !ends {
		return ""
	}
	return strings.TrimPrefix(from[:len(from)-len(after)], "@")
}

// skipRunes is what follows the first n characters of a text. It reports whether there are so many.
func skipRunes(text string, n int) (rest string, ok bool) {
	for i := range text {
		if n == 0 {
			return text[i:], true
		}
		n--
	}
	return "", n == 0
}
