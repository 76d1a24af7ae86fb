package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

const formML = `<form id="vote"><text-field name="why"/><button name="cast">Cast</button></form>`

// answerTypes are the types of the control API's answers, by operation.
var answerTypes = map[string]any{
	"GET /":                  client.IndexAnswer{},
	"GET /people":            client.PeopleAnswer{},
	"GET /chats":             client.ChatsAnswer{},
	"POST /chats":            client.OpenChatAnswer{},
	"POST /rooms":            client.Room{},
	"POST /groups":           client.Group{},
	"POST /rooms/{streamId}": client.Room{},
	"GET /chats/{streamId}":  client.ChatAnswer{},
	"POST /say":              client.Conversation{},
	"POST /edit":             client.Conversation{},
	"POST /act":              client.Conversation{},
	"GET /messages":          client.MessagesAnswer{},
	"POST /chatter":          client.ChatterAnswer{},
	"POST /join":             client.JoinAnswer{},
	"POST /leave":            client.EmptyAnswer{},
	"POST /connect":          client.Connection{},
	"GET /state":             client.State{},
	"GET /wire":              client.WireAnswer{},
	"GET /record":            client.RecordAnswer{},
	"GET /feeds":             client.FeedsAnswer{},
	"GET /manifest":          client.Manifest{},
	"GET /rights":            client.Rights{},
	"POST /rights":           client.Rights{},
	"GET /faults":            []client.Fault{},
	"POST /faults":           []client.Fault{},
	"DELETE /faults":         []client.Fault{},
	"DELETE /faults/{id}":    []client.Fault{},
	"POST /events":           client.InjectAnswer{},
	"POST /clock":            client.ClockAnswer{},
	"POST /reset":            client.EmptyAnswer{},
	"GET /keys":              client.Keys{},
	"POST /keys":             client.Keys{},
	"DELETE /keys/previous":  client.Keys{},
}

func TestTheTypesHoldEveryFieldThatThePodAnswers(t *testing.T) {
	w := newWorld(t)
	callEverything(t, w)
	operations, err := w.Operations(t.Context())
	require.NoError(t, err)
	for _, full := range operations {
		operation := strings.Replace(full, "/sandbox/v1", "", 1)
		if operation == "GET /live" {
			continue // a WebSocket
		}
		into, known := answerTypes[withSlash(operation)]
		require.True(t, known, "the answer of %s has no type", operation)
		bodies := w.answered.of(strings.TrimRight(operation, "/"))
		require.NotEmpty(t, bodies, "no method of the client calls %s", operation)
		for _, body := range bodies {
			requireSameJSON(t, operation, body, into)
		}
	}
}

// withSlash gives the index, whose path is empty, a path.
func withSlash(operation string) string {
	if strings.HasSuffix(operation, " ") {
		return operation + "/"
	}
	return operation
}

// requireSameJSON decodes an answer into its type and encodes it again.
func requireSameJSON(t *testing.T, operation string, body json.RawMessage, like any) {
	t.Helper()
	into := reflect.New(reflect.TypeOf(like))
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(into.Interface()), "%s: %s", operation, body)
	again, err := json.Marshal(into.Interface())
	require.NoError(t, err)
	require.JSONEq(t, string(body), string(again), operation)
}

// callEverything calls every method of the client on a pod that has something of everything.
func callEverything(t *testing.T, w *world) {
	t.Helper()
	ctx := t.Context()
	no := func(err error) { t.Helper(); require.NoError(t, err) }
	said, err := w.Says(ctx, "bob", "hello @alice")
	no(err)
	edited, err := said.Edits(ctx, "hello")
	no(err)
	require.Equal(t, said.ID, edited.InitialID)
	w.sends(t, said.StreamID, formML)
	form, err := edited.Reply(ctx)
	no(err)
	_, err = w.Submits(ctx, "bob", form, "vote", "cast", map[string]any{"why": "so"})
	no(err)
	group := w.group(t)
	room := w.room(t, symphony.RoomAttributes{
		Name: "Desk", Public: true, ViewHistory: true, Discoverable: true, MembersCanInvite: true,
		Keywords: []symphony.Keyword{{Key: "team", Value: "fx"}},
	})
	no(w.bot.AddMember(ctx, symphony.StreamID(room), group))
	_, err = w.Join(ctx, "kim", room)
	no(err)
	_, err = w.Chat(ctx, "kim", room)
	no(err)
	_, err = w.Chats(ctx, "bob")
	no(err)
	_, err = w.OpenChat(ctx, "bob", "alice")
	no(err)
	desk, err := w.CreateGroup(ctx, client.CreateGroupRequest{
		Name: "Few", Members: []string{"bob"}, RestrictedTenants: []int64{103}, RestrictedUsers: []string{"alice", "bob"},
	})
	no(err)
	require.Equal(t, []string{"bob"}, desk.Members)
	made, err := w.CreateRoom(ctx, client.CreateRoomRequest{
		As: "carol", Name: "Rates", Description: "of carol", Members: []string{"kim", "roombot"}, Keywords: []client.Keyword{{Key: "team", Value: "fx"}},
	})
	no(err)
	require.Equal(t, []string{"carol", "kim", "roombot"}, made.Usernames())
	renamed, err := w.UpdateRoom(ctx, made.StreamID, client.UpdateRoomRequest{As: "carol", Name: "FX rates"})
	no(err)
	require.Equal(t, "FX rates", renamed.Name)
	require.Equal(t, "fx", renamed.Keyword("team"))
	_, err = w.bot.CreateDatafeed(ctx, "")
	no(err)
	no(w.Fail(ctx, client.Fault{Path: "/never/*", Status: 503, RetryAfter: 1, Delay: "1ms", Probability: 0.5, Count: 3}))
	no(w.bot.SetManifest(ctx, `{"commands":[{"name":"help","desc":"Help","example":"/help","args":[{"name":"topic"}]}]}`))
	meddleWithRoom(t, w, room)
}

// group is the account of a distribution list.
func (w *world) group(t *testing.T) symphony.UserID {
	t.Helper()
	for g, err := range w.bot.Groups(t.Context(), symphony.DistributionListType) {
		require.NoError(t, err)
		if g.Name == "Test Group" {
			account, err := g.Account()
			require.NoError(t, err)
			return account
		}
	}
	require.Fail(t, "no Test Group")
	return 0
}

// meddleWithRoom calls what the bot does not see, and ends with a reset.
func meddleWithRoom(t *testing.T, w *world, room string) {
	t.Helper()
	ctx := t.Context()
	no := func(err error) { t.Helper(); require.NoError(t, err) }
	_, err := w.bot.Connect(ctx, w.user(t, "mallory"))
	no(err)
	_, err = w.AcceptConnection(ctx, "mallory", "roombot")
	no(err)
	feeds, err := w.Inject(ctx, json.RawMessage(`{"id":"x","type":"BRANDNEW","payload":{}}`))
	no(err)
	require.Equal(t, 1, feeds)
	chattered, err := w.Chatter(ctx, client.ChatterRequest{As: "bob", Text: "number {n}", Count: 3})
	no(err)
	require.GreaterOrEqual(t, chattered.Queued, 4)
	for _, read := range []func() error{
		func() error { _, err := w.People(ctx); return err },
		func() error { _, err := w.Record(ctx, 0); return err },
		func() error { _, err := w.State(ctx); return err },
		func() error { _, err := w.Feeds(ctx); return err },
		func() error { _, err := w.Calls(ctx, 0); return err },
		func() error { _, err := w.Manifest(ctx); return err },
		func() error { _, err := w.Inbox(ctx, "bob"); return err },
		func() error { _, err := w.Faults(ctx); return err },
		func() error { return w.RemoveFault(ctx, "f1") },
		func() error { return w.Heal(ctx) },
		func() error { return w.Leave(ctx, "kim", room) },
		func() error { _, err := w.Advance(ctx, time.Minute); return err },
	} {
		no(read())
	}
	rights, err := w.Rights(ctx)
	no(err)
	_, err = w.Keys(ctx)
	no(err)
	another, err := rsa.Generate(2048)
	no(err)
	pasted, err := w.PasteKey(ctx, string(another.PublicPEM()))
	no(err)
	require.Equal(t, another.Fingerprint(), pasted.Current)
	require.NotNil(t, pasted.PreviousUntil)
	_, err = w.RevokePreviousKey(ctx)
	no(err)
	rights.GroupManager = false
	no(w.SetRights(ctx, rights))
	no(w.Reset(ctx))
}

func TestARefusalIsAnErrorWithItsStatus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Says(t.Context(), "nobody", "hi")
	var refused *client.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, client.Error{
		Operation: "POST say", Status: http.StatusNotFound, Message: `There is nobody with the username "nobody"`,
	}, *refused)
	_, err = w.Watch(t.Context(), "nobody")
	require.ErrorAs(t, err, &refused)
	require.Equal(t, http.StatusNotFound, refused.Status)
	require.Equal(t, `There is nobody with the username "nobody"`, refused.Message)
	require.Error(t, w.Fail(t.Context(), client.Fault{Kind: "misspelt"}))
	require.ErrorContains(t, w.AskToJoin(t.Context(), "kim", w.room(t, symphony.RoomAttributes{Name: "Desk"})), "asked to add you")
}

func TestAPodThatIsNotThereIsAnErrorOfItsOwn(t *testing.T) {
	t.Parallel()
	gone := client.New("http://127.0.0.1:1")
	_, err := gone.State(t.Context())
	require.ErrorContains(t, err, "call the sandbox")
	require.NotErrorAs(t, err, new(*client.Error))
}

func TestAnAnswerThatIsTooLongIsAnErrorAndNotCut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.SetMaxAnswer(100)
	_, err := w.State(t.Context())
	require.EqualError(t, err, "the sandbox's answer to GET state has more than 100 bytes")
}

func TestWaitingEndsEvenWithoutADeadline(t *testing.T) {
	t.Parallel()
	ctx, cancel := client.WithPatience(t.Context())
	defer cancel()
	end, limited := ctx.Deadline()
	require.True(t, limited)
	require.WithinDuration(t, time.Now().Add(time.Minute), end, 10*time.Second)

	longer, cancelLonger := context.WithTimeout(t.Context(), time.Hour)
	defer cancelLonger()
	ctx, cancelAgain := client.WithPatience(longer)
	defer cancelAgain()
	end, _ = ctx.Deadline()
	require.Greater(t, time.Until(end), 50*time.Minute, "a deadline of one's own counts")
}

func TestSeesWaitsForAMessageInAnyChatOfThePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	room := w.room(t, symphony.RoomAttributes{Name: "Desk"})
	w.sends(t, room, "ready, said before")
	said, err := w.Says(t.Context(), "bob", "are you ready?")
	require.NoError(t, err)
	sent := make(chan error, 1)
	go func() {
		time.Sleep(30 * time.Millisecond)
		sent <- errors.Join(w.send(t.Context(), said.StreamID, "not yet"), w.send(t.Context(), room, "ready at last"))
	}()
	answer, err := said.Sees(t.Context(), "ready")
	require.NoError(t, err)
	require.NoError(t, <-sent)
	require.Equal(t, "ready at last", answer.Text)
	require.Equal(t, room, answer.StreamID)
	first, err := said.Reply(t.Context())
	require.NoError(t, err)
	require.Equal(t, "not yet", first.Text)
	earlier, err := w.Sees(t.Context(), "bob", "before")
	require.NoError(t, err)
	require.Equal(t, "ready, said before", earlier.Text)
}

func TestSeesThatEndsInVainSaysWhatWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	said, err := w.Says(t.Context(), "bob", "/newroom Desk")
	require.NoError(t, err)
	w.sends(t, said.StreamID, "I am busy")
	_, err = w.SaysIn(t.Context(), "alice", "carol", "Desk is open")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = said.Sees(ctx, "is open")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.EqualError(t, err, `wait for a message with "is open": context deadline exceeded; bob has seen since: ["I am busy"]`)
}

func TestAnAnswerToAFormIsWhatComesAfterItsButton(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	said, err := w.Says(t.Context(), "bob", "form, please")
	require.NoError(t, err)
	w.sends(t, said.StreamID, formML)
	w.sends(t, said.StreamID, "fill it in")
	form, err := said.Reply(t.Context())
	require.NoError(t, err)
	clicked, err := w.Submits(t.Context(), "bob", form, "vote", "cast", map[string]any{"why": "so"})
	require.NoError(t, err)
	require.Equal(t, []client.Form{{ID: "vote", Submitted: true}}, clicked.Forms)
	w.sends(t, said.StreamID, "thank you")
	answer, err := clicked.Reply(t.Context())
	require.NoError(t, err)
	require.Equal(t, "thank you", answer.Text)
}

func TestRoomsAreFoundAsThePodComparesNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.room(t, symphony.RoomAttributes{Name: "FX Desk", Keywords: []symphony.Keyword{{Key: "team", Value: "fx"}}})
	room, err := w.RoomNamed(t.Context(), "fxdesk")
	require.NoError(t, err)
	require.Equal(t, "FX Desk", room.Name)
	require.Equal(t, []string{"roombot", "bob"}, room.Usernames())
	require.Equal(t, []string{"roombot"}, room.OwnerNames())
	require.Equal(t, "fx", room.Keyword("team"))
	require.Empty(t, room.Keyword("else"))
	_, err = w.RoomNamed(t.Context(), "Other")
	require.EqualError(t, err, `there is no room called "Other"; the rooms are ["FX Desk"]`)
}

func TestFollowGivesEveryMessageOnceAndInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var texts []string
	say := func(text string) error { _, err := w.SaysIn(ctx, "bob", "alice", text); return err }
	require.NoError(t, say("one"))
	require.NoError(t, say("two"))
	err := w.Follow(ctx, time.Millisecond, func(messages []client.Message) error {
		for _, m := range messages {
			texts = append(texts, m.Text)
		}
		switch len(texts) {
		case 2:
			return say("three")
		case 3:
			cancel()
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"one", "two", "three"}, texts)
	all, err := w.Messages(t.Context(), client.MessageFilter{From: "bob", Limit: 2})
	require.NoError(t, err)
	require.Len(t, all, 3, "page by page")
}

func TestAWatcherReceivesEachKindOfFrame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	watcher, err := w.Watch(ctx, "bob")
	require.NoError(t, err)
	next := func(kind string) client.Frame {
		t.Helper()
		for {
			frame, err := watcher.Next()
			require.NoError(t, err)
			if frame.Kind == kind {
				return frame
			}
		}
	}
	_, err = w.SaysIn(ctx, "alice", "bob", "hello")
	require.NoError(t, err)
	require.Equal(t, "hello", next(client.FrameMessage).Message.Text)
	require.Equal(t, "Alice Martin", next(client.FrameChat).Chat.Name)
	_, err = w.bot.Me(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, next(client.FrameWire).Call.Operation)
	require.NoError(t, w.Fail(ctx, client.Fault{Path: "/never", Status: 500}))
	require.Len(t, next(client.FrameFaults).Faults, 1)
	require.NoError(t, w.Heal(ctx))
	faults := next(client.FrameFaults).Faults
	require.NotNil(t, faults)
	require.Empty(t, faults)
	_, err = w.bot.CreateDatafeed(ctx, "")
	require.NoError(t, err)
	require.Len(t, next(client.FrameFeeds).Feeds, 1)
	require.NoError(t, w.bot.SetManifest(ctx, `{"commands":[]}`))
	require.JSONEq(t, `{"commands":[]}`, string(next(client.FrameManifest).Manifest))
	w.control.ShowRecordGrowth()
	next(client.FrameRecord)
	room := w.room(t, symphony.RoomAttributes{Name: "Desk"})
	require.Equal(t, room, next(client.FrameChat).Chat.StreamID)
	require.NoError(t, w.Leave(ctx, "bob", room))
	for frame := next(client.FrameChat); !frame.Chat.Gone; frame = next(client.FrameChat) {
		require.Equal(t, room, frame.Chat.StreamID)
	}
	require.NoError(t, w.Reset(ctx))
	next(client.FrameReset)
	require.NoError(t, watcher.Close())
	_, err = watcher.Next()
	require.Error(t, err)
}

func TestAWatcherEndsWithItsContext(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	watcher, err := w.Watch(ctx, "")
	require.NoError(t, err)
	cancel()
	for err == nil {
		_, err = watcher.Next()
	}
	require.ErrorContains(t, err, "watch the sandbox")
	require.Error(t, watcher.Close(), "it is closed")
}
