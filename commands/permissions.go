package commands

// Permissions say which commands a person may use in the chat of their request, and whom they can
// ask about the others. The zero value permits all.
type Permissions struct {
	// Access is by the command's name; what is left out may be used.
	Access map[string]Access
	// Contact is whom to ask.
	Contact string
}

// Access is where a person may use a command.
type Access int

const (
	// AccessHere is in the chat of the request.
	AccessHere Access = iota
	// AccessInIM is only in the 1:1 chat with the bot, which the chat of the request is not.
	AccessInIM
	// AccessNowhere is neither here nor there.
	AccessNowhere
)

// accessTo is where the person may use a command. Who is not known to be an administrator may use
// none of theirs.
func (p Permissions) accessTo(c Command) Access {
	access, known := p.Access[c.Name]
	if c.Admin && !known {
		return AccessNowhere
	}
	return access
}

// areLimited reports whether there is a command that the person may not use here.
func (p Permissions) areLimited() bool {
	for _, access := range p.Access {
		if access != AccessHere {
			return true
		}
	}
	return false
}

// onlyFor is a reply that says what the person may use, which others are not told.
func (p Permissions) onlyFor(reply Reply) Reply {
	reply.Private, reply.Open = p.areLimited(), !p.areLimited()
	return reply
}
