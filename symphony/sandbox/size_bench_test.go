package sandbox_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"roombot/symphony/sandbox"
	"roombot/symphony/sandbox/control"
	"roombot/symphony/sandbox/podtest"
	"roombot/symphony/sandbox/world"
)

// BenchmarkCommand is what the pod does for one command to the bot: a message with mentions, two
// reads of the feed, a room, three people and a group in it, and the answer.
func BenchmarkCommand(b *testing.B) {
	b.Run("409 people", func(b *testing.B) { benchmarkCommand(b, 400, 0, 0) })
	b.Run("10000 people, 2000 groups, 10000 rooms", func(b *testing.B) { benchmarkCommand(b, 10_000, 2_000, 10_000) })
}

func benchmarkCommand(b *testing.B, crowd, groups, rooms int) {
	pod := newBenchmarkPod(b, crowd)
	pod.fill(groups, rooms)
	b.ReportAllocs()
	for b.Loop() {
		pod.command()
	}
}

// BenchmarkStart is the start of a pod of 10,000 people.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		newBenchmarkPod(b, 10_000)
	}
}

// benchmarkPod is a pod without a network, and its bot.
type benchmarkPod struct {
	*testing.B
	pod     *sandbox.Pod
	handler http.Handler
	tokens  map[string]string
	feed    string
	ids     map[string]int64
	n       int
}

func newBenchmarkPod(b *testing.B, crowd int) *benchmarkPod {
	b.Helper()
	pod, err := sandbox.New(sandbox.Config{BotKey: &podtest.BotKey().PublicKey, SigningKey: podtest.PodKey(), Crowd: crowd})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = pod.Close() })
	p := &benchmarkPod{B: b, pod: pod, handler: control.New(pod, control.Config{}), tokens: map[string]string{}}
	for name, path := range map[string]string{"sessionToken": "/login", "keyManagerToken": "/relay"} {
		p.tokens[name] = p.post(path+"/pubkey/authenticate", map[string]string{"token": loginToken(b)})["token"].(string)
	}
	p.ids = map[string]int64{}
	pod.Do(func(w *world.World) {
		for _, who := range []string{"ada.abbott", "ben.baker", "cleo.costa"} {
			p.ids[who] = w.PersonNamed(who).ID
		}
	})
	p.feed = p.post("/agent/v5/datafeeds", map[string]any{})["id"].(string)
	return p
}

func loginToken(b *testing.B) string {
	b.Helper()
	claims := jwt.MapClaims{"sub": "roombot", "exp": time.Now().Add(4 * time.Minute).Unix()}
	token, err := jwt.NewWithClaims(jwt.SigningMethodRS512, claims).SignedString(podtest.BotKey())
	if err != nil {
		b.Fatal(err)
	}
	return token
}

func (p *benchmarkPod) fill(groups, rooms int) {
	pod := p.pod
	pod.Do(func(w *world.World) {
		ops := w.PersonNamed("ops")
		for n := range groups {
			if _, err := w.CreateGroup(ops, world.GroupChange{Name: fmt.Sprintf("Desk %d", n)}); err != nil {
				p.Fatal(err)
			}
		}
		for n := range rooms {
			name := fmt.Sprintf("Room %d", n)
			if _, err := w.CreateRoom(ops, world.RoomChange{Name: &name}); err != nil {
				p.Fatal(err)
			}
		}
	})
}

func (p *benchmarkPod) command() {
	p.n++
	text := fmt.Sprintf(`/newroom "Bench %d" @ada.abbott @ben.baker @cleo.costa group:"Test Group"`, p.n)
	said := p.post("/sandbox/v1/say", map[string]any{"as": "ada.abbott", "text": text})
	chat := said["message"].(map[string]any)["streamId"].(string)
	events := p.post("/agent/v5/datafeeds/"+p.feed+"/read", map[string]any{"ackId": ""})
	room := p.post("/pod/v3/room/create", map[string]any{"name": fmt.Sprintf("Bench %d", p.n), "description": "x"})
	id := room["roomSystemInfo"].(map[string]any)["id"].(string)
	for _, who := range p.ids {
		p.post("/pod/v1/room/"+id+"/membership/add", map[string]any{"id": who})
	}
	p.post("/agent/v5/datafeeds/"+p.feed+"/read", map[string]any{"ackId": events["ackId"]})
	p.send(chat, "<messageML>done</messageML>")
}

// send sends a message of the bot.
func (p *benchmarkPod) send(chat, markup string) {
	p.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("message", markup) // memory is always written
	_ = form.Close()
	p.do("/agent/v4/stream/"+chat+"/message/create", form.FormDataContentType(), body.Bytes())
}

// post sends JSON.
func (p *benchmarkPod) post(path string, body any) map[string]any {
	p.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		p.Fatal(err)
	}
	return p.do(path, "application/json", raw)
}

func (p *benchmarkPod) do(path, contentType string, body []byte) map[string]any {
	p.Helper()
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:1"
	r.Header.Set("Content-Type", contentType)
	for name, token := range p.tokens {
		r.Header.Set(name, token)
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	if w.Code >= http.StatusMultipleChoices {
		p.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		p.Fatal(err)
	}
	return answer
}
