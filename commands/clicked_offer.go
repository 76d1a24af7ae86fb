package commands

import (
	"roombot/commands/syntax"
	"roombot/symphony"
)

// button is the name of the button of the offer with this number.
func (o Offer) button(i int) string {
	switch {
	case o.All > 0:
		return allButton(o.All)
	case o.Act != "":
		return string(o.Act)
	}
	return offerButton(i)
}

// ClickedOffer is the offer whose button was clicked, read from the stamp of the message. line is
// which of several commands is asked for, where the button runs all of them; 0 otherwise.
func ClickedOffer(data string, values symphony.FormValues, line int) (Offer, error) {
	e, ok := readStamp(data)
	if !ok {
		return Offer{}, Expired()
	}
	clicked := func(i int, o storedOffer) bool {
		return o.All == 0 && Offer{Act: o.Act}.button(i) == values.Action()
	}
	if line > 0 {
		if !e.hasButton(values.Action()) {
			return Offer{}, Expired()
		}
		clicked = func(_ int, o storedOffer) bool { return o.All == 0 && o.Line == line }
	}
	for i, o := range e.Offers {
		if clicked(i, o) {
			return Offer{Command: syntax.Message{Text: o.Text, Mentions: o.Mentions}, Edit: o.Edit, Line: o.Line, Act: o.Act, Job: o.Job}, nil
		}
	}
	return Offer{}, Expired()
}

// hasButton reports whether a message shows the button that runs all its commands.
func (e storedStamp) hasButton(name string) bool {
	for _, o := range e.Offers {
		if o.All > 0 && allButton(o.All) == name {
			return true
		}
	}
	return false
}

// ClickedCommands is how many commands a click on a button of an offer runs, by the name of the
// button.
func ClickedCommands(values symphony.FormValues) int {
	for n := 2; n <= syntax.MaxCommands; n++ {
		if values.Action() == allButton(n) {
			return n
		}
	}
	return 1
}

// IsAct reports whether a form that was sent is a click on a button that acts on a request.
func IsAct(formID string, values symphony.FormValues) bool {
	act := Act(values.Action())
	return formID == FormOffer && (act == ActKeepTrying || act == ActStop)
}
