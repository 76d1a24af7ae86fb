package sandbox_test

import (
	"bytes"
	"context"
	"crypto/rand"
	stdrsa "crypto/rsa"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come, on however busy a machine.
const patience = time.Minute

// Two keys for all tests: making one takes longer than a test.
var (
	botKey = sync.OnceValue(generate)
	podKey = sync.OnceValue(generate)
)

func generate() *stdrsa.PrivateKey {
	key, err := stdrsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// bundle is a pod behind real HTTP, a bot that talks to it, and the control API's client.
type bundle struct {
	*testing.T
	pod     *sandbox.Pod
	handler http.Handler
	control *client.Client
	server  *httptest.Server
	client  *http.Client
	tokens  map[string]string
	clock   time.Time
}

// config is a pod's, and its control API's.
type config struct {
	sandbox.Config
	control control.Config
}

func setup(t *testing.T, changes ...func(*config)) *bundle {
	t.Helper()
	t.Parallel()
	return setupBeside(t, changes...)
}

// setupBeside is one more bundle in a test that has one.
func setupBeside(t *testing.T, changes ...func(*config)) *bundle {
	t.Helper()
	cfg := config{
		Config:  sandbox.Config{BotKey: &botKey().PublicKey, SigningKey: podKey(), LongPoll: 20 * time.Millisecond},
		control: control.Config{Quiet: 5 * time.Millisecond},
	}
	for _, change := range changes {
		change(&cfg)
	}
	pod, err := sandbox.New(cfg.Config)
	require.NoError(t, err)
	handler := control.New(pod, cfg.control)
	server := httptest.NewServer(handler)
	b := &bundle{
		T: t, pod: pod, handler: handler, control: client.New(server.URL), server: server, client: server.Client(),
		tokens: map[string]string{}, clock: time.Now(),
	}
	t.Cleanup(func() {
		require.NoError(t, pod.Close())
		b.client.CloseIdleConnections()
		b.control.Close()
		server.Close()
	})
	return b
}

// loggedIn is a bundle whose bot has both tokens.
func loggedIn(t *testing.T, changes ...func(*config)) *bundle {
	t.Helper()
	b := setup(t, changes...)
	b.login()
	return b
}

func (b *bundle) login() {
	b.Helper()
	for name, path := range map[string]string{"sessionToken": "/login", "keyManagerToken": "/relay"} {
		got := b.post(path+"/pubkey/authenticate", map[string]string{"token": b.loginToken(nil)}).ok()
		require.Equal(b, name, got["name"])
		b.tokens[name] = got["token"].(string)
	}
}

// loginToken is a good login token, unless its claims are changed.
func (b *bundle) loginToken(change func(jwt.MapClaims)) string {
	b.Helper()
	claims := jwt.MapClaims{"sub": "roombot", "exp": b.clock.Add(4 * time.Minute).Unix()}
	if change != nil {
		change(claims)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS512, claims).SignedString(botKey())
	require.NoError(b, err)
	return token
}

// reply is an answer of the pod.
type reply struct {
	*bundle
	status int
	header http.Header
	raw    []byte
}

func (r reply) ok() map[string]any {
	r.Helper()
	require.Equal(r, http.StatusOK, r.status, string(r.raw))
	return r.object()
}

func (r reply) object() map[string]any {
	r.Helper()
	var object map[string]any
	require.NoError(r, json.Unmarshal(r.raw, &object), string(r.raw))
	return object
}

func (r reply) list() []map[string]any {
	r.Helper()
	require.Equal(r, http.StatusOK, r.status, string(r.raw))
	var list []map[string]any
	require.NoError(r, json.Unmarshal(r.raw, &list), string(r.raw))
	return list
}

// requireRefusal checks the status and gives the message.
func (r reply) requireRefusal(status int) string {
	r.Helper()
	require.Equal(r, status, r.status, string(r.raw))
	message, _ := r.object()["message"].(string)
	require.NotEmpty(r, message)
	return message
}

func (b *bundle) get(path string) reply { b.Helper(); return b.call("GET", path, nil) }

func (b *bundle) post(path string, body any) reply { b.Helper(); return b.call("POST", path, body) }

func (b *bundle) call(method, path string, body any) reply {
	b.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(b, err)
		content = bytes.NewReader(raw)
	}
	return b.send(method, path, "application/json", content)
}

func (b *bundle) send(method, path, kind string, body io.Reader) reply {
	b.Helper()
	got, err := b.try(b.Context(), method, path, kind, body)
	require.NoError(b, err)
	return got
}

func (b *bundle) try(ctx context.Context, method, path, kind string, body io.Reader) (reply, error) {
	request, err := http.NewRequestWithContext(ctx, method, b.server.URL+path, body)
	if err != nil {
		return reply{}, err
	}
	request.Header.Set("Content-Type", kind)
	for name, value := range b.tokens {
		request.Header.Set(name, value)
	}
	response, err := b.client.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	return reply{bundle: b, status: response.StatusCode, header: response.Header, raw: raw}, err
}

// message sends MessageML as the kits do.
func (b *bundle) message(streamID, messageML, data string) reply {
	b.Helper()
	return b.parts("/agent/v4/stream/"+streamID+"/message/create", map[string]string{"message": messageML, "data": data, "version": ""}, nil)
}

func (b *bundle) parts(path string, fields, files map[string]string) reply {
	b.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		require.NoError(b, form.WriteField(name, value))
	}
	for name, value := range files {
		part, err := form.CreateFormFile("attachment", name)
		require.NoError(b, err)
		_, err = io.Copy(part, strings.NewReader(value))
		require.NoError(b, err)
	}
	require.NoError(b, form.Close())
	return b.send("POST", path, form.FormDataContentType(), &body)
}

// feed makes a datafeed.
func (b *bundle) feed() string {
	b.Helper()
	got := b.post("/agent/v5/datafeeds", map[string]any{})
	require.Equal(b, http.StatusCreated, got.status, string(got.raw))
	return got.object()["id"].(string)
}

// batch is what a datafeed read gives.
type batch struct {
	AckID  string
	Events []event
}

type event struct {
	ID, MessageID, Type string
	Timestamp           int64
	Initiator           struct{ User struct{ UserID int64 } }
	Payload             map[string]json.RawMessage
}

func (b *bundle) read(feed, ack string) batch {
	b.Helper()
	got := b.post("/agent/v5/datafeeds/"+feed+"/read", map[string]string{"ackId": ack})
	require.Equal(b, http.StatusOK, got.status, string(got.raw))
	var read batch
	require.NoError(b, json.Unmarshal(got.raw, &read))
	require.NotEmpty(b, read.AckID)
	require.NotNil(b, read.Events)
	return read
}

func (b batch) types() []string {
	types := []string{}
	for _, e := range b.Events {
		types = append(types, e.Type)
	}
	return types
}

// room makes a room and gives its id.
func (b *bundle) room(attributes map[string]any) string {
	b.Helper()
	return b.createRoom(attributes).ok()["roomSystemInfo"].(map[string]any)["id"].(string)
}

func (b *bundle) createRoom(attributes map[string]any) reply {
	b.Helper()
	return b.post("/pod/v3/room/create", attributes)
}

func (b *bundle) add(room string, id int64) reply {
	b.Helper()
	return b.post("/pod/v1/room/"+room+"/membership/add", map[string]int64{"id": id})
}
