package sandbox

import (
	"bytes"
	"encoding/json"
	"mime"
	"mime/multipart"
	"regexp"
	"slices"
	"strings"

	"roombot/symphony/sandbox/rest"
)

const (
	maxCallBody = 16 << 10 // bytes kept of each body
	redacted    = "[redacted]"
)

// requestText shows a body as JSON; of a multipart body the texts, and the names and sizes of
// files.
func requestText(c *call) string {
	kind, params, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return bodyText(c.Body)
	}
	in := &content{}
	if in.readParts(multipart.NewReader(bytes.NewReader(c.Body), params["boundary"])) != nil {
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
	return bodyText(rest.Marshal(shown))
}

var jwtShape = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)

// mayHoldSecret reports whether a body may have a secret field. It is quick: most have none, and
// batches of events are long.
func mayHoldSecret(body []byte) bool {
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
	if mayHoldSecret(body) && decoder.Decode(&value) == nil {
		if hideSecrets(value) {
			text = string(rest.Marshal(value))
		}
	}
	text = jwtShape.ReplaceAllString(strings.ToValidUTF8(text, "?"), redacted)
	return cutText(text, maxCallBody)
}

func cutText(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

// hideSecrets overwrites the values of secret fields, and reports whether there were any.
func hideSecrets(value any) (found bool) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if _, isText := inner.(string); isText && isSecret(name) {
				v[name], found = redacted, true
			} else {
				found = hideSecrets(inner) || found
			}
		}
	case []any:
		for _, inner := range v {
			found = hideSecrets(inner) || found
		}
	}
	return found
}

// isSecret reports whether a field of this name is not to be shown.
func isSecret(name string) bool {
	switch strings.ToLower(name) {
	case "token", "access_token", "authorizationtoken", "sessiontoken", "keymanagertoken", "privatekey", "password":
		return true
	}
	return false
}
