package sandbox_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
	"roombot/symphony/sandbox/podtest"
)

func TestTypedTextIsSentAsTheDesktopClientWritesIt(t *testing.T) {
	b := loggedIn(t)
	feed := b.Feed()
	said := b.Says("bob", "/newroom \"Q2\" @alice and @Carol O'Neil, bob@acme.test\nsecond <line> & more")

	events := b.Read(feed, "").Events
	var sent struct {
		Message struct {
			MessageID, Message, Data string
			User                     struct{ UserID int64 }
			Stream                   struct{ StreamID, StreamType string }
		}
	}
	require.NoError(t, json.Unmarshal(events[1].Payload["messageSent"], &sent))
	require.Equal(t, said.ID, sent.Message.MessageID)
	require.True(t, strings.HasSuffix(said.ID, "bQ"), "the id of a message")
	require.Equal(t, "IM", sent.Message.Stream.StreamType)
	require.Equal(t, `<div data-format="PresentationML" data-version="2.0" class="wysiwyg"><p>/newroom &quot;Q2&quot; `+
		`<span class="entity" data-entity-id="0">@Alice Martin</span> and <span class="entity" data-entity-id="1">@Carol O&#39;Neil</span>, `+
		`bob@acme.test<br/>second &lt;line&gt; &amp; more</p></div>`, sent.Message.Message)
	var data map[string]struct {
		Type string
		ID   []struct{ Type, Value string }
	}
	require.NoError(t, json.Unmarshal([]byte(sent.Message.Data), &data))
	require.Equal(t, "com.symphony.user.mention", data["0"].Type)
	require.Equal(t, fmt.Sprint(b.ID("alice")), data["0"].ID[0].Value)
	require.NoError(t, wellFormedXML(sent.Message.Message))
}

func wellFormedXML(text string) error {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func TestTheComposerFindsMentions(t *testing.T) {
	b := setup(t)
	for text, want := range map[string]string{
		"@bob":                      "@Bob Chen",
		"@BOB, @alice.":             "@Bob Chen, @Alice Martin.",
		"@Bob Chen@Alice Martin":    "@Bob Chen@Alice Martin",
		"@bobby @bob.smith @nobody": "@bobby @bob.smith @nobody",
		"mail bob@acme.test":        "mail bob@acme.test",
		"@bob chen's desk":          "@Bob Chen's desk",
		"\u201c@bob\u201d":          "\u201c@Bob Chen\u201d",
	} {
		require.Equal(t, want, b.Says("alice", text).Text)
	}
}

func TestTheBotAnswersWithMessageML(t *testing.T) {
	b := loggedIn(t)
	said := b.Says("bob", "/help")
	got := b.Message(said.StreamID, fmt.Sprintf(`<messageML><b>Hello</b> <mention uid="%d"/></messageML>`, b.ID("bob")), "").OK()
	require.Contains(t, got["message"], `<span class="entity" data-entity-id="mention1">@Bob Chen</span>`)
	require.IsType(t, "", got["data"])
	require.Equal(t, said.StreamID, got["stream"].(map[string]any)["streamId"])

	answer, err := said.Reply(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Hello @Bob Chen", answer.Text)
	_, err = b.People.Sees(t.Context(), "bob", "Hello")
	require.NoError(t, err)
}

func TestMessagesThatTheAgentRefuses(t *testing.T) {
	b := loggedIn(t)
	room := b.Says("bob", "hi").StreamID
	for text, want := range map[string]string{
		"<messageML><foo/></messageML>":  `Invalid MessageML content at element "foo"`,
		"<messageML>":                    "Invalid messageML:",
		"plain":                          "Invalid messageML:",
		"<messageML>${data}</messageML>": "",
		`<messageML><mention email="x@y.test"/></messageML>`:  `Failed to lookup user "x@y.test"`,
		`<messageML><form id="f"><p>x</p></form></messageML>`: "should have at least one action button",
		"": "Error parsing message: the message cannot be null or empty",
	} {
		require.Contains(t, b.Message(room, text, "").Refused(http.StatusBadRequest), want, text)
	}
	b.Message("nonsense", "<messageML>x</messageML>", "").Refused(http.StatusBadRequest)
	b.Message(b.SaysIn("bob", "alice", "psst").StreamID, "<messageML>x</messageML>", "").Refused(http.StatusForbidden)

	huge := b.Message(room, "<messageML>"+strings.Repeat("x", 1_600_000)+"</messageML>", "")
	require.Equal(t, "LIMIT_MESSAGE_CONTENT_MAX_TOTAL_SIZE_REACHED", huge.Object()["code"])
}

func TestAMessageIsAcceptedAsAFormAndAsJSON(t *testing.T) {
	b := loggedIn(t)
	path := "/agent/v4/stream/" + b.Says("bob", "hi").StreamID + "/message/create"
	b.Post(path, map[string]string{"message": "<messageML>one</messageML>"}).OK()
	b.Send("POST", path, "application/x-www-form-urlencoded", strings.NewReader("message="+url.QueryEscape("<messageML>two</messageML>"))).OK()
	b.Send("POST", path, "text/plain", strings.NewReader("three")).Refused(http.StatusBadRequest)
}

func TestOnlyOwnersWriteInAReadOnlyRoom(t *testing.T) {
	b := loggedIn(t)
	id := b.Room(map[string]any{"name": "News", "readOnly": true})
	require.Equal(t, http.StatusOK, b.Add(id, b.ID("bob")).Status)
	b.Post("/sandbox/v1/say", map[string]string{"as": "bob", "to": id, "text": "may I?"}).Refused(http.StatusForbidden)
	b.Message(id, "<messageML>news</messageML>", "").OK()
}

func TestAnUpdateReplacesAMessage(t *testing.T) {
	b := loggedIn(t)
	stream := b.Says("bob", "hi").StreamID
	feed := b.Feed()
	first := b.Message(stream, "<messageML>one</messageML>", "").OK()["messageId"].(string)
	update := func(id, text string) map[string]any {
		return b.Parts("/agent/v4/stream/"+stream+"/message/"+id+"/update", map[string]string{"message": text, "silent": "false"}, nil).OK()
	}
	second := update(first, "<messageML>two</messageML>")
	require.Equal(t, first, second["replacing"])
	require.Equal(t, first, second["initialMessageId"])
	require.Equal(t, false, second["silent"])
	third := update(first, "<messageML>three</messageML>")
	require.Equal(t, second["messageId"], third["replacing"], "an older id leads to the newest version")
	require.Equal(t, first, third["initialMessageId"])
	require.Equal(t, []string{"MESSAGESENT", "MESSAGESENT", "MESSAGESENT"}, b.Read(feed, "").Types())

	edited := b.Says("bob", "/newrom x")
	again, err := edited.Edits(t.Context(), "/newroom x")
	require.NoError(t, err)
	require.Equal(t, edited.ID, again.Replacing)
	b.Parts("/agent/v4/stream/"+stream+"/message/"+edited.ID+"/update", map[string]string{"message": "<messageML>no</messageML>"}, nil).
		Refused(http.StatusForbidden)
	b.Parts("/agent/v4/stream/"+stream+"/message/"+unknownID(first)+"/update", map[string]string{"message": "<messageML>no</messageML>"}, nil).
		Refused(http.StatusBadRequest)
}

func TestMessagesAreReadAndSearched(t *testing.T) {
	b := loggedIn(t)
	said := b.Says("bob", "first")
	b.Says("bob", "second @roombot")
	list := b.Get("/agent/v4/stream/" + said.StreamID + "/message?since=0").List()
	require.Len(t, list, 2)
	require.Equal(t, said.ID, list[1]["messageId"], "newest first")
	require.Equal(t, said.ID, b.Get("/agent/v1/message/" + said.ID).OK()["messageId"])
	require.Equal(t, http.StatusNoContent, b.Get("/agent/v1/message/"+unknownID(said.ID)).Status)
	b.Get("/agent/v4/stream/" + said.StreamID + "/message").Refused(http.StatusBadRequest)

	search := func(query map[string]any) reply { return b.Post("/agent/v1/message/search", query) }
	require.Len(t, search(map[string]any{"text": "first", "streamId": said.StreamID}).List(), 1)
	require.Len(t, search(map[string]any{"mention": b.ID("roombot")}).List(), 1)
	require.Empty(t, search(map[string]any{"author": 1}).List())
	search(map[string]any{"text": "first"}).Refused(http.StatusBadRequest)

	find := func(query string) reply { return b.Get("/agent/v1/message/search?query=" + url.QueryEscape(query)) }
	require.Len(t, find("text:second AND streamId:"+said.StreamID).List(), 1)
	require.Len(t, find(fmt.Sprintf("StreamID:%s AND fromDate:%d", said.StreamID, said.Timestamp)).List(), 2)
	require.Empty(t, find(fmt.Sprintf("streamId:%s AND toDate:%d", said.StreamID, said.Timestamp)).List(), "before, not at")
	require.Empty(t, find("streamType:chatroom").List())
	find("author:bob").Refused(http.StatusBadRequest)
}

// unknownID is an id like this one, of nothing.
func unknownID(id string) string {
	letter := "A"
	if strings.HasPrefix(id, letter) {
		letter = "B"
	}
	return letter + id[1:]
}

func TestAttachmentsAreSentListedAndDownloaded(t *testing.T) {
	b := loggedIn(t)
	stream := b.Says("bob", "hi").StreamID
	path := "/agent/v4/stream/" + stream + "/message/create"
	got := b.Parts(path, map[string]string{"message": "<messageML> </messageML>x"}, map[string]string{"a.exe": "no"})
	require.Contains(t, got.Refused(http.StatusBadRequest), "not allowed")
	sent := b.Parts(path, map[string]string{"message": "<messageML>file</messageML>"}, map[string]string{"a.txt": "content"}).OK()
	file := sent["attachments"].([]any)[0].(map[string]any)
	require.Equal(t, "a.txt", file["name"])
	download := b.Get(fmt.Sprintf("/agent/v1/stream/%s/attachment?fileId=%s&messageId=%s", stream, file["id"], sent["messageId"]))
	raw, err := base64.StdEncoding.DecodeString(string(download.Raw))
	require.NoError(t, err)
	require.Equal(t, "content", string(raw))
	missing := "/agent/v1/stream/" + stream + "/attachment?messageId="
	b.Get(missing + unknownID(sent["messageId"].(string))).Refused(http.StatusBadRequest)
	b.Get(missing + sent["messageId"].(string) + "&fileId=none").Refused(http.StatusBadRequest)

	attachments := "/pod/v1/streams/" + stream + "/attachments"
	listed := b.Get(attachments).List()
	require.Len(t, listed, 1)
	require.Equal(t, "text/plain; charset=utf-8", listed[0]["content-type"])
	at := int64(sent["timestamp"].(float64))
	require.Len(t, b.Get(fmt.Sprintf("%s?since=%d&to=%d", attachments, at, at)).List(), 1)
	require.Empty(t, b.Get(fmt.Sprintf("%s?since=%d", attachments, at+1)).List())
	require.Empty(t, b.Get(fmt.Sprintf("%s?to=%d", attachments, at-1)).List())
}

func TestABlastReportsEachFailure(t *testing.T) {
	b := loggedIn(t)
	stream := b.Says("bob", "hi").StreamID
	got := b.Parts("/agent/v4/message/blast", map[string]string{"message": "<messageML>all</messageML>", "sids": stream + ",nonsense"}, nil).OK()
	require.Len(t, got["messages"], 1)
	require.Contains(t, got["errors"], "nonsense")
}

func TestASuppressedMessageIsBlank(t *testing.T) {
	b := loggedIn(t)
	stream := b.Says("bob", "hi").StreamID
	feed := b.Feed()
	id := b.Message(stream, podtest.RoomForm, "").OK()["messageId"].(string)
	got := b.Post("/pod/v1/admin/messagesuppression/"+id+"/suppress", nil).OK()
	require.Equal(t, true, got["suppressed"])
	require.NotZero(t, got["suppressionDate"])
	require.Zero(t, b.Post("/pod/v1/admin/messagesuppression/"+id+"/suppress", nil).OK()["suppressionDate"])
	require.Equal(t, []string{"MESSAGESENT", "MESSAGESUPPRESSED"}, b.Read(feed, "").Types())
	act := map[string]any{"as": "bob", "messageId": id, "formId": "create-room", "action": "submit", "values": map[string]any{"roomName": "Q3"}}
	b.Post("/sandbox/v1/act", act).Refused(http.StatusNotFound)
}

func TestAFormIsSubmittedToTheBotThatSentIt(t *testing.T) {
	b := loggedIn(t)
	said := b.Says("bob", "/newroom")
	b.Message(said.StreamID, podtest.RoomForm, "").OK()
	feed := b.Feed()
	form, err := said.Reply(t.Context())
	require.NoError(t, err)
	require.Equal(t, []client.Form{{ID: "create-room"}}, form.Forms)

	require.NoError(t, b.Submits("bob", form, "create-room", "submit", map[string]any{"roomName": "Q3", "members": []int64{b.ID("alice")}}))
	read := b.Read(feed, "")
	require.Equal(t, []string{"SYMPHONYELEMENTSACTION"}, read.Types())
	var action struct {
		FormID, FormMessageID string
		Stream                struct{ StreamID string }
		FormValues            map[string]any
	}
	require.NoError(t, json.Unmarshal(read.Events[0].Payload["symphonyElementsAction"], &action))
	require.Equal(t, said.StreamID, action.Stream.StreamID)
	require.Equal(t, form.ID, action.FormMessageID)
	require.Equal(t, map[string]any{"action": "submit", "roomName": "Q3", "members": []any{float64(b.ID("alice"))}}, action.FormValues)

	require.Error(t, b.Submits("bob", form, "create-room", "submit", nil), "a required value is missing")
	require.Error(t, b.Submits("bob", form, "create-room", "nothing", map[string]any{"roomName": "x"}))
	require.Error(t, b.Submits("bob", form, "other", "submit", nil))
	require.Error(t, b.Submits("carol", form, "create-room", "submit", map[string]any{"roomName": "x"}))
}

func TestStrictFormValuesAreStrings(t *testing.T) {
	b := loggedIn(t, func(c *config) { c.StrictFormValues = true })
	said := b.Says("bob", "/newroom")
	b.Message(said.StreamID, podtest.RoomForm, "").OK()
	form, err := said.Reply(t.Context())
	require.NoError(t, err)
	feed := b.Feed()
	require.NoError(t, b.Submits("bob", form, "create-room", "submit", map[string]any{"roomName": "Q3"}))
	require.Contains(t, string(b.Read(feed, "").Events[0].Payload["symphonyElementsAction"]), `"members":"[]"`)
}
