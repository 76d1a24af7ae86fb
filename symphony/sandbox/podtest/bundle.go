package podtest

import (
	"crypto/rand"
	stdrsa "crypto/rsa"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/control"
)

// Patience is how long a test waits for what must come, on however busy a machine.
const Patience = time.Minute

// Two keys for all tests: making one takes longer than a test.
var (
	botKey = sync.OnceValue(generateKey)
	podKey = sync.OnceValue(generateKey)
)

// BotKey is the service account's.
func BotKey() *stdrsa.PrivateKey { return botKey() }

// PodKey is the pod's own.
func PodKey() *stdrsa.PrivateKey { return podKey() }

func generateKey() *stdrsa.PrivateKey {
	key, err := stdrsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

// Bundle is a pod behind real HTTP, a bot that talks to it, and the control API's client.
type Bundle struct {
	*testing.T
	Pod     *sandbox.Pod
	Handler http.Handler   // of the pod and its control API
	People  *client.Client // of the control API
	Server  *httptest.Server
	HTTP    *http.Client
	Tokens  map[string]string // headers of every call
	Clock   time.Time         // the bot's
}

// Config is a pod's, and its control API's.
type Config struct {
	sandbox.Config
	Control control.Config
}

// New is a bundle whose bot has not signed in, in a parallel test.
func New(t *testing.T, changes ...func(*Config)) *Bundle {
	t.Helper()
	t.Parallel()
	return NewBeside(t, changes...)
}

// NewBeside is one more bundle in a test that has one.
func NewBeside(t *testing.T, changes ...func(*Config)) *Bundle {
	t.Helper()
	cfg := Config{
		Config:  sandbox.Config{BotKey: &BotKey().PublicKey, SigningKey: PodKey(), LongPoll: 20 * time.Millisecond},
		Control: control.Config{Quiet: 5 * time.Millisecond},
	}
	for _, change := range changes {
		change(&cfg)
	}
	pod, err := sandbox.New(cfg.Config)
	require.NoError(t, err)
	handler := control.New(pod, cfg.Control)
	server := httptest.NewServer(handler)
	b := &Bundle{
		T: t, Pod: pod, Handler: handler, People: client.New(server.URL), Server: server, HTTP: server.Client(),
		Tokens: map[string]string{}, Clock: time.Now(),
	}
	t.Cleanup(func() {
		require.NoError(t, pod.Close())
		b.HTTP.CloseIdleConnections()
		b.People.Close()
		server.Close()
	})
	return b
}

// NewSignedIn is a bundle whose bot has both tokens.
func NewSignedIn(t *testing.T, changes ...func(*Config)) *Bundle {
	t.Helper()
	b := New(t, changes...)
	b.SignIn()
	return b
}

// SignIn gets the bot both tokens.
func (b *Bundle) SignIn() {
	b.Helper()
	for name, path := range map[string]string{"sessionToken": "/login", "keyManagerToken": "/relay"} {
		got := b.Post(path+"/pubkey/authenticate", map[string]string{"token": b.LoginToken(nil)}).OK()
		require.Equal(b, name, got["name"])
		b.Tokens[name] = got["token"].(string)
	}
}

// LoginToken is a good login token, unless its claims are changed.
func (b *Bundle) LoginToken(change func(jwt.MapClaims)) string {
	b.Helper()
	claims := jwt.MapClaims{"sub": "roombot", "exp": b.Clock.Add(4 * time.Minute).Unix()}
	if change != nil {
		change(claims)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS512, claims).SignedString(BotKey())
	require.NoError(b, err)
	return token
}
