package commands

import (
	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// createOffers are the buttons below a corrected command.
func createOffers(command syntax.Message) []Offer {
	return []Offer{
		{Label: "Create it", Command: command},
		editOffer(command),
	}
}

// editOffer opens the form with all that a message says.
func editOffer(message syntax.Message) Offer {
	return Offer{Label: "Edit in form", Command: message, Edit: true}
}

// helpOffer shows what the person may use.
func helpOffer() Offer {
	return Offer{Label: "Help", Command: syntax.Message{Text: "/" + syntax.TopicGeneral}}
}

// openFormOffer opens the form with nothing in it.
func openFormOffer() Offer {
	return Offer{Label: "Open the form", Command: syntax.Message{Text: "/" + CommandNewRoom}, Edit: true}
}

// OpensEmptyForm reports whether the offer opens a form for a request of its own, and not for the
// one that the offer answers.
func (o Offer) OpensEmptyForm() bool { return o.Edit && o.Command.Text == openFormOffer().Command.Text }

func (o Offer) isHelp() bool { return o.Command.Text == helpOffer().Command.Text }

// offersFor are the buttons below a corrected message, depending on what it reads as.
func (c Catalogue) offersFor(fixed syntax.Message, read syntax.Result) []Offer {
	run := Offer{Label: "Run it", Command: fixed}
	edit := editOffer(fixed)
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

// OffersAgain are the buttons that do once more what a message asks for, or open its form.
func (c Catalogue) OffersAgain(g syntax.Grammar, asked syntax.Message) []Offer {
	switch read := g.Parse(asked); {
	case read.Error == nil && !read.Ignore:
		return c.offersFor(asked, read)
	case g.FormFor(asked) != nil:
		return []Offer{editOffer(asked)}
	}
	return []Offer{openFormOffer()}
}

func buttonClass(i int) messageml.ButtonClass {
	if i == 0 {
		return messageml.Primary
	}
	return messageml.Secondary
}
