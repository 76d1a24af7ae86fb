package commands

import "roombot/commands/syntax"

// PausedBy says who has paused something, and why, as people are told of it. The zero value names
// nobody, for who may not know.
type PausedBy struct{ Name, Reason string }

func (p PausedBy) String() string {
	text := "An administrator"
	if p.Name != "" {
		text = p.Name
	}
	text += " has paused me"
	if p.Reason != "" {
		text += " (“" + p.Reason + "”)"
	}
	return text
}

// TellHeld is the first answer to a request that a pause holds.
func TellHeld(s Subject, by PausedBy) Reply {
	return openReply(CodePutOff, "⏸ "+by.String()+". "+s.String()+
		" is kept, and I go on when the pause ends. No need to send it again.")
}

// PausedRefusal refuses a request because of a pause that keeps none.
func PausedRefusal(by PausedBy, asked syntax.Message) *Refusal {
	return &Refusal{
		Code:    "paused",
		Message: by.String() + " and asked me to keep no requests meanwhile." + nothingChanged,
		Next:    "Once the pause is over, send it again.",
		Offers:  offersLater(asked),
	}
}

// TooManyHeld refuses a request because a pause holds as many as may be kept.
func TooManyHeld(by PausedBy, asked syntax.Message) *Refusal {
	return &Refusal{
		Code:    "paused-full",
		Message: by.String() + ", and I keep no more requests until that ends." + nothingChanged,
		Next:    "Once the pause is over, send it again.",
		Offers:  offersLater(asked),
	}
}

const nothingChanged = " Nothing was changed."

// offersLater are buttons for what was typed, none for a click.
func offersLater(asked syntax.Message) []Offer {
	if asked.Text == "" {
		return nil
	}
	return createOffers(asked)
}
