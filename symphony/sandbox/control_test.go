package sandbox_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheControlAPIAnswersItsOwnMachineAndPageOnly(t *testing.T) {
	b := setup(t)
	ask := func(host, origin string) int {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server.URL+"/sandbox/v1/people", nil)
		require.NoError(t, err)
		request.Host = host
		if origin != "" {
			request.Header.Set("Origin", origin)
		}
		response, err := b.client.Do(request)
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

// answering runs a bot that answers each message of a person with the same words.
func (b *bundle) answering(words ...string) {
	b.Helper()
	feed, bot, ctx := b.feed(), b.id("roombot"), b.Context()
	done := make(chan struct{})
	b.Cleanup(func() { <-done })
	go func() {
		defer close(done)
		for ack := ""; ctx.Err() == nil; {
			got, err := b.try(ctx, "POST", "/agent/v5/datafeeds/"+feed+"/read", "application/json", strings.NewReader(`{"ackId":"`+ack+`"}`))
			var read batch
			if err != nil || json.Unmarshal(got.raw, &read) != nil {
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

func (b *bundle) answer(ctx context.Context, e event, words []string) {
	var sent struct {
		Message struct{ Stream struct{ StreamID string } }
	}
	if json.Unmarshal(e.Payload["messageSent"], &sent) != nil {
		return
	}
	for _, text := range words {
		body, _ := json.Marshal(map[string]string{"message": "<messageML>" + text + "</messageML>"})
		_, _ = b.try(ctx, "POST", "/agent/v4/stream/"+sent.Message.Stream.StreamID+"/message/create", "application/json", strings.NewReader(string(body)))
	}
}

func TestSayWaitsForTheAnswers(t *testing.T) {
	// The quiet between two answers is longer than this: a bot that has not read on is still at it.
	b := loggedIn(t, func(c *config) { c.control.Quiet, c.LongPoll = time.Nanosecond, 10*time.Millisecond })
	b.answering("one", "two")
	got := b.post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/help", "wait": "1m"}).ok()
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
		c.control.AtWork = func() bool { return asked.Add(1) < 3 }
	})
	b.answering("one")
	got := b.post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/help", "wait": "1m"}).ok()
	require.Len(t, got["replies"], 1)
	require.EqualValues(t, 3, asked.Load())
}

func TestSayWithoutAnAnswerEndsAtTheLimit(t *testing.T) {
	b := setup(t)
	got := b.post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/help", "wait": "10ms"}).ok()
	require.Empty(t, got["replies"])
}

func TestSayTakesAUsernameOrAStreamID(t *testing.T) {
	b := loggedIn(t)
	say := func(body map[string]any) reply { return b.post("/sandbox/v1/say", body) }
	say(map[string]any{"as": "bob", "to": "alice", "text": "hi"}).ok()
	room := b.room(map[string]any{"name": "Desk"})
	say(map[string]any{"as": "bob", "to": room, "text": "hi"}).requireRefusal(http.StatusForbidden)
	require.Equal(t, 200, b.add(room, b.id("bob")).status)
	got := say(map[string]any{"as": "bob", "to": room, "text": "ask @alice", "mentions": []map[string]any{{"start": 4, "end": 10, "userId": b.id("carol")}}}).ok()
	require.Contains(t, got["message"].(map[string]any)["data"], "com.symphony.user.mention")
	say(map[string]any{"as": "bob", "to": "nobody", "text": "hi"}).requireRefusal(http.StatusNotFound)
	say(map[string]any{"as": "nobody", "text": "hi"}).requireRefusal(http.StatusNotFound)
	say(map[string]any{"as": "bob", "text": ""}).requireRefusal(http.StatusBadRequest)
	say(map[string]any{"as": "bob", "txt": "hi"}).requireRefusal(http.StatusBadRequest)
	say(map[string]any{"as": "bob", "text": strings.Repeat("é", 30_000)}).ok()
	say(map[string]any{"as": "bob", "text": strings.Repeat("é", 30_001)}).requireRefusal(http.StatusBadRequest)
	say(map[string]any{"as": "dana", "text": "hi"}).requireRefusal(http.StatusForbidden)
	say(map[string]any{"as": "bob", "text": "hi", "mentions": []map[string]any{{"start": 0, "end": 9, "userId": 1}}}).requireRefusal(http.StatusBadRequest)
}

func TestEditAndActGoThroughTheControlAPI(t *testing.T) {
	b := loggedIn(t)
	said := b.post("/sandbox/v1/say", map[string]string{"as": "bob", "text": "/newrom"}).ok()["message"].(map[string]any)
	edited := b.post("/sandbox/v1/edit", map[string]any{"as": "bob", "messageId": said["messageId"], "text": "/newroom"}).ok()["message"].(map[string]any)
	require.Equal(t, said["messageId"], edited["replacing"])
	b.post("/sandbox/v1/edit", map[string]any{"as": "alice", "messageId": said["messageId"], "text": "x"}).requireRefusal(http.StatusForbidden)

	form := b.message(said["streamId"].(string), roomForm, "").ok()["messageId"]
	act := map[string]any{"as": "bob", "messageId": form, "formId": "create-room", "action": "submit", "values": map[string]any{"roomName": "Q3"}}
	forms := b.post("/sandbox/v1/act", act).ok()["message"].(map[string]any)["forms"].([]any)
	require.Equal(t, map[string]any{"id": "create-room", "submitted": true}, forms[0])
	act["values"] = map[string]any{}
	b.post("/sandbox/v1/act", act).requireRefusal(http.StatusBadRequest)
}

func TestChatsShowWhatSomebodyIsIn(t *testing.T) {
	b := loggedIn(t)
	room := b.room(map[string]any{"name": "Desk", "description": "plans", "viewHistory": true})
	require.Equal(t, 200, b.add(room, b.group("Test Group")).status)
	b.message(room, "<messageML>welcome</messageML>", "").ok()
	chats := b.get("/sandbox/v1/chats?as=bob").ok()["chats"].([]any)
	require.Len(t, chats, 1)
	chat := chats[0].(map[string]any)
	require.Equal(t, "Desk", chat["name"])
	require.InDelta(t, 1, chat["unread"], 0)

	got := b.get("/sandbox/v1/chats/" + room + "?as=bob").ok()
	require.Len(t, got["messages"], 1)
	require.Len(t, got["chat"].(map[string]any)["members"], 4)
	require.Equal(t, "plans", got["chat"].(map[string]any)["room"].(map[string]any)["description"])
	require.InDelta(t, 0, b.get("/sandbox/v1/chats?as=bob").ok()["chats"].([]any)[0].(map[string]any)["unread"], 0)
	b.get("/sandbox/v1/chats/" + room + "?as=eve").requireRefusal(http.StatusForbidden)
	b.post("/sandbox/v1/join", map[string]string{"as": "kim", "streamId": room}).requireRefusal(http.StatusForbidden)
	feed := b.feed()
	b.post("/sandbox/v1/join", map[string]any{"as": "kim", "streamId": room, "ask": true}).requireRefusal(http.StatusForbidden)
	require.Equal(t, []string{"USERREQUESTEDTOJOINROOM"}, b.read(feed, "").types())
	b.post("/sandbox/v1/leave", map[string]string{"as": "bob", "streamId": room}).ok()
	require.Empty(t, b.get("/sandbox/v1/chats?as=bob").ok()["chats"])

	public := b.room(map[string]any{"name": "Open", "public": true, "viewHistory": true, "discoverable": true, "membersCanInvite": true})
	b.post("/sandbox/v1/join", map[string]string{"as": "kim", "streamId": public}).ok()
	require.Len(t, b.get("/sandbox/v1/state").ok()["rooms"], 2)
}

func TestTheWireShowsEachCallWithoutSecrets(t *testing.T) {
	b := loggedIn(t)
	b.room(map[string]any{"name": "it's"})
	b.message(b.says("bob", "hi").StreamID, "<messageML>x</messageML>", "").ok()
	b.tokens["Authorization"] = "Bearer " + b.accessToken()
	b.get("/profile-manager/v1/types").ok()
	got := b.get("/sandbox/v1/wire?after=2")
	calls := got.ok()["calls"].([]any)
	require.Len(t, calls, 4)
	create := calls[0].(map[string]any)
	require.Equal(t, "createRoom", create["operation"])
	require.InDelta(t, 200, create["status"], 0)
	require.JSONEq(t, `{"name":"it's"}`, create["request"].(string))
	require.Contains(t, create["curl"], `-H "sessionToken: $SESSION_TOKEN"`)
	require.Contains(t, create["curl"], `'{"name":"it'\''s"}'`)
	require.JSONEq(t, `{"message":"<messageML>x</messageML>"}`, calls[1].(map[string]any)["request"].(string))

	all := string(b.get("/sandbox/v1/wire").raw)
	for name, token := range b.tokens {
		require.NotContains(t, all, strings.TrimPrefix(token, "Bearer "), name)
	}
	require.NotRegexp(t, `eyJ[\w-]+\.eyJ`, all, "no JWT, not even a login's")
	require.Len(t, b.get("/sandbox/v1/wire?limit=1").ok()["calls"], 1)
}

func TestAnyEventCanBeInjected(t *testing.T) {
	b := loggedIn(t)
	feed := b.feed()
	b.post("/sandbox/v1/events", map[string]any{"id": "x", "type": "BRANDNEW", "payload": map[string]any{"brandNew": map[string]any{}}}).ok()
	b.post("/sandbox/v1/events", map[string]any{"type": "OTHER"}).ok()
	require.Equal(t, []string{"BRANDNEW", "OTHER"}, b.read(feed, "").types())
}

func TestTheControlAPIListsItself(t *testing.T) {
	b := setup(t)
	require.Contains(t, b.get("/sandbox/v1/").ok()["operations"], "POST /sandbox/v1/say")
}

func TestTheClockAndAReset(t *testing.T) {
	b := loggedIn(t)
	b.feed()
	b.post("/sandbox/v1/clock", map[string]string{"advance": "31m"}).ok()
	require.Empty(t, b.get("/sandbox/v1/feeds").ok()["feeds"])
	b.post("/sandbox/v1/clock", map[string]string{"advance": "-1m"}).requireRefusal(http.StatusBadRequest)
	b.room(map[string]any{"name": "Desk"})
	b.post("/sandbox/v1/reset", nil).ok()
	require.Empty(t, b.rooms())
	b.get("/pod/v2/sessioninfo").requireRefusal(http.StatusUnauthorized)
}

func TestOtherPathsServeThePage(t *testing.T) {
	b := setup(t, func(c *config) {
		c.control.Page = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte("page " + r.URL.Path)) })
	})
	require.Equal(t, "page /", string(b.get("/").raw))
	require.Equal(t, "page /js/main.js", string(b.get("/js/main.js").raw))
	b.get("/pod/nothing").requireRefusal(http.StatusNotFound)
	b.get("//agent/v3/health").ok()
}
