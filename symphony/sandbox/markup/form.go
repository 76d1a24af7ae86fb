package markup

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// Form is a form of an accepted message: enough to check a submission and to encode it as a pod
// does.
type Form struct {
	ID      string
	Fields  []Field // in document order; the radios of one name are one field
	Buttons []Button
}

// Field is what a person fills in.
type Field struct {
	Name      string
	Kind      FieldKind
	Label     string
	Required  bool
	Multiple  bool // of a Select
	Options   []Option
	Initial   string  // text of a text field or area; value of a picker
	People    []int64 // chosen at first in a PersonSelector
	Rooms     []string
	MinLength int // in UTF-16 units, like MaxLength
	MaxLength int
	Least     int // options of a multiple Select
	Most      int
	Pattern   string
	Complaint string // what to say when the Pattern does not match
	Submits   bool   // changing it sends the form, with its name as the action
}

// FieldKind is MessageML's name of a field's element.
type FieldKind string

// The kinds of fields.
const (
	TextField      FieldKind = "text-field"
	TextArea       FieldKind = "textarea"
	Select         FieldKind = "select"
	PersonSelector FieldKind = "person-selector"
	RoomSelector   FieldKind = "room-selector"
	Checkbox       FieldKind = "checkbox"
	Radio          FieldKind = "radio"
	DatePicker     FieldKind = "date-picker"
	TimePicker     FieldKind = "time-picker"
	TimezonePicker FieldKind = "timezone-picker"
)

// Option is a choice of a Select or a Radio; of a Checkbox there is exactly one.
type Option struct {
	Value, Label string
	Selected     bool // at first
}

// Button is a button of a form.
type Button struct {
	Name, Label string
	Type        string // action, reset or cancel
	Unchecked   bool   // it sends the form without the checks of its fields
}

// maxChoices is how many checkboxes, and how many radios, a form may have.
const maxChoices = 50

// checkForm checks a form when its parts have been, and keeps it.
func (c *conversion) checkForm(n *node) error {
	if n.nearestAncestor("form") != nil {
		return refuse(`Element "form" cannot be an inner child of the following elements: [form]`)
	}
	f := newForm(n)
	if hasTooMany(n, "checkbox") || hasTooMany(n, "radio") {
		return refuse(`Element "form" cannot have more than %d children of the following elements: [checkbox, radio].`, maxChoices)
	}
	if err := firstError(requireText(n, "id"), checkMaxLength(n, "id", 256)); err != nil {
		return err
	}
	if n.parent.name != "dialog" && !slices.ContainsFunc(f.Buttons, func(b Button) bool { return b.Type == "action" }) {
		return refuse("The form with id '%s' should have at least one action button", f.ID)
	}
	if err := firstError(checkOneOf(n, "multi-submit", "reset", "no-reset"), c.checkUniqueID(f.ID)); err != nil {
		return err
	}
	c.forms = append(c.forms, f)
	return nil
}

func hasTooMany(form *node, element string) bool {
	count := 0
	form.visitDescendants(func(n *node) {
		if n.name == element {
			count++
		}
	})
	return count > maxChoices
}

func newForm(form *node) Form {
	f := Form{ID: form.get("id")}
	form.visitDescendants(func(n *node) {
		switch {
		case n.name == "button" && n.parent.name != "ui-action":
			f.Buttons = append(f.Buttons, Button{Name: n.get("name"), Label: n.content(), Type: n.buttonType(),
				Unchecked: n.get("formnovalidate") == "true"})
		case n.name == "radio":
			f.addRadio(n)
		case rules[n.name].inside == "form":
			f.Fields = append(f.Fields, newField(n))
		}
	})
	return f
}

// addRadio joins the radios of one name.
func (f *Form) addRadio(n *node) {
	at := slices.IndexFunc(f.Fields, func(field Field) bool { return field.Kind == Radio && field.Name == n.get("name") })
	if at < 0 {
		f.Fields = append(f.Fields, newField(n))
		return
	}
	f.Fields[at].Options = append(f.Fields[at].Options, newOption(n))
}

func newOption(n *node) Option {
	return Option{Value: n.getOr("value", "on"), Label: n.content(), Selected: strings.EqualFold(n.get("checked"), "true")}
}

func newField(n *node) Field {
	f := Field{
		Name: n.get("name"), Kind: FieldKind(n.name), Label: n.get("label"),
		Required:  strings.EqualFold(n.get("required"), "true"),
		Multiple:  strings.EqualFold(n.get("multiple"), "true"),
		Submits:   strings.EqualFold(n.get("auto-submit"), "true"),
		MinLength: intAttribute(n, "minlength"), MaxLength: intAttribute(n, "maxlength"),
		Pattern: n.get("pattern"), Complaint: n.get("pattern-error-message"),
		Initial: n.get("value"),
	}
	switch f.Kind {
	case TextField, TextArea:
		f.Initial = n.content()
	case Select:
		f.Options, f.Least, f.Most = newOptions(n), intAttribute(n, "min"), intAttribute(n, "max")
	case Checkbox, Radio:
		f.Initial, f.Options = "", []Option{newOption(n)}
	case PersonSelector:
		_ = json.Unmarshal([]byte(f.Initial), &f.People) // checked before
		f.Initial = ""
	case RoomSelector:
		_ = json.Unmarshal([]byte(toJSONQuotes(f.Initial)), &f.Rooms)
		f.Initial = ""
	}
	return f
}

func newOptions(n *node) []Option {
	var options []Option
	for _, child := range n.children {
		if child.name == "option" {
			options = append(options, Option{Value: child.get("value"), Label: child.content(),
				Selected: strings.EqualFold(child.get("selected"), "true")})
		}
	}
	return options
}

func intAttribute(n *node, attribute string) int {
	value, _ := strconv.Atoi(n.get(attribute))
	return value
}
