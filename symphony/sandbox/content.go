package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

const (
	maxContent     = 1_500_000 // bytes of message and data together
	maxAttachments = 30 << 20  // bytes of all files of a message
)

// content is what the agent is asked to send.
type content struct {
	message, data, sids string
	silent              bool
	files               []world.File
	previews            int
}

// readContent reads a message's body: multipart as the kits send it, a form, or JSON.
func readContent(c *call) (*content, error) {
	kind, params, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return nil, rest.BadRequest("The Content-Type is missing or malformed; use multipart/form-data")
	}
	in := &content{silent: true}
	switch kind {
	case "multipart/form-data":
		err = in.readParts(multipart.NewReader(bytes.NewReader(c.Body), params["boundary"]))
	case "application/x-www-form-urlencoded":
		err = in.readForm(string(c.Body))
	case "application/json":
		err = in.readJSON(c.Body)
	default:
		return nil, rest.BadRequest("The Content-Type %s is not supported; use multipart/form-data", kind)
	}
	if err != nil {
		return nil, err
	}
	return in, in.check()
}

func (in *content) set(name, value string) {
	switch name {
	case "message":
		in.message = value
	case "data":
		in.data = value
	case "sids":
		in.sids += "," + value
	case "silent":
		in.silent = !strings.EqualFold(value, "false")
	}
}

func (in *content) readParts(reader *multipart.Reader) error {
	for {
		part, err := reader.NextPart()
		if err == io.EOF { //nolint:errorlint // documented to be returned bare
			return nil
		}
		if err != nil {
			return rest.BadRequest("The multipart body is malformed")
		}
		value, err := io.ReadAll(part) // bounded: the body was read through a limit
		if err != nil {
			return rest.BadRequest("The multipart body is malformed")
		}
		switch part.FormName() {
		case "attachment":
			in.files = append(in.files, world.File{Name: part.FileName(), Content: value})
		case "preview":
			in.previews++
		default:
			in.set(part.FormName(), string(value))
		}
	}
}

func (in *content) readForm(body string) error {
	values, err := url.ParseQuery(body)
	if err != nil {
		return rest.BadRequest("The form is malformed")
	}
	for name := range values {
		in.set(name, values.Get(name))
	}
	return nil
}

func (in *content) readJSON(body []byte) error {
	var values map[string]any
	if err := json.Unmarshal(body, &values); err != nil {
		return rest.BadRequest("The request body is not a JSON object")
	}
	for name, value := range values {
		switch v := value.(type) {
		case string:
			in.set(name, v)
		case map[string]any:
			in.set(name, string(rest.Marshal(v)))
		}
	}
	return nil
}

func (in *content) check() error {
	size := 0
	for _, f := range in.files {
		size += len(f.Content)
		if !slices.Contains(allowedExtensions(), strings.ToLower(path.Ext(f.Name))) {
			return rest.BadRequest("The file type of %q is not allowed", f.Name)
		}
	}
	switch {
	case in.message == "":
		return rest.BadRequest("Error parsing message: the message cannot be null or empty")
	case len(in.message)+len(in.data) > maxContent:
		return errTooLarge
	case size > maxAttachments:
		return rest.Refuse(http.StatusRequestEntityTooLarge, "The attachments are larger than 30 MB")
	case in.previews > 0 && in.previews != len(in.files):
		return rest.BadRequest("There must be no preview, or one for each attachment")
	}
	return nil
}
