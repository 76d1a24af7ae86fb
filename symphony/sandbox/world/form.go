package world

import (
	"slices"

	"roombot/symphony/sandbox/markup"
)

// Submission is a form that somebody has filled in.
type Submission struct {
	MessageID string         `json:"messageId"`
	FormID    string         `json:"formId"`
	Values    map[string]any `json:"values"` // by field
}

// Submit submits a form to the service account that sent it, and to nobody else. encode makes of
// the form the values that are sent.
func (w *World) Submit(who *Person, messageID, formID string, encode func(markup.Form) (map[string]any, error)) (*Message, error) {
	m := w.Message(messageID)
	if m == nil {
		return nil, notFound("There is no such message")
	}
	if !w.MayRead(who, m) || !who.Active {
		return nil, forbidden("%s is not in this chat", who.Display)
	}
	at := slices.IndexFunc(m.Forms, func(f markup.Form) bool { return f.ID == formID })
	if at < 0 {
		return nil, notFound("The message has no form %q", formID)
	}
	values, err := encode(m.Forms[at])
	if err != nil {
		return nil, invalid("%s", err.Error())
	}
	if m.Submitted == nil {
		m.Submitted = map[string][]int64{}
	}
	m.Submitted[formID] = addOnce(m.Submitted[formID], who.ID)
	w.emit(w.streams[m.Stream], &Event{
		Kind: FormSubmitted, MessageID: MintID(MessageMark, w.Now()), Initiator: who.ID,
		Form: &Submission{MessageID: m.ID, FormID: formID, Values: values},
	}, []int64{m.From})
	w.notify(Change{Kind: MessageChanged, Stream: w.streams[m.Stream], Message: m})
	return m, nil
}

// HasSubmitted reports whether somebody has submitted a form of a message.
func (m *Message) HasSubmitted(formID string, user int64) bool {
	return slices.Contains(m.Submitted[formID], user)
}
