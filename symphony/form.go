package symphony

import "encoding/json"

// UnmarshalJSON reads also the events of agents before 20.3.1, which call the chat formStream and
// leave its type out (the documentation of the vendor's Python kit shows one). Their actionStream
// is not where the form stands, and is not read.
func (e *FormSubmitted) UnmarshalJSON(b []byte) error {
	type plain FormSubmitted
	w := struct {
		*plain
		Older Conversation `json:"formStream"`
	}{plain: (*plain)(e)}
	err := json.Unmarshal(b, &w)
	if e.Stream.ID == "" {
		e.Stream = w.Older
	}
	return err
}

// FormValues are the fields of a submitted form, as they came. A field may be a string, a list, a
// number or an object; an unchecked box is absent.
type FormValues map[string]json.RawMessage

// Action is the name of the button that was pressed.
func (v FormValues) Action() string { return v.Text("action") }

// Text is a field's text: the first of a list, the digits of a number, "" if there is none.
func (v FormValues) Text(name string) string {
	if all := v.Texts(name); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Texts are a field's texts: several of a multiple choice or of fields that share a name.
func (v FormValues) Texts(name string) []string {
	raw, there := v[name]
	if !there || string(raw) == "null" {
		return nil
	}
	var many []lenientText
	if json.Unmarshal(raw, &many) != nil {
		many = make([]lenientText, 1)
		if json.Unmarshal(raw, &many[0]) != nil {
			return nil
		}
	}
	texts := make([]string, 0, len(many))
	for _, t := range many {
		texts = append(texts, string(t))
	}
	return texts
}

// Checked reports whether a checkbox is ticked.
func (v FormValues) Checked(name string) bool { return v.Text(name) != "" }

// Users are the people chosen in a person selector or a room selector.
func (v FormValues) Users(name string) ([]UserID, error) {
	var chosen struct {
		Users []UserID `json:"userIds"`
	}
	if json.Unmarshal(v[name], &chosen) == nil {
		return chosen.Users, nil
	}
	var ids []UserID
	for _, t := range v.Texts(name) {
		if t == "" { // an empty selector may come as an empty text
			continue
		}
		id, err := ParseUserID(t)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// Streams are the conversations chosen in a room selector.
func (v FormValues) Streams(name string) []StreamID {
	var chosen struct {
		Streams []StreamID `json:"streamIds"`
	}
	if json.Unmarshal(v[name], &chosen) != nil {
		return nil
	}
	return chosen.Streams
}
