package markup

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"roombot/symphony/messageml"
)

// Encode turns a submission into the formValues that a pod sends to the bot. action is the name of
// the button that was clicked; values has, by field, what the person filled in, and a field that is
// absent keeps its initial value. An error is a sentence for that person, or for whoever drives the
// sandbox.
//
// It accepts for texts, pickers, radios and single selects a string; for multiple selects a string
// or an array; for checkboxes true, false, the value or an array of values; for person selectors
// ids as numbers or strings, one or an array; for room selectors ids or the pod's own object. null
// empties a field.
func (f Form) Encode(action string, values map[string]json.RawMessage) (map[string]any, error) {
	checked, err := f.checksFields(action)
	if err != nil {
		return nil, err
	}
	for name := range values {
		if !slices.ContainsFunc(f.Fields, func(field Field) bool { return field.Name == name }) {
			return nil, fmt.Errorf("the form %q has no field %q: it has %s", f.ID, name, quoteNames(f.fieldNames()))
		}
	}
	encoded := map[string]any{"action": action}
	for _, field := range f.Fields {
		raw, given := values[field.Name]
		value, err := field.encode(raw, given)
		if err == nil && checked {
			err = field.check(value)
		}
		if err != nil {
			return nil, err
		}
		addValue(encoded, field.Name, value)
	}
	return encoded, nil
}

// checksFields reports whether the checksFields asks for the fields to be checked.
func (f Form) checksFields(name string) (checked bool, err error) {
	var names []string
	for _, button := range f.Buttons {
		if button.Type == "action" && button.Name == name {
			return !button.Unchecked, nil
		}
		if button.Type == "action" {
			names = append(names, button.Name)
		}
	}
	for _, field := range f.Fields {
		if field.Submits && field.Name == name {
			return false, nil
		}
	}
	return false, fmt.Errorf("the form %q has no action %q: it has %s", f.ID, name, quoteNames(names))
}

func (f Form) fieldNames() []string {
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Name)
	}
	return names
}

func quoteNames(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = strconv.Quote(name)
	}
	return strings.Join(texts, ", ")
}

// addValue keeps both values when two elements have one name; an absent value leaves no trace.
func addValue(encoded map[string]any, name string, value any) {
	if value == nil {
		return
	}
	earlier, ok := encoded[name]
	switch list, isList := earlier.([]any); {
	case !ok:
		encoded[name] = value
	case isList:
		encoded[name] = append(list, value)
	default:
		encoded[name] = []any{earlier, value}
	}
}

func (f Field) encode(raw json.RawMessage, given bool) (any, error) {
	switch f.Kind {
	case Checkbox:
		return f.encodeCheckbox(raw, given)
	case PersonSelector:
		return f.encodePeople(raw, given)
	case RoomSelector:
		return f.encodeRooms(raw, given)
	case Select, Radio:
		return f.encodeOptions(raw, given)
	}
	if !given {
		return f.Initial, nil
	}
	return f.decodeText(raw)
}

func (f Field) decodeText(raw json.RawMessage) (string, error) {
	var text string
	if json.Unmarshal(raw, &text) == nil { // null is the empty text
		return text, nil
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil {
		return number.String(), nil
	}
	return "", fmt.Errorf("%s takes a text", f.displayName())
}

// decodeTexts reads one or several values.
func (f Field) decodeTexts(raw json.RawMessage) ([]string, error) {
	var many []json.RawMessage
	if json.Unmarshal(raw, &many) != nil {
		many = []json.RawMessage{raw}
	}
	values := make([]string, 0, len(many))
	for _, one := range many {
		value, err := f.decodeText(one)
		if err != nil {
			return nil, err
		}
		if value != "" {
			values = append(values, value)
		}
	}
	return values, nil
}

// encodeCheckbox is the checkbox's value, or nil: an unticked one is absent.
func (f Field) encodeCheckbox(raw json.RawMessage, given bool) (any, error) {
	option := f.Options[0]
	ticked := option.Selected
	if given && json.Unmarshal(raw, &ticked) != nil {
		values, err := f.decodeTexts(raw)
		if err != nil {
			return nil, err
		}
		ticked = slices.Contains(values, option.Value)
	} else if string(raw) == "null" {
		ticked = false
	}
	if !ticked {
		return nil, nil
	}
	return option.Value, nil
}

func (f Field) encodeOptions(raw json.RawMessage, given bool) (any, error) {
	values := []string{}
	if given {
		var err error
		if values, err = f.decodeTexts(raw); err != nil {
			return nil, err
		}
	} else {
		for _, option := range f.Options {
			if option.Selected {
				values = append(values, option.Value)
			}
		}
	}
	for _, value := range values {
		if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == value }) {
			return nil, fmt.Errorf("%s has no choice %q", f.displayName(), value)
		}
	}
	return f.encodeChoice(values)
}

// encodeChoice is what a pod sends for the values chosen: an empty select is an empty text, an
// empty group of radios is absent.
func (f Field) encodeChoice(values []string) (any, error) {
	switch {
	case len(values) == 0 && f.Kind == Radio:
		return nil, nil
	case len(values) == 0:
		return "", nil
	case f.Multiple:
		return values, nil
	case len(values) > 1:
		return nil, fmt.Errorf("%s takes one choice", f.displayName())
	}
	return values[0], nil
}

func (f Field) encodePeople(raw json.RawMessage, given bool) (any, error) {
	users := append([]int64{}, f.People...)
	if !given {
		return users, nil
	}
	values, err := f.decodeTexts(raw)
	if err != nil {
		return nil, err
	}
	users = users[:0]
	for _, value := range values {
		user, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s takes user ids, and %q is none", f.displayName(), value)
		}
		users = append(users, user)
	}
	return users, nil
}

// RoomValue is what a pod sends for a room selector. Stream ids are in the client's alphabet:
// standard base64.
type RoomValue struct {
	UserIDs   []string `json:"userIds"`
	StreamIDs []string `json:"streamIds"`
}

func (f Field) encodeRooms(raw json.RawMessage, given bool) (any, error) {
	value := RoomValue{UserIDs: []string{}, StreamIDs: []string{}}
	if given && strings.HasPrefix(strings.TrimSpace(string(raw)), "{") {
		if err := json.Unmarshal(raw, &value); err != nil {
			return nil, fmt.Errorf("%s takes ids of rooms and people", f.displayName())
		}
		return value, nil
	}
	ids := f.Rooms
	if given {
		var err error
		if ids, err = f.decodeTexts(raw); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		if _, err := strconv.ParseInt(id, 10, 64); err == nil {
			value.UserIDs = append(value.UserIDs, id)
			continue
		}
		value.StreamIDs = append(value.StreamIDs, messageml.StandardID(id))
	}
	return value, nil
}

// displayName names the field as a person sees it.
func (f Field) displayName() string {
	if f.Label != "" {
		return strconv.Quote(f.Label)
	}
	return strconv.Quote(f.Name)
}
