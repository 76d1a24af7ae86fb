package bot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

// typedLines are lines as people type them, each with what its user wanted.
const typedLines = "../commands/testdata/typed.json"

// leastDone is the part of the typed lines that must be done, or be offered by a button.
const leastDone = 0.95

// typedLine is a line as somebody types it. @[alice] in it stands for a mention that the client has
// made; @alice is only text.
type typedLine struct {
	Lang   string      `json:"lang"`
	Where  string      `json:"where"` // "room", or "crossroom" with people of another company; the 1:1 chat by default
	From   string      `json:"from"`
	Before []string    `json:"before"` // what they have written before
	Edit   bool        `json:"edit"`   // the line is put in the place of the one before
	Text   string      `json:"text"`
	Ask    bool        `json:"ask"`    // nothing may be opened before a click, and each reading in Wanted has a button
	Wanted []wantedEnd `json:"wanted"` // one that may come of the line; without Ask, any of them
}

// wantedEnd is what a user wants of a line: an answer or one or more rooms. A room without a name
// is the form with everything else filled in.
type wantedEnd struct {
	answer string // "help", "groups", "nothing" (no room, but an answer) or "silence"
	rooms  []wantedRoom
}

// wantedRoom is a room that a user wants. People do not include the requester and the owners.
type wantedRoom struct {
	Name      string   `json:"name"`
	Shortened bool     `json:"shortened"` // the room has the beginning of the name
	People    []string `json:"people"`
	Owners    []string `json:"owners"`
	Groups    []string `json:"groups"`
	Desc      string   `json:"desc"`
	Flags     []string `json:"flags"`
	Preview   bool     `json:"preview"`
}

func (w *wantedEnd) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &w.answer) == nil {
		return nil
	}
	var several struct{ Rooms []wantedRoom }
	if err := json.Unmarshal(raw, &several); err != nil || len(several.Rooms) > 0 {
		w.rooms = several.Rooms
		return err
	}
	w.rooms = make([]wantedRoom, 1)
	return decodeStrictly(raw, &w.rooms[0])
}

func decodeStrictly(raw []byte, value any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	return decoder.Decode(value)
}

func (w *wantedEnd) wantsForm() bool { return len(w.rooms) == 1 && w.rooms[0].Name == "" }

func (w *wantedEnd) wantsPreview() bool { return len(w.rooms) == 1 && w.rooms[0].Preview }

func (l typedLine) hasEnd(is func(*wantedEnd) bool) bool {
	return slices.ContainsFunc(l.Wanted, func(w wantedEnd) bool { return is(&w) })
}

// judgement says what is wrong with what came of a line; nothing if reason is empty.
type judgement struct {
	line     typedLine
	reason   string
	unwanted bool // a room was opened that the user did not want
}

func (j judgement) String() string {
	kind := "not done"
	if j.unwanted {
		kind = "UNWANTED ROOM"
	}
	return fmt.Sprintf("%s: %s %s %s: %s\n%s", kind, j.line.Lang, j.line.Where, j.line.From, j.line.Text, j.reason)
}

func readTypedLines(t *testing.T) []typedLine {
	t.Helper()
	raw, err := os.ReadFile(typedLines)
	require.NoError(t, err)
	var lines []typedLine
	require.NoError(t, decodeStrictly(raw, &lines))
	languages := map[string]int{}
	for _, line := range lines {
		languages[line.Lang]++
		require.NotEmpty(t, line.Wanted, line.Text)
	}
	require.GreaterOrEqual(t, len(lines), 200)
	require.Len(t, languages, 5, "%v", languages)
	return lines
}

// TestLinesAsPeopleTypeThemAreDoneOrOfferedByAButton computes two figures: the part of the lines
// that are done or that a button does, and the number of rooms that nobody wanted.
func TestLinesAsPeopleTypeThemAreDoneOrOfferedByAButton(t *testing.T) {
	t.Parallel()
	lines := readTypedLines(t)
	bad := judgeLines(t, lines)
	require.False(t, t.Failed(), "the lines could be typed")
	unwanted := 0
	for _, j := range bad {
		t.Log(j)
		if j.unwanted {
			unwanted++
		}
	}
	done := float64(len(lines)-len(bad)) / float64(len(lines))
	t.Logf("%d lines: %.1f %% done or offered; %d unwanted rooms", len(lines), 100*done, unwanted)
	require.GreaterOrEqual(t, done, leastDone, "lines that are done, or that a button does")
	require.Zero(t, unwanted, "rooms that nobody wanted")
}

// judgeLines types all lines and gives those whose users did not get what they wanted.
func judgeLines(t *testing.T, lines []typedLine) (bad []judgement) {
	t.Helper()
	var mu sync.Mutex
	t.Run("lines", func(t *testing.T) {
		for lane := range examiners {
			t.Run(fmt.Sprint(lane), func(t *testing.T) {
				t.Parallel()
				x := newExaminer(t)
				for i := lane; i < len(lines); i += examiners {
					if j := x.judgeLine(lines[i]); j.reason != "" {
						mu.Lock()
						bad = append(bad, j)
						mu.Unlock()
					}
				}
			})
		}
	})
	slices.SortFunc(bad, func(a, b judgement) int { return strings.Compare(a.String(), b.String()) })
	return bad
}

// compareRooms says in what the rooms that were opened differ from those that are wanted, or
// nothing.
func (x *examiner) compareRooms(by string, wanted wantedEnd, opened []client.Room) string {
	if len(wanted.rooms) != len(opened) {
		return fmt.Sprintf("%d rooms in place of %d", len(opened), len(wanted.rooms))
	}
	for _, want := range wanted.rooms {
		at := slices.IndexFunc(opened, func(r client.Room) bool { return want.hasName(r.Name) })
		if at < 0 {
			return fmt.Sprintf("the name is %q", opened[0].Name)
		}
		if difference := x.compareRoom(by, want, opened[at]); difference != "" {
			return difference
		}
	}
	return ""
}

func (w wantedRoom) hasName(name string) bool {
	switch {
	case w.Name == "":
		return name == formName
	case w.Shortened:
		start := strings.TrimRight(name, " ….")
		return len(start) >= 30 && strings.HasPrefix(w.Name, start)
	}
	return name == w.Name
}

func (x *examiner) compareRoom(by string, want wantedRoom, is client.Room) string {
	owners := slices.Concat(want.Owners, []string{by, "roombot"})
	people := slices.Concat(want.People, owners)
	in, may := slices.Clone(people), slices.Clone(people)
	for _, g := range want.Groups {
		in, may = append(in, x.members[g]...), append(may, x.members[g]...)
	}
	var differences []string
	compare := func(what string, a, b []string) {
		if extra := subtract(a, b); len(extra) > 0 {
			differences = append(differences, fmt.Sprintf("%s: %s", what, strings.Join(extra, ", ")))
		}
	}
	compare("is missing", in, is.Usernames())
	compare("is not wanted", x.withoutAccounts(is.Usernames()), may)
	compare("is no owner", owners, is.OwnerNames())
	compare("is an owner", is.OwnerNames(), owners)
	compare("group is missing", want.Groups, x.groupNames(is))
	compare("group is not wanted", x.groupNames(is), want.Groups)
	compare("is not so", want.Flags, flagsOf(is))
	compare("is so", flagsOf(is), append(impliedFlags(want.Flags), want.Flags...))
	if want.Desc != "" && want.Desc != is.Description {
		differences = append(differences, fmt.Sprintf("the description is %q", is.Description))
	}
	return strings.Join(differences, "; ")
}

func subtract(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

// flagsOf are the options of a room that are not as they are by default.
func flagsOf(r client.Room) (flags []string) {
	for flag, on := range map[string]bool{
		"public": r.Public, "external": r.CrossPod, "readonly": r.ReadOnly, "nocopy": r.CopyProtected,
		"history": r.ViewHistory, "discoverable": r.Discoverable, "members-can-add": r.MembersCanInvite,
	} {
		if on {
			flags = append(flags, flag)
		}
	}
	return flags
}

// impliedFlags are what Symphony makes of a public room.
func impliedFlags(flags []string) []string {
	if slices.Contains(flags, "public") {
		return []string{"history", "discoverable", "members-can-add"}
	}
	return nil
}
