package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"

	"roombot/symphony/sandbox/markup"
)

// actRequest is a button pressed in a form.
type actRequest struct {
	As        string
	MessageID string
	FormID    string
	Action    string                     // the button's name
	Values    map[string]json.RawMessage // by field
	Wait      string
}

// act submits a form to the service account that sent it, and to nobody else.
func (p *Pod) act(who *person, in actRequest) (*message, error) {
	m := p.state.messages[canonical(in.MessageID)]
	if m == nil {
		return nil, refuse(http.StatusNotFound, "There is no such message")
	}
	if !p.mayRead(m, who) || !who.Active {
		return nil, forbidden("%s is not in this chat", who.Display)
	}
	at := slices.IndexFunc(m.Forms, func(f markup.Form) bool { return f.ID == in.FormID })
	if at < 0 {
		return nil, refuse(http.StatusNotFound, "The message has no form %q", in.FormID)
	}
	values, err := m.Forms[at].Encode(in.Action, in.Values)
	if err != nil {
		return nil, badRequest("%s", err.Error())
	}
	if m.Submitted == nil {
		m.Submitted = map[string][]int64{}
	}
	m.Submitted[in.FormID] = addOnce(m.Submitted[in.FormID], who.ID)
	st := p.state.streams[m.Stream]
	payload := map[string]any{
		"stream": p.state.v4(st), "formMessageId": m.ID, "formId": in.FormID, "formValues": p.strict(values),
	}
	p.emitAs(mint(messageMark, p.now()), p.now(), eventAction, who, payload, []int64{m.From})
	p.showMessage(st, m)
	return m, nil
}

// strict makes strings of all values for kits that cannot read anything else.
func (p *Pod) strict(values map[string]any) map[string]any {
	if !p.cfg.StrictFormValues {
		return values
	}
	strings := map[string]any{}
	for name, value := range values {
		text, ok := value.(string)
		if !ok {
			text = string(marshal(value))
		}
		strings[name] = text
	}
	return strings
}

func (p *Pod) controlAct(c *call) (any, error) {
	var body actRequest
	if err := c.decode(&body); err != nil {
		return nil, err
	}
	return p.speak(c, body.As, body.Wait, func(who *person) (*message, error) { return p.act(who, body) })
}
