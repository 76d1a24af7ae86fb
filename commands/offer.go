package commands

import (
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// createOffers are the buttons below a corrected command.
func createOffers(command syntax.Message) []Offer {
	return []Offer{
		{Label: "Create it", Command: command},
		{Label: "Edit in form", Command: command, Edit: true},
	}
}

// offersFor are the buttons below a corrected message, depending on what it reads as.
func (c Catalogue) offersFor(fixed syntax.Message, read syntax.Result) []Offer {
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
	command, _ := c.Lookup(read.Command.Command)
	switch {
	case !command.Writes():
		return []Offer{run}
	case request.Preview():
		run.Label = "Preview"
		return []Offer{run, edit}
	}
	return createOffers(fixed)
}

// ClickedOffer is the offer whose button was clicked, read from the stamp of the message.
func ClickedOffer(data string, values symphony.FormValues) (Offer, error) {
	e, ok := readStamp(data)
	for i, o := range e.Offers {
		if ok && o.button(i) == values.Action() {
			return Offer{Command: syntax.Message{Text: o.Text, Mentions: o.Mentions}, Edit: o.Edit, Act: o.Act, Job: o.Job}, nil
		}
	}
	return Offer{}, Expired()
}

// button is the name of an offer's button, the offer of this number in its message.
func (o storedOffer) button(i int) string {
	if o.Act != "" {
		return string(o.Act)
	}
	return offerButton(i)
}

// IsAct reports whether a form that was sent is a click on a button that acts on a request.
func IsAct(formID string, values symphony.FormValues) bool {
	act := Act(values.Action())
	return formID == FormOffer && (act == ActKeepTrying || act == ActStop)
}

func buttonClass(i int) messageml.ButtonClass {
	if i == 0 {
		return messageml.Primary
	}
	return messageml.Secondary
}
