package commands

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
	"roombot/symphony"
)

const journalFiles = "testdata/journal"

// shape is something that is stored: an example, how it is written and how it is read back.
type shape struct {
	value  any
	encode func(t *testing.T) []byte
	decode func(t *testing.T, raw []byte) any
}

// storedAs is a shape that encoding/json writes and reads.
func storedAs[T any](value T) shape {
	return shape{
		value: value,
		encode: func(t *testing.T) []byte {
			raw, err := json.Marshal(value)
			require.NoError(t, err)
			return raw
		},
		decode: func(t *testing.T, raw []byte) any {
			var got T
			require.NoError(t, json.Unmarshal(raw, &got))
			return got
		},
	}
}

var (
	journalAlice   = Person{ID: 7078106103901, Name: "Alice Martin", Username: "alice", Email: "alice@acme.test"}
	journalCarol   = Person{ID: 7078106103903, Name: "Carol O'Neil"}
	journalCommand = syntax.Message{
		Text: `/newroom "desk 2" @Alice Martin`, Room: true,
		Mentions: []syntax.Mention{{Start: 18, End: 31, UserID: 7078106103901}},
	}
)

// shapes are all stored shapes, by the name of their golden file.
func shapes() map[string]shape {
	return map[string]shape{
		"plan": planShape(storedPlan{
			People: []Person{journalAlice, journalCarol}, Owners: []Person{journalAlice},
			Groups: []storedGroup{{ID: 7078106104001, Name: "Test Group", People: 3}},
		}),
		"plan_without_others": planShape(storedPlan{}),
		"person":              storedAs(journalAlice),
		"room": storedAs(storedCreation{
			Room: storedRoom{ID: "rhvGpDbjWIMgkdnbzA5yrX___l3-IcVwbQ", Name: "Q2 Earnings", External: true},
		}),
		"room_public": storedAs(storedCreation{
			Room: storedRoom{ID: "rhvGpDbjWIMgkdnbzA5yrX___l3-IcVwbQ", Name: "Town hall", Public: true},
		}),
		"outside": outsideShape(),
		"invitation": storedAs(map[string]any{
			"steps": []any{stepInvitation(7146825580545), StepEnd}, "causes": texts(CauseEnded),
		}),
		"undo": undoShape(),
		"undo_stamp": storedAs(storedStamp{
			Type: "com.roombot.reply", Version: "1.0", Request: "ekx4-798w-jjry", Part: "reply", Outcome: "done",
			Undo: &Undo{Job: "m1", Room: "rhvGpDbjWIMgkdnbzA5yrX___l3-IcVwbQ", Name: "Q2 Earnings", Chat: "chat"},
		}),
		"stamp_policy": storedAs(storedStamp{
			Type: "com.roombot.reply", Version: "1.0", Request: "ekx4-798w-jjry", Part: "reply", Outcome: "done", Policy: "1f0c22ab",
		}),
		"undo_rename":  storedAs(storedRename{Name: "Q2 Earnings (undone ekx4)"}),
		"undo_closing": storedAs(storedClosing{Refused: true, Written: true}),
		"talk":         talkShape(),
		"room_refused": storedAs(storedCreation{Refused: &Refusal{
			Code:    "name-taken",
			Message: "Symphony does not accept the name “desk”: another room may have it. Nothing was created.",
			Next:    "This name looks free:", Private: true, Offers: createOffers(journalCommand),
		}}),
		"absentees": storedAs([]absentee{
			{ID: 7078106103904, Name: "Ravi Shah", Cause: CauseBarrier},
			{ID: 7078106104001, Name: "Test Group", Cause: CauseGroup},
		}),
		"absentees_none": storedAs([]absentee{}),
		"stamp":          stampShape(),
		"stamp_lines":    stampOfLinesShape(),
		"names_lines":    storedAs(map[string]any{"buttons": texts(allButton(2))}),
		"form":           formShape(),
		"names":          namesShape(),
		"proofs": storedAs(map[string]any{
			"keyword": ProofKeyword, "label": ProofLabel,
			"proof of m1 by the key of zeros": proofKey(make([]byte, 32)).prove("m1"),
		}),
		"request_ids": storedAs(map[string]RequestID{
			"rhvGpDbjWIMgkdnbzA5yrX___l3-IcVwbQ": NewRequestID("rhvGpDbjWIMgkdnbzA5yrX___l3-IcVwbQ"),
			"m1":                                 NewRequestID("m1"),
			"":                                   NewRequestID(""),
		}),
	}
}

// planShape is a plan as the runtime stores it and Resume reads it.
func planShape(plan storedPlan) shape {
	return shape{
		value: plan,
		encode: func(t *testing.T) []byte {
			raw, err := json.Marshal(&roomPlan{storedPlan: plan})
			require.NoError(t, err)
			return raw
		},
		decode: func(t *testing.T, raw []byte) any {
			resumed, err := NewEnv(Env{}).resumeRoom(&Request{}, raw)
			require.NoError(t, err)
			return resumed.(*roomPlan).storedPlan
		},
	}
}

// stampShape is the stamp of a message with two offers.
func stampShape() shape {
	offers := []storedOffer{
		{Text: journalCommand.Text, Mentions: journalCommand.Mentions},
		{Text: journalCommand.Text, Mentions: journalCommand.Mentions, Edit: true},
	}
	return shape{
		value: storedStamp{
			Type: "com.roombot.reply", Version: "1.0", Request: "ekx4-798w-jjry", Part: "reply", Outcome: "preview",
			Origin: "m1", For: journalAlice.ID, Offers: offers,
		},
		encode: func(*testing.T) []byte {
			reply := Reply{Code: CodePreview, Offers: createOffers(journalCommand)}
			_, data := reply.Render(Stamp{Request: "ekx4-798w-jjry", Part: "reply", Origin: "m1", For: journalAlice.ID})
			return []byte(data)
		},
		decode: func(t *testing.T, raw []byte) any {
			stamp, ok := readStamp(string(raw))
			require.True(t, ok)
			return stamp
		},
	}
}

// stampOfLinesShape is the stamp of a message with buttons for two commands and for both.
func stampOfLinesShape() shape {
	one := journalCommand.Text
	return shape{
		value: storedStamp{
			Type: "com.roombot.reply", Version: "1.0", Request: "ekx4-798w-jjry", Part: "reply", Outcome: "multiple-commands", Origin: "m1",
			For: journalAlice.ID, Offers: []storedOffer{{All: 2}, {Text: one, Line: 1}, {Text: one, Line: 2}},
		},
		encode: func(*testing.T) []byte {
			command := syntax.Message{Text: one}
			reply := Reply{Code: "multiple-commands", Offers: []Offer{{All: 2}, {Command: command, Line: 1}, {Command: command, Line: 2}}}
			_, data := reply.Render(Stamp{Request: "ekx4-798w-jjry", Part: "reply", Origin: "m1", For: journalAlice.ID})
			return []byte(data)
		},
		decode: stampShape().decode,
	}
}

// formShape is the names in the form for a room: its id, its fields and its button.
func formShape() shape {
	var names []string
	reply, err := NewEnv(Env{}).FormReply(&syntax.FormRequest{}, nil)
	if err == nil {
		markup, _ := reply.Render(Stamp{})
		for _, found := range regexp.MustCompile(`(?:<form id| name)="([^"]*)"`).FindAllStringSubmatch(markup, -1) {
			names = append(names, found[1])
		}
	}
	return storedAs(names)
}

// namesShape is the names that stand in the store, in rooms and in messages.
func namesShape() shape {
	return storedAs(map[string]any{
		"steps": []any{StepPlan, stepRoom, stepRequester, stepMembers(10), stepFailedTries(stepMembers(10))},
		"causes": texts(CauseNotFound, CauseDisabled, CauseNotConnected, CauseInternalRoom, CauseBarrier, CauseEntitlement,
			CauseCompliance, CauseNotOwner, CauseGroup, CauseNoAnswer, CauseShutOut, CauseRefused),
		"outcomes": texts(CodeDone, CodePartial, CodePreview, CodeHelp, CodeForm, CodeGaveUp, CodeCancelled, CodeAdding, CodePutOff),
		"forms":    texts(FormNewRoom, FormOffer),
		"buttons":  texts(buttonCreate, offerButton(1)),
		"keyword":  RequestKeyword,
	})
}

// outsideShape is what is stored while people of other companies are waited for, since version 3.
func outsideShape() shape {
	return storedAs(map[string]any{
		"steps":    []any{stepOutside, stepPromotion(7146825580545)},
		"causes":   texts(CauseInvited, CauseNotJoined, CauseOwnerEntitlement, CauseForbidden),
		"outcomes": texts(CodeInvited),
	})
}

// undoShape is what a click on Undo stores, since version 4.
func undoShape() shape {
	return storedAs(map[string]any{
		"steps":    []any{StepUndo, stepRename, stepClose},
		"outcomes": texts(CodeUndone, CodeUndoRenamed),
		"buttons":  texts(ButtonUndo),
	})
}

// talkShape is the outcomes of answers to what is no command and of a form that was sent, and the
// field of the list of groups.
func talkShape() shape {
	return storedAs(map[string]any{"outcomes": texts(CodeTalk, CodeThanks, CodeSent), "field": fieldGroupList})
}

func texts[T ~string](values ...T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}

func TestJournalWritesTheGoldenShapes(t *testing.T) {
	t.Parallel()
	for name, s := range shapes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got bytes.Buffer
			require.NoError(t, json.Indent(&got, s.encode(t), "", "  "))
			got.WriteByte('\n')
			file := filepath.Join(journalFiles, name+".json")
			if *Update {
				require.NoError(t, os.WriteFile(file, got.Bytes(), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, string(want), got.String(), "a stored shape changed: see JournalVersion")
		})
	}
}

// Each golden file, of this version or of one before it, reads as the same value.
func TestJournalReadsAllVersions(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(journalFiles + "/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		name, _, _ := strings.Cut(filepath.Base(file), ".")
		s, ok := shapes()[name]
		require.True(t, ok, "%s belongs to no stored shape", file)
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, s.value, s.decode(t, raw), file)
	}
}

// A form that stands in a chat is read by the names in its golden file.
func TestJournalReadsASentForm(t *testing.T) {
	t.Parallel()
	form := formFromValues(symphony.FormValues{
		"name": json.RawMessage(`"Q2"`), "people": json.RawMessage(`[7078106103901]`), "owners": json.RawMessage(`{"userIds":[7078106103903]}`),
		"groups": json.RawMessage(`"Test Group"`), "desc": json.RawMessage(`"prep"`), "others": json.RawMessage(`"@dave"`),
		"history": json.RawMessage(`"yes"`),
	})
	require.Equal(t, "Q2", form.name)
	require.Equal(t, []int64{7078106103901}, form.people)
	require.Equal(t, []int64{7078106103903}, form.owners)
	require.Equal(t, []string{"Test Group", "prep", "@dave"}, []string{form.groups.asText(), form.desc, form.others})
	require.True(t, form.flags["history"])
	require.False(t, form.flags["public"])
}
