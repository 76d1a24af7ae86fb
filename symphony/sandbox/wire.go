package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	maxCalls    = 500
	maxCallBody = 16 << 10 // bytes kept of each body
	redacted    = "[redacted]"
)

// Call is one call of the API on the wire log. Bodies are JSON text without secrets, cut at 16 KiB.
type Call struct {
	N         int64     `json:"n"`
	Time      time.Time `json:"time"`
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Operation string    `json:"operation"`
	Status    int       `json:"status"` // 0: the connection was dropped
	Millis    float64   `json:"ms"`
	Trace     string    `json:"trace,omitempty"` // the caller's X-Trace-Id
	Request   string    `json:"request"`
	Response  string    `json:"response"`
	Curl      string    `json:"curl"`
}

// wire keeps the latest calls.
type wire struct {
	mu    sync.Mutex
	last  int64
	calls []Call
}

func (w *wire) add(c Call) Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last++
	c.N = w.last
	w.calls = append(w.calls, c)
	if len(w.calls) > maxCalls {
		w.calls = slices.Clone(w.calls[len(w.calls)-maxCalls:])
	}
	return c
}

// after gives the calls numbered above n; the newest ones when there are more than the limit.
func (w *wire) after(n int64, limit int) []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := []Call{}
	for _, c := range w.calls {
		if c.N > n {
			found = append(found, c)
		}
	}
	return found[max(0, len(found)-limit):]
}

func (w *wire) clear() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = nil
}

// log keeps a call and shows it to those who watch.
func (p *Pod) log(c *call, out *encoded, started time.Time, dropped bool) {
	entry := Call{
		Time: started.UTC(), Method: c.Method, Path: c.URL.RequestURI(), Operation: c.route.name,
		Millis: float64(time.Since(started).Microseconds()) / 1000, Request: requestText(c), Curl: curl(c),
		Trace: cut(c.Header.Get("X-Trace-Id"), 64),
	}
	if !dropped {
		entry.Status, entry.Response = out.status, bodyText(out.body)
	}
	entry = p.wire.add(entry)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.live.all(frame{"kind": "wire", "call": entry})
}

// requestText shows a body as JSON; of a multipart body the texts, and the names and sizes of files.
func requestText(c *call) string {
	kind, params, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return bodyText(c.body)
	}
	in := &content{}
	if in.readParts(multipart.NewReader(bytes.NewReader(c.body), params["boundary"])) != nil {
		return ""
	}
	shown := map[string]any{"message": in.message}
	if in.data != "" {
		shown["data"] = in.data
	}
	for _, f := range in.files {
		list, _ := shown["attachments"].([]map[string]any)
		shown["attachments"] = append(list, map[string]any{"name": f.Name, "size": len(f.Content)})
	}
	return bodyText(marshal(shown))
}

var jwtShape = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)

// mayHide tells quickly that a body has none of the secret fields: most have none, and batches of events are long.
func mayHide(body []byte) bool {
	lower := bytes.ToLower(body)
	return slices.ContainsFunc([]string{"token", "privatekey", "password", `\u`}, func(part string) bool {
		return bytes.Contains(lower, []byte(part))
	})
}

// bodyText is a body without secrets, cut at a bound.
func bodyText(body []byte) string {
	text := string(body)
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // ids are larger than a float holds exactly
	if mayHide(body) && decoder.Decode(&value) == nil {
		if hide(value) {
			text = string(marshal(value))
		}
	}
	text = jwtShape.ReplaceAllString(strings.ToValidUTF8(text, "?"), redacted)
	return cut(text, maxCallBody)
}

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

// hide overwrites the values of secret fields; it tells whether there were any.
func hide(value any) (found bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if _, isText := inner.(string); isText && secret(name) {
				v[name], found = redacted, true
			} else {
				found = hide(inner) || found
			}
		}
	case []any:
		for _, inner := range v {
			found = hide(inner) || found
		}
	}
	return found
}

func secret(name string) bool {
	switch strings.ToLower(name) {
	case "token", "access_token", "authorizationtoken", "sessiontoken", "keymanagertoken", "privatekey", "password":
		return true
	}
	return false
}

// curl is the call for a shell, with variables in the places of tokens.
func curl(c *call) string {
	var line strings.Builder
	fmt.Fprintf(&line, "curl -X %s %s", c.Method, quote("http://"+c.Host+c.URL.RequestURI()))
	for _, h := range []struct{ name, value string }{
		{"sessionToken", "$SESSION_TOKEN"}, {"keyManagerToken", "$KEY_MANAGER_TOKEN"}, {"Authorization", "Bearer $ACCESS_TOKEN"},
	} {
		if c.Header.Get(h.name) == "" {
			continue
		}
		fmt.Fprintf(&line, ` -H "%s: %s"`, h.name, h.value)
	}
	if c.Method == http.MethodGet || len(c.body) == 0 {
		return line.String()
	}
	return line.String() + curlBody(c)
}

func curlBody(c *call) string {
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	text := requestText(c)
	if kind != "multipart/form-data" {
		return fmt.Sprintf(" -H %s -d %s", quote("Content-Type: "+kind), quote(text))
	}
	var fields map[string]any
	_ = json.Unmarshal([]byte(text), &fields)
	line := ""
	for _, name := range []string{"message", "data"} {
		if value, ok := fields[name].(string); ok {
			line += " --form-string " + quote(name+"="+value)
		}
	}
	return line
}

// quote makes a word of a POSIX shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
