package sandbox

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// curlLine is the call for a shell, with variables in the places of tokens.
func curlLine(c *call) string {
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
	if c.Method == http.MethodGet || len(c.Body) == 0 {
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
	var line strings.Builder
	for _, name := range []string{"message", "data"} {
		if value, ok := fields[name].(string); ok {
			line.WriteString(" --form-string " + quote(name+"="+value))
		}
	}
	return line.String()
}

// quote makes a word of a POSIX shell.
func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
