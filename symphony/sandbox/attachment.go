package sandbox

import (
	"encoding/base64"
	"net/http"

	"roombot/symphony/sandbox/rest"
	"roombot/symphony/sandbox/world"
)

// downloadAttachment answers with the file as base64 text, as agents do.
func (p *Pod) downloadAttachment(c *call) (any, error) {
	m := p.world.Message(c.Query.Get("messageId"))
	if m == nil || m.Stream != world.CanonicalID(c.Params["sid"]) {
		return nil, rest.BadRequest("Attachment not found")
	}
	if !p.world.MayRead(c.caller, m) {
		return nil, world.ErrEntitlement
	}
	for _, f := range m.Files {
		if f.ID == c.Query.Get("fileId") {
			raw := []byte(base64.StdEncoding.EncodeToString(f.Content))
			return &rest.Answer{Raw: raw, Header: http.Header{"Content-Type": {"application/octet-stream"}}}, nil
		}
	}
	return nil, rest.BadRequest("Attachment not found")
}

// encodeAttachments shows the files of a message as the list of a stream's files does.
func encodeAttachments(m *world.Message) []map[string]any {
	var files []map[string]any
	for _, f := range m.Files {
		files = append(files, map[string]any{
			"messageId": world.StandardID(m.ID), "ingestionDate": m.Time, "userId": m.From, "fileId": f.ID, "name": f.Name,
			"size": len(f.Content), "content-type": http.DetectContentType(f.Content), "previews": []any{},
		})
	}
	return files
}
