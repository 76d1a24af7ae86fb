package symphony_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

// payload is one of the recorded and example answers that SYMPHONY_PAYLOADS holds.
type payload struct {
	File      string `json:"file"`
	Kind      string `json:"kind"`
	Operation string `json:"operation"`

	body string
}

// checksByKind decode a payload by the client, as the answer of the operation, and compare what
// comes out with a decoding of their own.
var checksByKind = map[string]func(t *testing.T, f payload, doc node){
	"access-token":                 checkAccessToken,
	"agent-info":                   checkAgentInfo,
	"connection":                   checkConnection,
	"datafeed":                     checkDatafeed,
	"datafeeds":                    checkDatafeeds,
	"entity-data":                  checkEntityData,
	"error":                        checkError,
	"event-messagesent":            checkEvents,
	"event-symphonyelementsaction": checkEvents,
	"event-userjoinedroom":         checkEvents,
	"feed-batch":                   checkEvents,
	"feed-events":                  checkEvents,
	"group-list":                   checkGroups,
	"health":                       checkHealth,
	"health-extended":              checkHealth,
	"im-create":                    checkCreatedIM,
	"key-login":                    checkKeyLogin,
	"login":                        checkLogin,
	"members":                      checkMembers,
	"message":                      checkMessage,
	"messages":                     checkMessages,
	"presence":                     checkPresence,
	"room":                         checkRoom,
	"room-request":                 checkRoomRequest,
	"room-search":                  checkRoomSearch,
	"room-v1":                      checkSetRoomActive,
	"stream":                       checkStream,
	"success":                      checkSuccess,
	"user":                         checkMe,
	"user-search":                  checkUserSearch,
	"users":                        checkUsers,
}

// excludedKinds are kinds of payload that no operation of the client answers with, with what the
// client calls instead.
var excludedKinds = map[string]string{
	"blast":          "the client sends to one chat at a time",
	"connections":    "the client asks for one person's connection",
	"im-info":        "the client describes every chat by GET /pod/v2/streams/{sid}/info",
	"stream-members": "for administrators; the client lists the members of rooms",
	"streams":        "the client does not list its chats",
	"streams-admin":  "for administrators",
	"user-detail":    "for administrators; the client looks users up",
}

// excludedFiles are single files that are no payloads of their operation.
var excludedFiles = map[string]string{
	"room-request/symphony-bdk-python-room-created-message-179d5d.json":        "a generated template, each value is its field's name",
	"room-request/symphony-bdk-python-room-created-message-all-of-c4f884.json": "a generated template, each value is its field's name",
	"room-request/symphony-bdk-python-v2-room-attributes-3d23ca.json":          "a generated template, each value is its field's name",
	"room-request/symphony-bdk-python-v3-room-attributes-49fed4.json":          "a generated template, each value is its field's name",
	"room-request/symphony-bdk-python-v4-room-properties-76d749.json":          "a generated template, each value is its field's name",
}

func TestRecordedPayloadsAreDecoded(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SYMPHONY_PAYLOADS")
	if folder == "" {
		t.Skip("SYMPHONY_PAYLOADS does not name the folder of recorded payloads")
	}
	files := readPayloads(t, folder)
	requireEveryFile(t, folder, files)
	checked := 0
	for _, f := range files {
		check := checksByKind[f.Kind]
		_, noOperation := excludedKinds[f.Kind]
		_, noPayload := excludedFiles[f.File]
		require.True(t, check != nil || noOperation, "%s: kind %s is neither checked nor excluded", f.File, f.Kind)
		if noOperation || noPayload {
			continue
		}
		checked++
		t.Run(strings.TrimSuffix(f.File, ".json"), func(t *testing.T) {
			t.Parallel()
			var doc any
			require.NoError(t, decode(f.body, &doc))
			check(t, f, node{t, doc})
		})
	}
	require.Greater(t, checked, 200)
}

func readPayloads(t *testing.T, folder string) []payload {
	t.Helper()
	manifest, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	require.NoError(t, err)
	var files []payload
	require.NoError(t, json.Unmarshal(manifest, &files))
	for i := range files {
		body, err := os.ReadFile(filepath.Join(folder, files[i].File))
		require.NoError(t, err)
		files[i].body = string(body)
	}
	return files
}

// requireEveryFile requires that each payload in the folder is in its manifest.
func requireEveryFile(t *testing.T, folder string, files []payload) {
	t.Helper()
	listed := map[string]bool{}
	for _, f := range files {
		listed[f.File] = true
	}
	there, err := filepath.Glob(filepath.Join(folder, "*", "*.json"))
	require.NoError(t, err)
	for _, file := range there {
		name, err := filepath.Rel(folder, file)
		require.NoError(t, err)
		require.True(t, listed[filepath.ToSlash(name)], "%s is not in the manifest", name)
	}
	for name := range excludedFiles {
		require.True(t, listed[name], "%s is excluded and not there", name)
	}
}

// answeredBy is a client whose pod answers an operation with a payload.
func answeredBy(t *testing.T, pattern, body string) (*pod, *symphony.Client) {
	t.Helper()
	p := newPod(t)
	p.answer(pattern, http.StatusOK, body)
	return p, p.client()
}

// node is a value of a JSON document, decoded without any of the client's types.
type node struct {
	t *testing.T
	v any
}

// at follows keys; what is not there is null.
func (n node) at(keys ...string) node {
	for _, k := range keys {
		m, _ := n.v.(map[string]any)
		n.v = m[k]
	}
	return n
}

func (n node) has(key string) bool {
	m, _ := n.v.(map[string]any)
	_, there := m[key]
	return there
}

func (n node) list() []node {
	all, _ := n.v.([]any)
	nodes := make([]node, 0, len(all))
	for _, v := range all {
		nodes = append(nodes, node{n.t, v})
	}
	return nodes
}

// text is a string, or the digits of a number; "" for null.
func (n node) text() string {
	switch v := n.v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	require.Nil(n.t, n.v)
	return ""
}

// id is a text in the URL alphabet of base64 without padding.
func (n node) id() string {
	return strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(n.text(), "+", "-"), "/", "_"), "=")
}

func (n node) number() int64 {
	if n.text() == "" {
		return 0
	}
	i, err := json.Number(n.text()).Int64()
	require.NoError(n.t, err)
	return i
}

func (n node) user() symphony.UserID { return symphony.UserID(n.number()) }

func (n node) users() []symphony.UserID {
	var all []symphony.UserID
	for _, u := range n.list() {
		all = append(all, u.user())
	}
	return all
}

// flag is a boolean, or one as text; false for null.
func (n node) flag() bool {
	if b, ok := n.v.(bool); ok {
		return b
	}
	return n.text() == "true"
}

// time is milliseconds since 1970; the zero time for none.
func (n node) time() time.Time {
	if n.number() == 0 {
		return time.Time{}
	}
	return time.Unix(n.number()/1000, n.number()%1000*1e6).UTC()
}
