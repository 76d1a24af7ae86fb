package rest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
)

// Answer is a success that is not simply 200 and JSON.
type Answer struct {
	Status int // default 200
	Header http.Header
	Body   any    // encoded as JSON unless Raw is set
	Raw    []byte // with its Content-Type in Header
	Empty  bool   // the body is a search's, and has nothing in it
	Undo   func() // runs when the answer could not be delivered
}

// NoContent is an answer 204 without a body.
type NoContent struct{}

// Encoded is an answer ready to be sent.
type Encoded struct {
	Status int
	Header http.Header
	Body   []byte
	Undo   func()
}

// Encode makes an answer of an *Answer, NoContent, or any value.
func Encode(value any) *Encoded {
	if _, empty := value.(NoContent); empty {
		return &Encoded{Status: http.StatusNoContent, Header: http.Header{}}
	}
	a, special := value.(*Answer)
	if !special {
		a = &Answer{Body: value}
	}
	out := &Encoded{Status: a.Status, Header: a.Header.Clone(), Body: a.Raw, Undo: a.Undo}
	if out.Status == 0 {
		out.Status = http.StatusOK
	}
	if out.Header == nil {
		out.Header = http.Header{}
	}
	if a.Raw == nil {
		out.Body = Marshal(a.Body)
		out.Header.Set("Content-Type", "application/json")
	}
	return out
}

// EncodeError makes an answer of an error; body gives the shape that its readers know.
func EncodeError(err error, body func(*Error) any) *Encoded {
	e := ErrorOf(err)
	answer := &Answer{Status: e.Status, Body: body(e)}
	if e.Body != "" {
		answer.Raw, answer.Header = []byte(e.Body), http.Header{"Content-Type": {contentType(e.Body)}}
	}
	out := Encode(answer)
	if e.RetryAfter > 0 {
		out.Header.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	return out
}

func contentType(body string) string {
	if json.Valid([]byte(body)) {
		return "application/json"
	}
	return http.DetectContentType([]byte(body))
}

// Marshal encodes without escaping <, > and &: markup stays readable.
func Marshal(value any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return []byte(`{"code":500,"message":"The sandbox could not encode its answer"}`)
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// Write sends an answer.
func (e *Encoded) Write(w http.ResponseWriter) error {
	maps.Copy(w.Header(), e.Header)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(e.Status)
	if e.Status == http.StatusNoContent {
		return nil
	}
	_, err := w.Write(e.Body)
	return err
}
