package commands_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
)

// undoable is a room that somebody has opened, with the button of its answer.
type undoable struct {
	w     *world
	undo  commands.Undo
	click commands.UndoClick
	job   *memory // of the click
}

func (w *world) opens(who, text string) *undoable {
	w.t.Helper()
	plan, job := w.mustPlan(who, text), newJob()
	job.store(w.t, plan)
	reply := w.finish(plan, job)
	require.NotNil(w.t, reply.Undo, "%+v", reply)
	now := time.Now()
	return &undoable{
		w: w, undo: *reply.Undo, click: commands.UndoClick{By: w.people[who].ID, At: now.Add(time.Minute), Shown: now}, job: newJob(),
	}
}

// press is the reply to the click, tried as often as the engine would.
func (u *undoable) press() commands.Reply {
	u.w.t.Helper()
	for range 5 {
		reply, err := u.w.env.Undo(u.w.t.Context(), u.job, u.undo, u.click)
		if refusal, ok := errors.AsType[*commands.Refusal](err); ok {
			return refusal.Reply()
		}
		if err == nil {
			return reply
		}
	}
	require.Fail(u.w.t, "undo was never done")
	return commands.Reply{}
}

func (u *undoable) room() symphony.Room {
	u.w.t.Helper()
	room, err := u.w.client.Room(u.w.t.Context(), u.undo.Room)
	require.NoError(u.w.t, err)
	return room
}

// oneMessageOf stubs the history of rooms with a message of somebody.
func oneMessageOf(id symphony.UserID) stub {
	return stub{path: "/message?", status: 200, answer: fmt.Sprintf(`[{"messageId":"m","user":{"userId":%d},"message":"<div/>"}]`, id)}
}

const (
	onRename = "/update"
	onClose  = "/setActive"
)

func TestRepliesUndo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var entries []entry
	add := func(situation string, reply commands.Reply) { entries = append(entries, entry{situation, reply}) }
	pressed := func(situation, name string, change func(u *undoable), stubs ...stub) {
		u := w.opens("bob", fmt.Sprintf("/newroom %q", name))
		if change != nil {
			change(u)
		}
		for _, s := range stubs {
			defer w.stub(s)()
		}
		add(situation, u.press())
	}
	pressed("Undone", "Q2 Earnings", nil)
	pressed("Undone, a long name", strings.Repeat("Long ", 9)+"name", nil)
	pressed("Somebody wrote after the room was renamed", "Quick", func(u *undoable) { require.NoError(t, u.job.Intend(t.Context(), "rename")) },
		oneMessageOf(w.people["carol"].ID))
	pressed("Symphony does not let the bot close the room", "Renamed", nil, stub{path: onClose, status: 403})
	pressed("Too late", "Late", func(u *undoable) { u.click.At = u.click.Shown.Add(15*time.Minute + time.Second) })
	pressed("Somebody else has written", "Used", nil, oneMessageOf(w.people["carol"].ID))
	pressed("The room was closed", "Closed", func(u *undoable) { require.NoError(t, w.client.SetRoomActive(t.Context(), u.undo.Room, false)) })
	pressed("The bot is not in the room any more", "Gone", nil, stub{path: "/info", status: 400})
	pressed("The room is another job's", "Foreign", func(u *undoable) { u.undo.Job = "another" })
	pressed("The bot may not rename the room", "Kept", nil, stub{path: onRename, status: 403})
	pressed("The messages of the room are not shown", "Unread", nil, stub{path: "/message?", status: 403})
	add("Undone, in the chat of a request that was answered in the 1:1 chat", commands.UndoneNotice())
	add("Undo was pressed before", commands.UndoRepeated("5k9d-02mx-q7ht", "room").Reply())
	for _, touched := range []bool{false, true} {
		for _, cancelled := range []bool{false, true} {
			add(fmt.Sprintf("Given up, perhaps changed: %t, cancelled: %t", touched, cancelled), w.env.UnfinishedUndo("5k9d-02mx-q7ht", "room", touched, cancelled))
		}
	}
	requireReplies(t, "undo.txt", entries)
}

func TestUndoChangesTheRoomOnceHoweverOftenAnAnswerIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, stubs := range map[string][]stub{
		"nothing is lost":           nil,
		"the new name":              {{path: onRename, count: 2, pass: true, status: 503}},
		"the new name, before":      {{path: onRename, count: 2, status: 503}},
		"the closing":               {{path: onClose, count: 2, pass: true, status: 503}},
		"the closing, before":       {{path: onClose, count: 2, status: 503}},
		"both":                      {{path: onRename, count: 2, pass: true, status: 503}, {path: onClose, count: 2, pass: true, status: 503}},
		"the look at the messages":  {{path: "/message?", count: 2, status: 503}},
		"the look at the room":      {{path: "/info", count: 2, status: 503}},
		"another name is asked for": {{path: onRename, count: 1, status: 400}},
	} {
		u := w.opens("bob", fmt.Sprintf("/newroom %q @alice", name))
		var restore []func()
		for _, s := range stubs {
			restore = append(restore, w.stub(s))
		}
		require.Equal(t, commands.CodeUndone, u.press().Code, name)
		for _, f := range restore {
			f()
		}
		room := u.room()
		require.False(t, room.Active, name)
		require.Regexp(t, `^`+name+` \(undone [0-9a-z]{4}(-[0-9a-z]{4}-[0-9a-z]{4})?\)$`, room.Attributes.Name)
		require.Empty(t, w.rooms(name), "the name is free")
		u.job = newJob()
		require.Equal(t, commands.CodeUndone, u.press().Code, "a store that was set back: %s", name)
		require.Empty(t, u.job.audited, "nothing was done again")
	}
}

func TestNewNameOfAnUndoneRoomFits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.opens("bob", `/newroom "`+strings.Repeat("é", 49)+`"`)
	u.press()
	name := u.room().Attributes.Name
	require.Equal(t, 49, utf8.RuneCountInString(name))
	require.Contains(t, name, "é (undone ")
}

func TestNewNameThatARoomHasGetsTheWholeNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.opens("bob", `/newroom "Desk"`)
	number := string(commands.NewRequestID(u.undo.Job))
	_, err := w.client.CreateRoom(t.Context(), symphony.RoomAttributes{Name: "DESK (undone " + number[:4] + ")"})
	require.NoError(t, err)
	u.press()
	require.Equal(t, "Desk (undone "+number+")", u.room().Attributes.Name)
	require.False(t, u.room().Active)
}

func TestUndoCountsOnlyMessagesOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for who, code := range map[symphony.UserID]string{
		w.people["bob"].ID: commands.CodeUndone, w.env.Self.ID: commands.CodeUndone, w.people["eve"].ID: "undo-used", 0: "undo-used",
	} {
		u := w.opens("bob", fmt.Sprintf(`/newroom "Of %d"`, who))
		remove := w.stub(oneMessageOf(who))
		require.Equal(t, code, u.press().Code, "written by %d", who)
		remove()
		require.Equal(t, code != commands.CodeUndone, u.room().Active)
	}
}

func TestRoomThatItsOwnerHasMarkedAsUndoneIsStillLookedAt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.opens("bob", `/newroom "Marked"`)
	name := "Marked (undone " + string(commands.NewRequestID(u.undo.Job))[:4] + ")"
	_, err := w.client.UpdateRoom(t.Context(), u.undo.Room, symphony.RoomUpdate{Name: &name})
	require.NoError(t, err)
	defer w.stub(oneMessageOf(w.people["carol"].ID))()
	require.Equal(t, "undo-used", u.press().Code)
	require.True(t, u.room().Active)
}

func TestRoomThatItsOwnerHasRenamedIsUndoneUnderItsOldName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.opens("bob", `/newroom "Old"`)
	name := "Secret"
	_, err := w.client.UpdateRoom(t.Context(), u.undo.Room, symphony.RoomUpdate{Name: &name})
	require.NoError(t, err)
	reply := u.press()
	require.True(t, reply.Open)
	require.NotContains(t, plain(reply), "Secret")
	require.Contains(t, u.room().Attributes.Name, "Old (undone ")
}
