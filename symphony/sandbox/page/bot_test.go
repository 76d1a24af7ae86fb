package page_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony"
	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
	"roombot/symphony/sandbox/page"
	"roombot/symphony/sandbox/podtest"
)

// scripted is a bot of a few lines: what it hears becomes what it does, over the pod's own API.
type scripted struct {
	base, session, keyManager string

	trace, origin string // of what it does now: the trace id of the calls, and the message that asked for it
}

type event struct {
	Type      string
	Initiator struct{ User struct{ UserID int64 } }
	Payload   struct {
		MessageSent struct {
			Message struct {
				Message, MessageID string

				Stream struct{ StreamID string }
			}
		}
		SymphonyElementsAction struct {
			Stream struct{ StreamID string }

			FormMessageID, FormID string

			FormValues map[string]any
		}
	}
}

// botKey is the service account's, made once: it takes a while.
var botKey = sync.OnceValues(func() (*rsa.Key, error) { return rsa.Generate(2048) })

// sandboxPage starts a pod with the page and, when a key is given to it, its bot.
func sandboxPage(t *testing.T) string {
	t.Helper()
	return sandboxPageWith(t, sandbox.Config{}, everyOutcome())
}

// sandboxPageWith is sandboxPage of a pod that is configured otherwise, with an audit
// record, or none.
func sandboxPageWith(t *testing.T, cfg sandbox.Config, kept *record) string {
	t.Helper()
	key, err := botKey()
	require.NoError(t, err)
	cfg.BotKey, cfg.SigningKey, cfg.LongPoll = key.Public(), podtest.PodKey(), 2*time.Second
	pod, err := sandbox.New(cfg)
	require.NoError(t, err)
	shown := control.Config{Page: page.Handler()}
	if kept != nil {
		shown.Record = kept.read
	}
	handler := control.New(pod, shown)
	if kept != nil {
		kept.pages = handler
	}
	server := httptest.NewServer(handler)
	ctx, stop := context.WithCancel(context.Background())
	done, listens := make(chan error, 1), make(chan struct{})
	go func() { done <- (&scripted{base: server.URL}).run(ctx, key, listens) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-done)
		require.NoError(t, pod.Close())
		server.Close()
	})
	select {
	case <-listens:
	case err := <-done:
		done <- nil
		require.NoError(t, err, "the scripted bot ended at its start")
	}
	return server.URL
}

// run works until ctx ends, or the pod is reset. What is said is heard once listens is closed.
func (b *scripted) run(ctx context.Context, key *rsa.Key, listens chan<- struct{}) error {
	token, err := key.LoginToken("roombot", time.Now())
	if err != nil {
		return err
	}
	var login struct{ Token string }
	var feed struct{ ID string }
	var me struct{}
	steps := []func() error{
		func() error {
			return b.post(ctx, "/login/pubkey/authenticate", map[string]string{"token": token}, &login)
		},
		func() error { b.session = login.Token; return nil },
		func() error {
			return b.post(ctx, "/relay/pubkey/authenticate", map[string]string{"token": token}, &login)
		},
		func() error { b.keyManager = login.Token; return nil },
		func() error {
			return b.post(ctx, "/pod/v1/user/manifest/own", map[string]string{"manifest": manifest}, &me)
		},
		func() error { return b.post(ctx, "/agent/v5/datafeeds", map[string]string{}, &feed) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	close(listens)
	return b.read(ctx, feed.ID)
}

const manifest = `{"commands":[
	{"name":"newroom","desc":"Create a room and add people and groups","args":[{"name":"[room name]"},{"name":"[@people]"}]},
	{"name":"form","desc":"Every kind of field"},
	{"name":"fault","desc":"What an error looks like"}]}`

func (b *scripted) read(ctx context.Context, feed string) error {
	ack := ""
	for {
		var batch struct {
			AckID  string
			Events []event
		}
		err := b.post(ctx, "/agent/v5/datafeeds/"+feed+"/read", map[string]string{"ackId": ack}, &batch)
		if ctx.Err() != nil || wasReset(err) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range batch.Events {
			if err := b.hear(ctx, e); err != nil && ctx.Err() == nil && !wasReset(err) {
				return err
			}
		}
		ack = batch.AckID
	}
}

// wasReset tells by an error that the pod was reset: it knows neither the feed any more nor, on a
// call that came after it, the session.
func wasReset(err error) bool {
	return err != nil && (strings.Contains(err.Error(), "Could not find a datafeed") || strings.Contains(err.Error(), "Invalid session"))
}

var tags = regexp.MustCompile(`<[^>]+>`)

func (b *scripted) hear(ctx context.Context, e event) error {
	b.trace = symphony.NewTraceID()
	defer func() { b.trace = "" }()
	said := e.Payload.MessageSent.Message
	b.origin = said.MessageID
	text := html.UnescapeString(tags.ReplaceAllString(said.Message, ""))
	stream := said.Stream.StreamID
	switch act := e.Payload.SymphonyElementsAction; {
	case act.FormID != "":
		b.origin = act.FormMessageID
		values, _ := json.Marshal(act.FormValues)
		return b.say(ctx, act.Stream.StreamID, "<code>"+html.EscapeString(string(values))+"</code>")
	case e.Initiator.User.UserID == 0 || e.Type != "MESSAGESENT":
		return nil
	case strings.HasPrefix(text, "/newroom"):
		return b.newRoom(ctx, stream, text, e.Initiator.User.UserID)
	case strings.HasPrefix(text, "/form"):
		return b.say(ctx, stream, everyField)
	case strings.HasPrefix(text, "/poll"):
		return b.say(ctx, stream, poll)
	case strings.HasPrefix(text, "/fault"):
		return b.say(ctx, stream, errorCard)
	}
	return nil
}

const errorCard = `<expandable-card state="expanded"><header><b>The quote that opens here is never closed.</b></header>
	<body variant="error"><code>/newroom "Q2 Earnings @Alice Martin` + "\n         ^" + `</code>
	<form id="fix"><button name="run" type="action">Create it</button></form></body></expandable-card>`

const everyField = `<form id="all"><text-field name="name" label="Room name" required="true" maxlength="49" placeholder="e.g. Q2 Earnings"/>
	<person-selector name="members" label="Members" placeholder="People to add"/>
	<select name="group" label="Group"><option value="Test Group" selected="true">Test Group</option><option value="Research">Research</option></select>
	<textarea name="desc" label="Description" placeholder="What it is for"/>
	<checkbox name="public" value="yes">Public</checkbox><checkbox name="left" value="yes">Not ticked</checkbox>
	<radio name="kind" value="members" checked="true">Members only</radio><radio name="kind" value="guests">With guests</radio>
	<date-picker name="until" label="Until"/><time-picker name="at" label="At"/>
	<button name="create" type="action">Create</button><button type="reset">Reset</button></form>`

const poll = `<form id="vote" multi-submit="no-reset"><text-field name="vote" label="Vote"/><button name="cast">Cast</button></form>
	<form id="once"><text-field name="why" label="Why"/><button name="tell">Tell</button></form>
	<form id="other"><text-field name="else" label="What else"/><button name="add">Add</button></form>`

// newRoom makes the quoted name a room with its requester as the owner, Alice, and the first group.
func (b *scripted) newRoom(ctx context.Context, stream, text string, requester int64) error {
	name := regexp.MustCompile(`"([^"]+)"`).FindStringSubmatch(text)[1]
	public := strings.Contains(text, "public")
	room := map[string]any{
		"name": name, "description": "Made by the scripted bot", "keywords": []any{}, "public": public,
		"membersCanInvite": public, "discoverable": public, "readOnly": false, "copyProtected": false, "crossPod": false, "viewHistory": true,
	}
	var made struct{ RoomSystemInfo struct{ ID string } }
	if err := b.post(ctx, "/pod/v3/room/create", room, &made); err != nil {
		return err
	}
	id := made.RoomSystemInfo.ID
	control := client.New(b.base)
	defer control.Close()
	people, err := control.People(ctx)
	if err != nil {
		return err
	}
	for _, who := range []int64{requester, people.People[0].ID, people.Groups[0].ProfileID} {
		var ok struct{}
		if err := b.post(ctx, "/pod/v1/room/"+id+"/membership/add", map[string]int64{"id": who}, &ok); err != nil {
			return err
		}
	}
	var ok struct{}
	if err := b.post(ctx, "/pod/v1/room/"+id+"/membership/promoteOwner", map[string]int64{"id": requester}, &ok); err != nil {
		return err
	}
	standard := strings.NewReplacer("-", "+", "_", "/").Replace(id) + strings.Repeat("=", -len(id)&3)
	link := "https://open.symphony.com/?streamId=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(standard) + "&amp;streamType=chatroom"
	return b.say(ctx, stream, fmt.Sprintf(`<expandable-card state="expanded"><header><b>Created</b> <a href="%s">%s</a></header><body>
		<table><tr><td>Owner</td><td><mention uid="%d"/></td></tr><tr><td>Group</td><td>Test Group</td></tr></table>
		<ui-action action="open-im" stream-id="%s"><button>Open room</button></ui-action></body></expandable-card>`,
		link, html.EscapeString(name), requester, standard))
}

func (b *scripted) say(ctx context.Context, stream, body string) error {
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	_ = parts.WriteField("message", "<messageML>"+body+"</messageML>")
	_ = parts.WriteField("data", `{"scripted":{"type":"test.scripted","version":"1.0","origin":"`+b.origin+`"}}`)
	_ = parts.Close()
	var sent struct{}
	return b.send(ctx, http.MethodPost, "/agent/v4/stream/"+stream+"/message/create", parts.FormDataContentType(), form.Bytes(), &sent)
}

func (b *scripted) post(ctx context.Context, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return b.send(ctx, http.MethodPost, path, "application/json", raw, into)
}

func (b *scripted) send(ctx context.Context, method, path, kind string, body []byte, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, b.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("sessionToken", b.session)
	r.Header.Set("keyManagerToken", b.keyManager)
	if b.trace != "" {
		r.Header.Set("X-Trace-Id", b.trace)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusBadRequest {
		var text bytes.Buffer
		_, _ = text.ReadFrom(answer.Body)
		return fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, text.String())
	}
	if answer.StatusCode == http.StatusNoContent {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}
