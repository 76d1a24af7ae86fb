package commands

import (
	"time"

	"roombot/commands/syntax"
)

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

// PauseInForce is a pause that is in force.
type PauseInForce struct {
	Kind  string // of the requests that it stops; empty for all
	By    PausedBy
	Drop  bool // requests are refused rather than kept
	Since time.Time
}

// stops reports whether the pause stops requests of a kind.
func (p PauseInForce) stops(kind string) bool { return p.Kind == "" || p.Kind == kind }

// String says what is paused, since when, by whom and why, as a sentence goes on.
func (p PauseInForce) String() string { return describeKind(p.Kind) + ", " + p.details() }

func (p PauseInForce) details() string {
	text := "since " + formatTime(p.Since)
	if p.By.Name != "" {
		text += ", by " + p.By.Name
	}
	if p.By.Reason != "" {
		text += " (“" + p.By.Reason + "”)"
	}
	return text + "."
}

// fate is what becomes of requests while the pause lasts.
func (p PauseInForce) fate() string {
	return describeFate(p.Kind) + choose(p.Drop, " are refused until that ends.", " are kept until that ends.")
}

// The outcomes of requests that a pause refuses: it keeps none, or no more of them.
const (
	CodePaused     = "paused"
	CodePausedFull = "paused-full"
)

// TellHeld is the first answer to a request that a pause holds.
func TellHeld(s Subject, job string, by PausedBy) Reply {
	reply := openReply(CodePutOff, "⏸ "+by.String()+". "+s.String()+
		" is kept, and I go on when the pause ends. No need to send it again.")
	reply.Offers = []Offer{withdrawOffer(job)}
	return reply
}

// PausedRefusal refuses a request because of a pause that keeps none.
func PausedRefusal(by PausedBy, asked syntax.Message) *Refusal {
	return &Refusal{
		Code:    CodePaused,
		Message: by.String() + " and asked me to keep no requests meanwhile." + nothingChanged,
		Next:    "Once the pause is over, send it again.",
		Offers:  offersLater(asked),
	}
}

// TooManyHeld refuses a request because a pause holds as many as may be kept.
func TooManyHeld(by PausedBy, asked syntax.Message) *Refusal {
	return &Refusal{
		Code:    CodePausedFull,
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
