package bot

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

var update = flag.Bool("update", false, "write the golden files of the journal anew")

// The moment and the person of all samples.
var (
	sampleTime   = time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.UTC)
	samplePerson = commands.Person{ID: 7078106103903, Name: "Bob Chen", Username: "bob", Email: "bob@acme.test"}
)

// journalSamples are values of each stored shape with every field set, by the name of their golden
// file.
func journalSamples() map[string]any {
	message := func(text string, silent bool) symphony.Outgoing {
		return symphony.Outgoing{MessageML: "<messageML>" + text + "</messageML>", Data: `{"roombot":{}}`, Silent: silent}
	}
	return map[string]any{
		"request_message": storedRequest{
			Message: "second-version", Origin: "first-version", Stream: "stream", Room: true, Name: "Desk",
			From: samplePerson, At: sampleTime,
			Text: `<div data-format="PresentationML" data-version="2.0">/groups</div>`, Data: `{"0":{}}`, Journal: 2,
		},
		"request_form": storedRequest{
			Message: "carrier", Origin: "carrier", Stream: "chat", From: samplePerson, At: sampleTime,
			External: true, Form: &sentForm{ID: "roombot-newroom", Values: symphony.FormValues{
				"action": json.RawMessage(`"create"`), "name": json.RawMessage(`"Desk"`), "people": json.RawMessage(`[7078106103902]`),
			}},
		},
		"request_line": storedRequest{
			Message: "carrier", Origin: "carrier", Stream: "chat", From: samplePerson, At: sampleTime, Line: 2,
			Form: &sentForm{ID: "roombot-offer", Values: symphony.FormValues{"action": json.RawMessage(`"all-2"`)}},
		},
		"request_surplus": storedRequest{
			Message: "message", Origin: "message", Stream: "chat", From: samplePerson, At: sampleTime,
			Text: "<div>/help</div>", Missed: true, Surplus: "newest", Bound: boundPerson, Unreadable: true,
		},
		"outcome": outcome{
			Code: "partial", Failed: true, Command: "newroom", Room: "room", Stream: "chat",
			Reply: message("reply", true), Aside: message("aside", false), Brief: message("brief", false),
			Notice: message("notice", false), NoDetails: message("no details", false),
			Edited: "message", Edit: message("edit", false),
		},
		"posted":   sentMessage{Stream: "chat", Message: "message", Outcome: "done", Text: "c29tZSBzdW0", At: sampleTime},
		"lateness": lateness{Answered: true, Ago: 90 * time.Minute, Flooded: true},
		"heard":    feedProgress{Feed: "feed", Until: sampleTime, Next: "next", Found: sampleTime.Add(time.Minute), Since: sampleTime.Add(-time.Hour)},
	}
}

// asOfVersion0 is a sample without what version 0 did not store.
func asOfVersion0(sample any) any {
	switch s := sample.(type) {
	case outcome:
		s.Command, s.Room = "", ""
		s.Notice, s.NoDetails, s.Edit, s.Edited = symphony.Outgoing{}, symphony.Outgoing{}, symphony.Outgoing{}, ""
		return s
	case lateness:
		s.Flooded = false
		return s
	case feedProgress:
		s.Since = time.Time{}
		return s
	case storedRequest:
		s.Unreadable, s.Bound, s.External = false, "", false
		s.Journal, s.Line = 0, 0
		return s
	}
	return sample
}

func goldenFile(name string) string { return filepath.Join("testdata", "journal", name+".json") }

func TestJournalIsWrittenAsItsGoldenFiles(t *testing.T) {
	for name, sample := range journalSamples() {
		t.Run(name, func(t *testing.T) {
			text, err := json.MarshalIndent(sample, "", "  ")
			require.NoError(t, err)
			if *update {
				require.NoError(t, os.WriteFile(goldenFile(name), append(text, '\n'), 0o644))
			}
			golden, err := os.ReadFile(goldenFile(name))
			require.NoError(t, err)
			require.Equal(t, string(golden), string(text)+"\n")
		})
	}
}

func TestJournalIsReadAsAnyVersionHasWrittenIt(t *testing.T) {
	t.Parallel()
	samples := journalSamples()
	files, err := filepath.Glob(filepath.Join("testdata", "journal", "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 2*len(samples)+1, "a file of today and of version 0 for each shape, and the names")
	for name, sample := range samples {
		require.Equal(t, sample, readGolden(t, goldenFile(name), sample), name)
		require.Equal(t, asOfVersion0(sample), readGolden(t, goldenFile(name+".v0"), sample), name)
	}
}

// readGolden reads a file into the shape of the sample. Forms are compared without blanks.
func readGolden(t *testing.T, file string, sample any) any {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	value := reflect.New(reflect.TypeOf(sample))
	require.NoError(t, json.Unmarshal(text, value.Interface()), file)
	if r, ok := reflect.TypeAssert[*storedRequest](value); ok && r.Form != nil {
		for field, raw := range r.Form.Values {
			r.Form.Values[field] = json.RawMessage(strings.Join(strings.Fields(string(raw)), ""))
		}
	}
	return value.Elem().Interface()
}

func TestSamplesOfTheJournalSetEveryField(t *testing.T) {
	t.Parallel()
	set := map[string]bool{}
	for _, sample := range journalSamples() {
		v := reflect.ValueOf(sample)
		for i := range v.NumField() {
			field := v.Type().Name() + "." + v.Type().Field(i).Name
			set[field] = set[field] || !v.Field(i).IsZero()
			require.NotEmpty(t, v.Type().Field(i).Tag.Get("json"), "%s has no name of its own in the store", field)
		}
	}
	for field, isSet := range set {
		require.True(t, isSet, field)
	}
}

func TestNamesOfTheJournalAreThoseOfItsGoldenFile(t *testing.T) {
	t.Parallel()
	names := map[string]string{
		"step of the outcome": stepOutcome, "step of a missed request": stepMissed, "step of an update": stepUpdate,
		"step of the pointer": stepPointer, "step of the replaced first answer": stepRelieved, "step of the invited": stepInvited,
		"step of a delayed first answer": stepDelayed, "step of the question": stepAsked, "step of the stop": stepStopping,
		"step of the turn": stepTurn, "step of a button": stepAct, "intention of looking for a stopped room": intentStopLook,
		"part first delayed": partFirstDelayed, "part first asked": partFirstAsked, "part first stopping": partFirstStopping,
		"part first": partFirst, "part reply": partReply, "part aside": partAside, "part brief": partBrief, "part notice": partNotice,
		"part first details": partFirstDetails, "part first link": partFirstLink, "part first invited": partFirstInvited,
		"step of a form that was read": stepForm, "step of a form that was sent": stepSent, "part sent": partSent,
		"intention of waiting for Symphony's pace": intentThrottled, "note of the feed": noteHeard,
		"step in the first series": stepInSeries(stepOutcome, 1), "step in the second series": stepInSeries(stepOutcome, 2),
		"conversation of an undo": undoConversation("chat"),
		"claim of an undo":        undoClaim("job"), "step of the undone answer": stepUndone, "step of the undone notice": stepUndoneNotice,
		"claim of a message": messageClaim("origin"), "claim of the second command of a message": messageClaim(lineOrigin("origin", 2)),
		"job of the second command": lineJob("event", 2), "claim of a surplus": surplusClaim("chat", "newest"),
		"conversation of a surplus": surplusConversation("chat"),
		"claim of a person's flood": floodClaim(boundPerson, "chat", "7", "newest"), "claim of a chat's flood": floodClaim(boundChat, "chat", "7", "newest"),
		"claim of an answer to a person's flood": toldClaim(boundPerson, "chat", "7", "newest"),
		"claim of an answer to a chat's flood":   toldClaim(boundChat, "chat", "7", "newest"), "quota of rooms": roomsQuota(7),
	}
	golden, err := os.ReadFile(goldenFile("names"))
	require.NoError(t, err)
	var written map[string]string
	require.NoError(t, json.Unmarshal(golden, &written))
	require.Equal(t, written, names)
}
