package symphony_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

const (
	sendMessage = "POST /agent/v4/stream/{sid}/message/create"
	sent        = `{"messageId":"otw479eT4ESpTPi6CRaEAn___nA6zpofbQ","timestamp":1717000300000,
		"message":"<div data-format=\"PresentationML\" data-version=\"2.0\">Room <b>Q3 desk</b> is ready</div>","data":"{}",
		"user":{"userId":7078106103815,"displayName":"Room Bot","email":"room.bot@acme.test","username":"room.bot"},
		"stream":{"streamId":"V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA","streamType":"IM"},"externalRecipients":false,
		"userAgent":"Agent-25.8.1-Linux-6.1","originalFormat":"com.symphony.messageml.v2","sid":"5e7c2d0e-92b8-4c43-8f2f-3f0f5c1f9d77"}`
)

type part struct{ Name, File, Kind, Content string }

func parts(t *testing.T, r receivedRequest) []part {
	t.Helper()
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/form-data", kind)
	var all []part
	for form := multipart.NewReader(strings.NewReader(r.Body), params["boundary"]); ; {
		p, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		require.NoError(t, err)
		content, err := io.ReadAll(p)
		require.NoError(t, err)
		all = append(all, part{p.FormName(), p.FileName(), p.Header.Get("Content-Type"), string(content)})
	}
}

func TestSendMessage(t *testing.T) {
	t.Parallel()
	t.Run("data and files are sent, again after an ended session", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answers(sendMessage, answerWith(401, `{}`), answerWith(200, sent))
		m, err := p.client().SendMessage(t.Context(), "V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA", symphony.Outgoing{
			MessageML: "<messageML>Zürich</messageML>", Data: `{"a":{}}`,
			Attachments: []symphony.Attachment{
				{Name: "a \"b\".csv", ContentType: "text/csv", Content: []byte("1,2")}, {Name: "c", Content: []byte{0, 1}},
			},
		})
		require.NoError(t, err)
		require.EqualValues(t, "otw479eT4ESpTPi6CRaEAn___nA6zpofbQ", m.ID)
		require.Equal(t, time.UnixMilli(1717000300000).UTC(), m.Time)
		require.Equal(t, symphony.IM, m.Stream.Type)
		requests := p.requestsTo("POST", "/agent/v4/stream/V1TMjaYeorLs6xhXPC7zA3___nA7a8R_dA/message/create")
		require.Len(t, requests, 2)
		for _, r := range requests {
			require.Equal(t, []part{
				{"message", "", "", "<messageML>Zürich</messageML>"}, {"data", "", "", `{"a":{}}`},
				{"attachment", `a "b".csv`, "text/csv", "1,2"}, {"attachment", "c", "application/octet-stream", "\x00\x01"},
			}, parts(t, r))
		}
	})

	t.Run("a file alone has a message of one blank", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer(sendMessage, 200, sent)
		_, err := p.client().SendMessage(t.Context(), "s", symphony.Outgoing{Attachments: []symphony.Attachment{{Name: "c"}}})
		require.NoError(t, err)
		require.Equal(t, "<messageML> </messageML>", parts(t, p.requestsTo("POST", "/agent/v4/stream/s/message/create")[0])[0].Content)
	})

	t.Run("an edit says whether it is shown as unread", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("POST /agent/v4/stream/{sid}/message/{mid}/update", 200,
			`{"messageId":"n","replacing":"m","initialMessageId":"m","initialTimestamp":1717000300000,"silent":"true"}`)
		m, err := p.client().UpdateMessage(t.Context(), "s", "m", symphony.Outgoing{MessageML: "<messageML>x</messageML>"})
		require.NoError(t, err)
		require.Equal(t, symphony.Message{
			ID: "n", Replaces: "m", Initial: "m", InitialTime: time.UnixMilli(1717000300000).UTC(), Silent: true,
		}, m)
		require.Equal(t, part{"silent", "", "", "false"}, parts(t, p.requestsTo("POST", "/agent/v4/stream/s/message/m/update")[0])[1])
	})
}

func TestReadMessages(t *testing.T) {
	t.Parallel()
	t.Run("missing message is not found", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /agent/v1/message/{id}", 204, ``)
		_, err := p.client().Message(t.Context(), "m")
		require.ErrorIs(t, err, symphony.ErrNotFound)
	})

	t.Run("messages since a time", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /agent/v4/stream/{sid}/message", 200, `[`+sent+`]`)
		messages := collect(t, p.client().MessagesSince(t.Context(), "s", time.UnixMilli(1717000000000)))
		require.Len(t, messages, 1)
		require.Equal(t, "limit=100&since=1717000000000&skip=0", p.requestsTo("GET", "/agent/v4/stream/s/message")[0].Query)
	})

	t.Run("messages that are too large for one page", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		const all = 25
		p.on("GET /agent/v4/stream/{sid}/message", func(w http.ResponseWriter, r *http.Request) {
			skip, _ := strconv.Atoi(r.URL.Query().Get("skip"))
			limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
			var page []string
			for n := skip; n < min(all, skip+limit); n++ {
				page = append(page, fmt.Sprintf(`{"messageId":"m%d","data":%q}`, n, strings.Repeat("x", 1000)))
			}
			_, _ = io.WriteString(w, "["+strings.Join(page, ",")+"]")
		})
		c := p.client(func(c *symphony.Config) { c.MaxBody = 15_000 })
		messages := collect(t, c.MessagesSince(t.Context(), "s", time.UnixMilli(1717000000000)))
		require.Len(t, messages, all)
		require.EqualValues(t, "m24", messages[24].ID)
	})

	t.Run("unreadable message among others", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("GET /agent/v4/stream/{sid}/message", 200, `[7, {"messageId":"own","timestamp":{},"user":{"userId":5},"silent":[],"data":"{\"a\":1}"},`+sent+`]`)
		messages := collect(t, p.client().MessagesSince(t.Context(), "s", time.UnixMilli(1717000000000)))
		require.Len(t, messages, 3)
		require.Equal(t, symphony.Message{ID: "own", From: symphony.Participant{ID: 5}, Data: `{"a":1}`}, messages[1])
		require.NotEmpty(t, messages[2].ID)
	})

	t.Run("messages that match", func(t *testing.T) {
		t.Parallel()
		p := newPod(t)
		p.answer("POST /agent/v1/message/search", 200, `[`+sent+`]`)
		messages := collect(t, p.client().SearchMessages(t.Context(), symphony.MessageQuery{
			Text: "ready", Stream: "s", Author: 7078106103815, From: time.UnixMilli(5),
		}))
		require.Len(t, messages, 1)
		require.JSONEq(t, `{"text":"ready","streamId":"s","author":7078106103815,"fromDate":5}`,
			p.requestsTo("POST", "/agent/v1/message/search")[0].Body)
	})
}

func TestMessageIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	var m symphony.Message
	require.NoError(t, json.Unmarshal([]byte(sent), &m))
	again, err := json.Marshal(m)
	require.NoError(t, err)
	sameButForEmpty(t, sent, string(again))
}
