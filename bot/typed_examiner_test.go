package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

// examiners is how many pods the lines are typed on, one line after the other on each.
const examiners = 8

// formName is what an examiner fills into the form.
const formName = "Filled in"

// examiner types lines on a pod, one after the other, and presses what the bot answers with.
type examiner struct {
	*world
	ids     map[string]int64    // of people, by username
	names   map[string]string   // of people, by username
	members map[string][]string // usernames, by group
	groups  map[int64]string    // by profile id
	chats   map[string]string   // by where, besides the 1:1 chat
	known   map[string]bool     // rooms that are there, by stream id
	used    []client.Room       // rooms to be renamed
	seq     int64               // of the last message that was seen
	counted int                 // what has a number so far: plain texts and renamed rooms
}

func newExaminer(t *testing.T) *examiner {
	t.Helper()
	x := &examiner{
		world: newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond, w.hands = 20, 1000, 4 }),
		ids:   map[string]int64{}, names: map[string]string{}, members: map[string][]string{}, groups: map[int64]string{},
		chats: map[string]string{}, known: map[string]bool{},
	}
	people, err := x.pod.People(t.Context())
	require.NoError(t, err)
	for _, p := range append(people.People, people.Bot) {
		x.ids[p.Username], x.names[p.Username] = p.ID, p.DisplayName
	}
	for _, g := range people.Groups {
		x.groups[g.ProfileID] = g.Name
		for _, p := range people.People {
			if slices.Contains(g.Members, p.ID) {
				x.members[g.Name] = append(x.members[g.Name], p.Username)
			}
		}
	}
	x.openChat("room", `/newroom "Trading floor" @alice @carol`)
	x.openChat("crossroom", `/newroom "Beta desk" external @alice @eve`)
	return x
}

// openChat has the bot open a room for lines that are not typed in the 1:1 chat.
func (x *examiner) openChat(where, command string) {
	x.t.Helper()
	opened := x.observe("bob", func() { x.asks("bob", command) }).rooms
	require.Len(x.t, opened, 1)
	x.chats[where], x.used = opened[0].StreamID, nil
}

// ending is what came of a line or a click.
type ending struct {
	rooms     []client.Room
	answers   []client.Message // without what was replaced
	previewed bool             // the rooms were shown in a preview first
	filled    bool             // the rooms were asked for in a form
}

// answerButton is a button of an answer.
type answerButton struct {
	message           client.Message
	form, name, label string
}

// judgeLine types a line, and presses the buttons of the answer where nothing was opened.
func (x *examiner) judgeLine(line typedLine) judgement {
	x.t.Helper()
	first := x.typeLine(line)
	defer x.cleanUp()
	if len(first.rooms) > 0 {
		return x.judgeOpened(line, first)
	}
	ends := []ending{x.finishEnding(line, first)}
	j := x.judgeAnswered(line, ends)
	for i, b := range first.buttons() {
		if j.reason == "" {
			break
		}
		if i > 0 || len(ends[0].rooms) > 0 {
			x.cleanUp()
			again := x.typeLine(line).buttons()
			if i >= len(again) {
				break
			}
			b = again[i]
		}
		ends = append(ends, x.finishEnding(line, x.pressButton(line.From, b)))
		j = x.judgeAnswered(line, ends)
	}
	return j
}

func (x *examiner) judgeOpened(line typedLine, first ending) judgement {
	j := judgement{line: line, unwanted: true, reason: "the bot was to ask first"}
	if line.Ask {
		return j
	}
	for _, wanted := range line.Wanted {
		if j.reason = x.compareEnding(line.From, wanted, first); j.reason == "" {
			return judgement{}
		}
	}
	return j
}

// judgeAnswered looks for what was wanted in the answer and in what its buttons do.
func (x *examiner) judgeAnswered(line typedLine, ends []ending) judgement {
	var missing []string
	for _, wanted := range line.Wanted {
		var reasons []string
		for _, end := range ends {
			if reason := x.compareEnding(line.From, wanted, end); reason != "" {
				reasons = append(reasons, reason)
			}
		}
		if len(reasons) == len(ends) {
			missing = append(missing, "  "+strings.Join(reasons, " | "))
		}
	}
	if len(missing) == 0 || (!line.Ask && len(missing) < len(line.Wanted)) {
		return judgement{}
	}
	return judgement{line: line, reason: strings.Join(missing, "\n") + "\n" + ends[0].text()}
}

// compareEnding says in what an ending differs from what was wanted, or nothing.
func (x *examiner) compareEnding(by string, wanted wantedEnd, end ending) string {
	text := end.text()
	switch {
	case wanted.answer != "" && len(end.rooms) > 0:
		return fmt.Sprintf("%q was opened", end.rooms[0].Name)
	case wanted.answer == "silence" && len(end.answers) > 0, wanted.answer == "nothing" && len(end.answers) == 0:
		return "answers: " + fmt.Sprint(len(end.answers))
	case wanted.answer == "help" && !strings.Contains(text, "/newroom – ") && !strings.Contains(text, "I open rooms"):
		return "no help"
	case wanted.answer == "groups" && !strings.Contains(text, "FX EMEA (2 people)"):
		return "no groups"
	case wanted.answer != "":
		return ""
	case len(end.rooms) == 0:
		return "nothing was opened"
	case wanted.wantsPreview() != end.previewed:
		return fmt.Sprintf("was a preview shown: %t", end.previewed)
	case wanted.wantsForm() != end.filled:
		return fmt.Sprintf("was the form shown: %t", end.filled)
	}
	return x.compareRooms(by, wanted, end.rooms)
}

// finishEnding fills in the form, or creates what a preview shows, where the line wants that.
func (x *examiner) finishEnding(line typedLine, end ending) ending {
	x.t.Helper()
	if len(end.rooms) > 0 {
		return end
	}
	for _, m := range end.answers {
		isForm := slices.ContainsFunc(m.Forms, func(f client.Form) bool { return f.ID == commands.FormNewRoom })
		if isForm && line.hasEnd((*wantedEnd).wantsForm) {
			end.rooms = x.submitForm(line.From, m, commands.FormNewRoom, "create", map[string]any{"name": formName}).rooms
			end.filled = true
			return end
		}
	}
	if buttons := end.buttons(); len(buttons) > 0 && line.hasEnd((*wantedEnd).wantsPreview) && strings.Contains(end.text(), "Nothing was created yet") {
		end.rooms, end.previewed = x.pressButton(line.From, buttons[0]).rooms, true
	}
	return end
}
