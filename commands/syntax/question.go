package syntax

// readQuestion reads the arguments of a command that asks about a person, and about what that
// person might type. The slash of the command in question may be left out.
func (r *messageReader) readQuestion(c Command, tokens []token) (Result, *parseError) {
	inv := Invocation{Command: c.Name}
	if len(tokens) > 0 && tokens[0].isPerson() {
		inv.addAskedPerson(tokens[0].personRef(), r.grammar.BotID)
		tokens = tokens[1:]
	}
	if len(tokens) == 0 {
		return Result{Command: &inv}, nil
	}
	t := tokens[0]
	_, known := r.grammar.Lookup(t.text)
	switch {
	case t.kind == brokenQuote:
		return Result{}, t.err
	case c.Args == ArgsQuestion && t.kind == command:
		line := r.cutMessage(t.start, r.end)
		inv.Asked = &line
	case c.Args == ArgsQuestion && t.kind == word && known:
		line := applyEdits(r.cutMessage(t.start, r.end), []edit{{0, 0, "/"}})
		inv.Asked = &line
	default:
		return Result{}, &parseError{Error: Error{
			Code: UnexpectedText, At: t.start,
			Message: "I don't know what to do with " + `"` + r.echoSource(t.start, r.end) + `". Write it as ` + c.Examples[len(c.Examples)-1] + " .",
		}}
	}
	return Result{Command: &inv}, nil
}

// addAskedPerson adds the person whom a question is about. Who mentions the bot means themselves.
func (i *Invocation) addAskedPerson(p PersonRef, bot int64) {
	switch {
	case p.UserID == bot && bot != 0:
	case p.UserID != 0:
		i.Users = []int64{p.UserID}
	case p.Email != "":
		i.Emails = []string{p.Email}
	default:
		i.Usernames = []string{p.Username}
	}
}
