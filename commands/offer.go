package commands

import (
	"roombot/commands/syntax"
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

func buttonClass(i int) messageml.ButtonClass {
	if i == 0 {
		return messageml.Primary
	}
	return messageml.Secondary
}
