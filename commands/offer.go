package commands

import (
	"strconv"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// Offer is a command that the user can run by a click.
type Offer struct {
	Label   string
	Command syntax.Message
	// Edit opens the command's form, filled in, instead of running it.
	Edit bool
}

// createOrEdit are the buttons below a corrected command.
func createOrEdit(command syntax.Message) []Offer {
	return []Offer{
		{Label: "Create it", Command: command},
		{Label: "Edit in form", Command: command, Edit: true},
	}
}

// offers are the buttons below a corrected message, by what it was read as.
func (s Set) offers(fixed syntax.Message, read syntax.Result) []Offer {
	run := Offer{Label: "Run it", Command: fixed}
	edit := Offer{Label: "Edit in form", Command: fixed, Edit: true}
	switch {
	case read.Form != nil:
		edit.Label = "Fill in the form"
		return []Offer{edit}
	case read.Command == nil:
		return []Offer{run}
	}
	request := Request{Invocation: *read.Command}
	c, _ := s.Lookup(read.Command.Command)
	switch {
	case !c.Writes():
		return []Offer{run}
	case request.Preview():
		run.Label = "Preview"
		return []Offer{run, edit}
	}
	return createOrEdit(fixed)
}

// Chosen is the offer whose button was clicked in the stamped message.
func Chosen(data string, values symphony.FormValues) (Offer, error) {
	e, ok := stamped(data)
	for i, o := range e.Offers {
		if ok && buttonName(i) == values.Action() {
			return Offer{Command: syntax.Message{Text: o.Text, Mentions: o.Mentions}, Edit: o.Edit}, nil
		}
	}
	return Offer{}, Expired()
}

func buttonName(i int) string { return "offer-" + strconv.Itoa(i) }

func buttonClass(i int) messageml.ButtonClass {
	if i == 0 {
		return messageml.Primary
	}
	return messageml.Secondary
}
