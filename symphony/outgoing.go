package symphony

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
)

// Outgoing is a message to be sent. Its JSON is for callers that store one before they send it: the
// names are part of what they have stored.
type Outgoing struct {
	// MessageML is the markup, with its root element.
	MessageML string `json:"messageML,omitempty"`
	// Data is the entity JSON that the markup refers to, empty for none.
	Data        string       `json:"data,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	// Silent keeps an edit from being shown as unread. It means nothing for a new message.
	Silent bool `json:"silent,omitempty"`
}

// Attachment is a file to be sent. All of a message together may have 30 MB.
type Attachment struct {
	Name string `json:"name"`
	// ContentType defaults to application/octet-stream.
	ContentType string `json:"contentType,omitempty"`
	Content     []byte `json:"content,omitempty"`
}

// SendMessage writes into a conversation. It is never repeated blindly: on ErrOutcomeUnknown, look
// whether the message is there.
//
//	POST /agent/v4/stream/{sid}/message/create
func (c *Client) SendMessage(ctx context.Context, stream StreamID, m Outgoing) (Message, error) {
	return c.sendMessage(ctx, request{op: opSendMessage, args: []string{string(stream)}, multipart: m.form(false)})
}

// UpdateMessage replaces a message of the caller's own. The answer has a new id, which is the one
// to update next time. It may be repeated after a failure: an edit made twice leaves the same text.
//
//	POST /agent/v4/stream/{sid}/message/{mid}/update
func (c *Client) UpdateMessage(ctx context.Context, stream StreamID, id MessageID, m Outgoing) (Message, error) {
	return c.sendMessage(ctx, request{op: opUpdateMessage, args: []string{string(stream), string(id)}, multipart: m.form(true)})
}

func (c *Client) sendMessage(ctx context.Context, r request) (Message, error) {
	shown, err := callForValue[Message, wireMessage](ctx, c, r)
	if err == nil && shown.ID == "" {
		return Message{}, r.op.missingIDError()
	}
	return shown, err
}

// form writes the multipart body; the agent takes a message in no other way reliably.
func (m Outgoing) form(update bool) func(*multipart.Writer) error {
	return func(w *multipart.Writer) error {
		text := m.MessageML
		if text == "" {
			text = "<messageML> </messageML>" // a message with files alone still needs one blank
		}
		fields := [][2]string{{"message", text}}
		if m.Data != "" {
			fields = append(fields, [2]string{"data", m.Data})
		}
		if update {
			fields = append(fields, [2]string{"silent", strconv.FormatBool(m.Silent)})
		}
		for _, f := range fields {
			if err := w.WriteField(f[0], f[1]); err != nil {
				return err
			}
		}
		for _, a := range m.Attachments {
			if err := a.write(w); err != nil {
				return err
			}
		}
		return nil
	}
}

var headerQuoting = strings.NewReplacer("\\", "\\\\", `"`, "\\\"", "\r", " ", "\n", " ")

func (a Attachment) write(w *multipart.Writer) error {
	kind := a.ContentType
	if kind == "" {
		kind = "application/octet-stream"
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="attachment"; filename="%s"`, headerQuoting.Replace(a.Name))},
		"Content-Type":        {kind},
	})
	if err != nil {
		return err
	}
	_, err = part.Write(a.Content)
	return err
}

// multipartBody runs write and returns the body with its content type.
func multipartBody(write func(*multipart.Writer) error) ([]byte, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := write(w); err != nil {
		return nil, "", err
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.FormDataContentType(), nil
}
