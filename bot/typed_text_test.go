package bot_test

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// typeLine writes a line, and before it what its user wrote before.
func (x *examiner) typeLine(line typedLine) ending {
	x.t.Helper()
	before := ""
	for _, text := range line.Before {
		x.observe(line.From, func() { before = x.writeText(line, text, "") })
	}
	if !line.Edit {
		before = ""
	}
	return x.observe(line.From, func() { x.writeText(line, line.Text, before) })
}

func (x *examiner) pressButton(who string, b answerButton) ending {
	x.t.Helper()
	return x.submitForm(who, b.message, b.form, b.name, nil)
}

func (x *examiner) submitForm(who string, m client.Message, form, action string, values map[string]any) ending {
	x.t.Helper()
	return x.observe(who, func() { x.asksByClick(who, m, form, action, values) })
}

// observe is what comes of something that somebody does.
func (x *examiner) observe(who string, do func()) (end ending) {
	x.t.Helper()
	do()
	x.waitUntilIdle()
	for {
		page, err := x.pod.MessagesAfter(x.t.Context(), x.seq, client.MessageFilter{As: who, From: "roombot"})
		require.NoError(x.t, err)
		end.answers = append(end.answers, page.Messages...)
		if page.Last <= x.seq {
			break
		}
		x.seq = page.Last
	}
	end.answers = slices.DeleteFunc(end.answers, func(m client.Message) bool { return m.ReplacedBy != "" })
	rooms, err := x.pod.Rooms(x.t.Context())
	require.NoError(x.t, err)
	for _, r := range rooms {
		if !x.known[r.StreamID] {
			x.known[r.StreamID] = true
			end.rooms = append(end.rooms, r)
		}
	}
	x.used = append(x.used, end.rooms...)
	return end
}

// cleanUp gives the rooms that were opened other names, so that theirs are free.
func (x *examiner) cleanUp() {
	x.t.Helper()
	for _, r := range x.used {
		x.counted++
		_, err := x.pod.UpdateRoom(x.t.Context(), r.StreamID, client.UpdateRoomRequest{As: r.OwnerNames()[0], Name: fmt.Sprint("Former ", x.counted)})
		require.NoError(x.t, err)
	}
	x.used = nil
}

var mentionInLine = regexp.MustCompile(`@\[([\w.]+)\]`)

// writeText sends a text, with mentions of those whom it names, and returns the message's id.
// Another message's id makes it an edit of that.
func (x *examiner) writeText(line typedLine, text, replacing string) string {
	x.t.Helper()
	var mentions []client.Mention
	for at := mentionInLine.FindStringSubmatchIndex(text); at != nil; at = mentionInLine.FindStringSubmatchIndex(text) {
		who := text[at[2]:at[3]]
		require.Contains(x.t, x.ids, who, line.Text)
		start, name := len([]rune(text[:at[0]])), "@"+x.names[who]
		mentions = append(mentions, client.Mention{Start: start, End: start + len([]rune(name)), UserID: x.ids[who]})
		text = text[:at[0]] + name + text[at[1]:]
	}
	var talk client.Conversation
	var err error
	switch {
	case replacing != "":
		talk, err = x.pod.Edit(x.t.Context(), client.EditRequest{As: line.From, MessageID: replacing, Text: text, Mentions: mentions})
	case len(mentions) == 0 && x.hasSomebodysName(text):
		return x.writePlainText(line, text)
	default:
		talk, err = x.pod.Say(x.t.Context(), client.SayRequest{As: line.From, To: x.chats[line.Where], Text: text, Mentions: mentions})
	}
	require.NoError(x.t, err, text)
	return talk.Message.ID
}

// hasSomebodysName reports whether a client of the pod would make a mention of a part of a text.
func (x *examiner) hasSomebodysName(text string) bool {
	for username, name := range x.names {
		lower := strings.ToLower(text)
		if strings.Contains(lower, "@"+username) || strings.Contains(lower, "@"+strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// writePlainText puts a text on the feed as a phone sends it whose user has chosen nobody
// from the list.
func (x *examiner) writePlainText(line typedLine, text string) string {
	x.t.Helper()
	stream, kind := x.chats[line.Where], "ROOM"
	if stream == "" {
		var err error
		stream, err = x.pod.OpenChat(x.t.Context(), line.From, "roombot")
		require.NoError(x.t, err)
		kind = "IM"
	}
	x.counted++
	x.sends(fmt.Sprintf("%s<!--%d-->", html.EscapeString(text), x.counted), func(m map[string]any) {
		m["stream"] = map[string]any{"streamId": stream, "streamType": kind}
		m["user"] = map[string]any{"userId": x.ids[line.From], "displayName": x.names[line.From], "username": line.From}
	})
	return ""
}

var (
	formInMarkup   = regexp.MustCompile(`(?s)<form[^>]* id="([^"]+)".*?</form>`)
	buttonInMarkup = regexp.MustCompile(`(?s)<button([^>]*)>(.*?)</button>`)
	nameInButton   = regexp.MustCompile(` name="([^"]+)"`)
)

// buttons are those that run something. What is edited in the form first does not count.
func (e ending) buttons() (all []answerButton) {
	for _, m := range e.answers {
		for _, form := range formInMarkup.FindAllStringSubmatch(m.Markup, -1) {
			if form[1] == commands.FormNewRoom {
				continue
			}
			for _, b := range buttonInMarkup.FindAllStringSubmatch(form[0], -1) {
				name := nameInButton.FindStringSubmatch(b[1])
				if name != nil && !strings.Contains(b[2], "Edit in form") {
					all = append(all, answerButton{m, form[1], name[1], b[2]})
				}
			}
		}
	}
	return all
}

func (e ending) text() string {
	var texts []string
	for _, m := range e.answers {
		texts = append(texts, plain(m))
	}
	return strings.Join(texts, "\n---\n")
}

func (x *examiner) groupNames(r client.Room) (names []string) {
	for _, g := range r.Groups {
		names = append(names, x.groups[g.ID])
	}
	return names
}

// withoutAccounts leaves out the accounts of groups.
func (x *examiner) withoutAccounts(usernames []string) []string {
	return slices.DeleteFunc(slices.Clone(usernames), func(name string) bool { return x.ids[name] == 0 })
}
