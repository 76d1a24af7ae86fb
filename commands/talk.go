package commands

import (
	"roombot/commands/syntax"
	"roombot/symphony/messageml"
)

// AnswerTalk answers what is no command: thanks get a nod, everything else gets two lines and the
// form.
func (c Catalogue) AnswerTalk(talk syntax.Talk, p Permissions) Reply {
	if talk == syntax.Thanks {
		return openReply(CodeThanks, "You're welcome.")
	}
	reply := Reply{Code: CodeTalk, Offers: []Offer{openFormOffer()}}
	switch p.Access[CommandNewRoom] {
	case AccessHere:
		reply.Body = []messageml.Node{
			messageml.Paragraph(messageml.Text("I open rooms with the people and groups that you name.")),
			messageml.Paragraph(messageml.Text("Type "), messageml.Code(shortExample),
				messageml.Text(" or fill in the form. /help shows what else you can do.")),
		}
	case AccessInIM: // it is answered there
		reply.Body = []messageml.Node{
			messageml.Paragraph(messageml.Text("I open rooms with the people and groups that you name.")),
			messageml.Paragraph(messageml.Text("You may use /" + CommandNewRoom + " only here, in our 1:1 chat. /help shows what else you can do.")),
		}
	case AccessNowhere:
		reply.Offers = nil
		reply.Body = []messageml.Node{
			messageml.Paragraph(messageml.Text("I open rooms, but you may not use /" + CommandNewRoom + ". Ask " + p.Contact + ".")),
			messageml.Paragraph(messageml.Text("/help shows what you can do.")),
		}
	}
	return p.onlyFor(reply)
}

// shortExample is a command as most people need it.
const shortExample = `/newroom "Q2 Earnings" @alice`
