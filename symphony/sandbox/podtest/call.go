package podtest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Reply is an answer of the pod.
type Reply struct {
	*testing.T
	Status int
	Header http.Header
	Raw    []byte
}

// OK is the object of a 200.
func (r Reply) OK() map[string]any {
	r.Helper()
	require.Equal(r, http.StatusOK, r.Status, string(r.Raw))
	return r.Object()
}

// Object is the object of any answer.
func (r Reply) Object() map[string]any {
	r.Helper()
	var object map[string]any
	require.NoError(r, json.Unmarshal(r.Raw, &object), string(r.Raw))
	return object
}

// List is the list of a 200.
func (r Reply) List() []map[string]any {
	r.Helper()
	require.Equal(r, http.StatusOK, r.Status, string(r.Raw))
	var list []map[string]any
	require.NoError(r, json.Unmarshal(r.Raw, &list), string(r.Raw))
	return list
}

// Refused is the message of an answer that must have this status.
func (r Reply) Refused(status int) string {
	r.Helper()
	require.Equal(r, status, r.Status, string(r.Raw))
	message, _ := r.Object()["message"].(string)
	require.NotEmpty(r, message)
	return message
}

// Get calls with GET.
func (b *Bundle) Get(path string) Reply { b.Helper(); return b.Call("GET", path, nil) }

// Post calls with POST and JSON.
func (b *Bundle) Post(path string, body any) Reply { b.Helper(); return b.Call("POST", path, body) }

// Call calls with JSON; nil is no body.
func (b *Bundle) Call(method, path string, body any) Reply {
	b.Helper()
	var content io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(b, err)
		content = bytes.NewReader(raw)
	}
	return b.Send(method, path, "application/json", content)
}

// Send calls with a body of a kind.
func (b *Bundle) Send(method, path, kind string, body io.Reader) Reply {
	b.Helper()
	got, err := b.Try(b.Context(), method, path, kind, body)
	require.NoError(b, err)
	return got
}

// Try is Send that may fail.
func (b *Bundle) Try(ctx context.Context, method, path, kind string, body io.Reader) (Reply, error) {
	request, err := http.NewRequestWithContext(ctx, method, b.Server.URL+path, body)
	if err != nil {
		return Reply{}, err
	}
	request.Header.Set("Content-Type", kind)
	for name, value := range b.Tokens {
		request.Header.Set(name, value)
	}
	response, err := b.HTTP.Do(request)
	if err != nil {
		return Reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(response.Body)
	return Reply{T: b.T, Status: response.StatusCode, Header: response.Header, Raw: raw}, err
}

// Message sends MessageML as the kits do.
func (b *Bundle) Message(streamID, messageML, data string) Reply {
	b.Helper()
	return b.Parts("/agent/v4/stream/"+streamID+"/message/create", map[string]string{"message": messageML, "data": data, "version": ""}, nil)
}

// Parts posts fields and attachments as the kits do.
func (b *Bundle) Parts(path string, fields, files map[string]string) Reply {
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
	return b.Send("POST", path, form.FormDataContentType(), &body)
}
