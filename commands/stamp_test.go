package commands_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

func TestButtonRunsItsOffer(t *testing.T) {
	t.Parallel()
	command := syntax.Message{Text: `/newroom "${x} <b>" @Alice`, Mentions: []syntax.Mention{{Start: 20, End: 26, UserID: 1<<53 + 1}}}
	reply := commands.Reply{Code: "x", Offers: []commands.Offer{{Label: "One", Command: command}, {Label: "Two", Command: command, Edit: true}}}
	_, data := reply.Render(commands.Stamp{Request: "r1", Part: "reply", Origin: "m1"})
	for i, want := range reply.Offers {
		want.Label = ""
		got, err := commands.ClickedOffer(data, symphony.FormValues{"action": fmt.Appendf(nil, `"offer-%d"`, i)}, 0)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.True(t, commands.IsReplyPart(data, "r1", "reply"))
	require.False(t, commands.IsReplyPart(data, "r1", "first"))
	require.False(t, commands.IsReplyPart(data, "r2", "reply"))
	require.Equal(t, "m1", commands.OriginOf(data, "m2"))
	require.Equal(t, "m2", commands.OriginOf(`{"other":{}}`, "m2"))
}

func TestUnknownButtonHasExpired(t *testing.T) {
	t.Parallel()
	_, data := commands.Reply{Offers: []commands.Offer{{Label: "One"}}}.Render(commands.Stamp{})
	for _, action := range []string{`"offer-1"`, `"offer--1"`, `"offer-0x"`, `"+0"`, `""`, `7`, `null`, `["offer-9"]`, `{}`} {
		_, err := commands.ClickedOffer(data, symphony.FormValues{"action": json.RawMessage(action)}, 0)
		var refusal *commands.Refusal
		require.ErrorAs(t, err, &refusal, action)
		require.Equal(t, "expired", refusal.Code)
	}
	for _, damaged := range []string{"", "{}", "null", `{"roombot":7}`, `{"roombot":{"offers":[7]}}`, "nonsense"} {
		_, err := commands.ClickedOffer(damaged, symphony.FormValues{"action": json.RawMessage(`"offer-0"`)}, 0)
		require.Error(t, err, damaged)
	}
}

func TestStampTellsWhatAMessageAnswers(t *testing.T) {
	t.Parallel()
	stamp := commands.Stamp{Request: "r1", Part: "brief", Origin: "m1", For: 42}
	_, final := commands.Reply{Code: commands.CodeDone}.Render(stamp)
	_, first := commands.Reply{Code: commands.CodePutOff}.Render(stamp)
	require.Equal(t, commands.CodeDone, commands.OutcomeOf(final))
	require.True(t, commands.IsFinalReply(final, "r1"), "whichever part it is")
	require.False(t, commands.IsFinalReply(final, "r2"))
	require.False(t, commands.IsFinalReply(first, "r1"), "the reply is still to come")
	require.True(t, commands.IsFor(final, 42))
	require.False(t, commands.IsFor(final, 43))
	for _, other := range []string{"", "{}", `{"other":{"request":"r1","for":42}}`, "nonsense"} {
		require.Empty(t, commands.OutcomeOf(other))
		require.False(t, commands.IsFor(other, 42))
		require.False(t, commands.IsFor(other, 0), "a message without a stamp is for nobody")
		require.False(t, commands.IsFinalReply(other, "r1"))
		require.False(t, commands.IsReplyPart(other, "r1", "brief"))
	}
}

func TestButtonForAllCommandsRunsEach(t *testing.T) {
	t.Parallel()
	first, second := syntax.Message{Text: `/newroom "A"`}, syntax.Message{Text: `/newroom "B"`}
	_, data := commands.Reply{Offers: []commands.Offer{
		{Label: "Create both", All: 2}, {Label: `Create "A"`, Command: first, Line: 1}, {Label: `Create "B"`, Command: second, Line: 2},
	}}.Render(commands.Stamp{})
	both := symphony.FormValues{"action": json.RawMessage(`"all-2"`)}
	require.Equal(t, 2, commands.ClickedCommands(both))
	for line, want := range map[int]syntax.Message{1: first, 2: second} {
		got, err := commands.ClickedOffer(data, both, line)
		require.NoError(t, err)
		require.Equal(t, commands.Offer{Command: want, Line: line}, got)
	}
	for line, action := range map[int]string{0: "all-2", 1: "all-3", 2: "offer-1", 3: "all-2"} {
		_, err := commands.ClickedOffer(data, symphony.FormValues{"action": fmt.Appendf(nil, "%q", action)}, line)
		require.Error(t, err, "%s for command %d", action, line)
	}
	require.Equal(t, 1, commands.ClickedCommands(symphony.FormValues{"action": json.RawMessage(`"all-99"`)}))
}
