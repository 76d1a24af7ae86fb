package control_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/podtest"
)

func TestTheControlAPIAnswersItsOwnMachineAndPageOnly(t *testing.T) {
	b := setup(t)
	ask := func(host, origin string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.Server.URL+"/sandbox/v1/people", nil)
		require.NoError(t, err)
		request.Host = host
		if origin != "" {
			request.Header.Set("Origin", origin)
		}
		response, err := b.HTTP.Do(request)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		return response.StatusCode
	}
	require.Equal(t, 200, ask("localhost:8080", ""))
	require.Equal(t, 200, ask("[::1]:8080", "http://[::1]:8080"))
	require.Equal(t, 200, ask("127.0.0.1", "http://127.0.0.1"))
	require.Equal(t, 403, ask("evil.test", ""), "another name that points here")
	require.Equal(t, 403, ask("localhost:8080", "http://evil.test"), "another site's page")
	require.Equal(t, 403, ask("localhost:8080", "http://localhost:9090"), "another program's page")
	require.Equal(t, 403, ask("localhost:8080", "null"))
}

// startAnsweringBot runs a bot that answers each message of a person with the same words.
func (b *bundle) startAnsweringBot(words ...string) {
	b.Helper()
	feed, bot, ctx := b.Feed(), b.ID("roombot"), b.Context()
	done := make(chan struct{})
	b.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		for ack := ""; ctx.Err() == nil; {
			got, err := b.Try(ctx, "POST", "/agent/v5/datafeeds/"+feed+"/read", "application/json", strings.NewReader(`{"ackId":"`+ack+`"}`))
			var read batch
			if err != nil || json.Unmarshal(got.Raw, &read) != nil {
				continue
			}
			ack = read.AckID
			for _, e := range read.Events {
				if e.Type == "MESSAGESENT" && e.Initiator.User.UserID != bot {
					b.answer(ctx, e, words)
				}
			}
		}
	}()
}

func (b *bundle) answer(ctx context.Context, e podtest.Event, words []string) {
	var sent struct {
		Message struct{ Stream struct{ StreamID string } }
	}
	if json.Unmarshal(e.Payload["messageSent"], &sent) != nil {
		return
	}
	for _, text := range words {
		body, _ := json.Marshal(map[string]string{"message": "<messageML>" + text + "</messageML>"})
		_, _ = b.Try(ctx, "POST", "/agent/v4/stream/"+sent.Message.Stream.StreamID+"/message/create", "application/json", strings.NewReader(string(body)))
	}
}

func TestSayWaitsForTheAnswers(t *testing.T) {
	// The quiet between two answers is longer than this: a bot that has not read on is still at it.
	b := loggedIn(t, func(c *config) { c.Control.Quiet, c.LongPoll = time.Nanosecond, 10*time.Millisecond })
	b.startAnsweringBot("one", "two")
	got := b.Post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/help", "wait": "1m"}).OK()
	require.Equal(t, "/help", got["message"].(map[string]any)["text"])
	var texts []string
	for _, m := range got["replies"].([]any) {
		texts = append(texts, m.(map[string]any)["text"].(string))
	}
	require.Equal(t, []string{"one", "two"}, texts)
}

func TestSayWaitsWhileTheBotIsAtWork(t *testing.T) {
	var asked atomic.Int32
	b := loggedIn(t, func(c *config) {
		c.LongPoll = 10 * time.Millisecond
		c.Control.AtWork = func() bool { return asked.Add(1) < 3 }
	})
	b.startAnsweringBot("one")
	got := b.Post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/help", "wait": "1m"}).OK()
	require.Len(t, got["replies"], 1)
	require.EqualValues(t, 3, asked.Load())
}

func TestSayWithoutAnAnswerEndsAtTheLimit(t *testing.T) {
	b := setup(t)
	got := b.Post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/help", "wait": "10ms"}).OK()
	require.Empty(t, got["replies"])
}

func TestSayTakesAUsernameOrAStreamID(t *testing.T) {
	b := loggedIn(t)
	say := func(body map[string]any) reply { return b.Post("/sandbox/v1/say", body) }
	say(map[string]any{"as": "bob", "to": "alice", "text": "hi"}).OK()
	room := b.Room(map[string]any{"name": "Desk"})
	say(map[string]any{"as": "bob", "to": room, "text": "hi"}).Refused(http.StatusForbidden)
	require.Equal(t, 200, b.Add(room, b.ID("bob")).Status)
	got := say(map[string]any{"as": "bob", "to": room, "text": "ask @alice", "mentions": []map[string]any{{"start": 4, "end": 10, "userId": b.ID("carol")}}}).OK()
	require.Contains(t, got["message"].(map[string]any)["data"], "com.symphony.user.mention")
	say(map[string]any{"as": "bob", "to": "nobody", "text": "hi"}).Refused(http.StatusNotFound)
	say(map[string]any{"as": "nobody", "text": "hi"}).Refused(http.StatusNotFound)
	say(map[string]any{"as": "bob", "text": ""}).Refused(http.StatusBadRequest)
	say(map[string]any{"as": "bob", "txt": "hi"}).Refused(http.StatusBadRequest)
	say(map[string]any{"as": "bob", "text": strings.Repeat("é", 30_000)}).OK()
	say(map[string]any{"as": "bob", "text": strings.Repeat("é", 30_001)}).Refused(http.StatusBadRequest)
	say(map[string]any{"as": "dana", "text": "hi"}).Refused(http.StatusForbidden)
	say(map[string]any{"as": "bob", "text": "hi", "mentions": []map[string]any{{"start": 0, "end": 9, "userId": 1}}}).Refused(http.StatusBadRequest)
}

func TestEditAndActGoThroughTheControlAPI(t *testing.T) {
	b := loggedIn(t)
	said := b.Post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/newrom"}).OK()["message"].(map[string]any)
	edited := b.Post("/sandbox/v1/edit", map[string]any{"as": "bob", "messageId": said["messageId"], "text": "/newroom"}).OK()["message"].(map[string]any)
	require.Equal(t, said["messageId"], edited["replacing"])
	b.Post("/sandbox/v1/edit", map[string]any{"as": "alice", "messageId": said["messageId"], "text": "x"}).Refused(http.StatusForbidden)

	form := b.Message(said["streamId"].(string), podtest.RoomForm, "").OK()["messageId"]
	act := map[string]any{"as": "bob", "messageId": form, "formId": "create-room", "action": "submit", "values": map[string]any{"roomName": "Q3"}}
	forms := b.Post("/sandbox/v1/act", act).OK()["message"].(map[string]any)["forms"].([]any)
	require.Equal(t, map[string]any{"id": "create-room", "submitted": true}, forms[0])
	act["values"] = map[string]any{}
	b.Post("/sandbox/v1/act", act).Refused(http.StatusBadRequest)
}

func TestChatsShowWhatSomebodyIsIn(t *testing.T) {
	b := loggedIn(t)
	room := b.Room(map[string]any{"name": "Desk", "description": "plans", "viewHistory": true})
	require.Equal(t, 200, b.Add(room, b.Group("Test Group")).Status)
	b.Message(room, "<messageML>welcome</messageML>", "").OK()
	chats := b.Get("/sandbox/v1/chats?as=bob").OK()["chats"].([]any)
	require.Len(t, chats, 1)
	chat := chats[0].(map[string]any)
	require.Equal(t, "Desk", chat["name"])
	require.InDelta(t, 1, chat["unread"], 0)

	got := b.Get("/sandbox/v1/chats/" + room + "?as=bob").OK()
	require.Len(t, got["messages"], 1)
	require.Len(t, got["chat"].(map[string]any)["members"], 4)
	require.Equal(t, "plans", got["chat"].(map[string]any)["room"].(map[string]any)["description"])
	require.InDelta(t, 0, b.Get("/sandbox/v1/chats?as=bob").OK()["chats"].([]any)[0].(map[string]any)["unread"], 0)
	b.Get("/sandbox/v1/chats/" + room + "?as=eve").Refused(http.StatusForbidden)
	b.Post("/sandbox/v1/join", map[string]string{"as": "kim", "streamId": room}).Refused(http.StatusForbidden)
	feed := b.Feed()
	b.Post("/sandbox/v1/join", map[string]any{"as": "kim", "streamId": room, "ask": true}).Refused(http.StatusForbidden)
	require.Equal(t, []string{"USERREQUESTEDTOJOINROOM"}, b.Read(feed, "").Types())
	b.Post("/sandbox/v1/leave", map[string]string{"as": "bob", "streamId": room}).OK()
	require.Empty(t, b.Get("/sandbox/v1/chats?as=bob").OK()["chats"])

	public := b.Room(map[string]any{"name": "Open", "public": true, "viewHistory": true, "discoverable": true, "membersCanInvite": true})
	b.Post("/sandbox/v1/join", map[string]string{"as": "kim", "streamId": public}).OK()
	require.Len(t, b.Get("/sandbox/v1/state").OK()["rooms"], 2)
}

func TestTheWireShowsEachCallWithoutSecrets(t *testing.T) {
	b := loggedIn(t)
	b.Room(map[string]any{"name": "it's"})
	b.Message(b.Says("bob", "hi").StreamID, "<messageML>x</messageML>", "").OK()
	b.Tokens["Authorization"] = "Bearer " + b.AccessToken()
	b.Get("/profile-manager/v1/types").OK()
	got := b.Get("/sandbox/v1/wire?after=2")
	calls := got.OK()["calls"].([]any)
	require.Len(t, calls, 4)
	create := calls[0].(map[string]any)
	require.Equal(t, "createRoom", create["operation"])
	require.InDelta(t, 200, create["status"], 0)
	require.JSONEq(t, `{"name":"it's"}`, create["request"].(string))
	require.Contains(t, create["curl"], `-H "sessionToken: $SESSION_TOKEN"`)
	require.Contains(t, create["curl"], `'{"name":"it'\''s"}'`)
	require.JSONEq(t, `{"message":"<messageML>x</messageML>"}`, calls[1].(map[string]any)["request"].(string))

	all := string(b.Get("/sandbox/v1/wire").Raw)
	for name, token := range b.Tokens {
		require.NotContains(t, all, strings.TrimPrefix(token, "Bearer "), name)
	}
	require.NotRegexp(t, `eyJ[\w-]+\.eyJ`, all, "no JWT, not even a login's")
	require.Len(t, b.Get("/sandbox/v1/wire?limit=1").OK()["calls"], 1)
}

func TestAnyEventCanBeInjected(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	b.Post("/sandbox/v1/events", map[string]any{"id": "x", "type": "BRANDNEW", "payload": map[string]any{"brandNew": map[string]any{}}}).OK()
	b.Post("/sandbox/v1/events", map[string]any{"type": "OTHER"}).OK()
	require.Equal(t, []string{"BRANDNEW", "OTHER"}, b.Read(feed, "").Types())
}

func TestTheControlAPIListsItself(t *testing.T) {
	b := setup(t)
	require.Contains(t, b.Get("/sandbox/v1/").OK()["operations"], "POST /sandbox/v1/say")
}

func TestTheClockAndAReset(t *testing.T) {
	b := loggedIn(t)
	b.Feed()
	b.Post("/sandbox/v1/clock", map[string]string{"advance": "31m"}).OK()
	require.Empty(t, b.Get("/sandbox/v1/feeds").OK()["feeds"])
	b.Post("/sandbox/v1/clock", map[string]string{"advance": "-1m"}).Refused(http.StatusBadRequest)
	b.Room(map[string]any{"name": "Desk"})
	b.Post("/sandbox/v1/reset", nil).OK()
	require.Empty(t, b.Rooms())
	b.Get("/pod/v2/sessioninfo").Refused(http.StatusUnauthorized)
}

func TestOtherPathsServeThePage(t *testing.T) {
	b := setup(t, func(c *config) {
		c.Control.Page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("page " + r.URL.Path)) })
	})
	require.Equal(t, "page /", string(b.Get("/").Raw))
	require.Equal(t, "page /js/main.js", string(b.Get("/js/main.js").Raw))
	b.Get("/pod/nothing").Refused(http.StatusNotFound)
	b.Get("//agent/v3/health").OK()
}
