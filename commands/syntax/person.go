package syntax

import (
	"encoding/json"
	"strings"
)

// PersonRef is how a command names a person: exactly one field is set.
type PersonRef struct {
	UserID   int64
	Email    string
	Username string
}

// MarshalJSON writes the id as a number, or the address or username as a string.
func (p PersonRef) MarshalJSON() ([]byte, error) {
	if p.UserID != 0 {
		return json.Marshal(p.UserID)
	}
	return json.Marshal(p.Email + p.Username)
}

// foldCase is the form in which two names of one person are compared.
func (p PersonRef) foldCase() PersonRef {
	return PersonRef{UserID: p.UserID, Email: strings.ToLower(p.Email), Username: strings.ToLower(p.Username)}
}

func (t token) personRef() PersonRef {
	switch t.kind {
	case mention:
		return PersonRef{UserID: t.userID}
	case email:
		return PersonRef{Email: t.text}
	}
	return PersonRef{Username: t.text}
}

// addPerson adds one of the people, each once. It reports false for the bot, which is left out.
func (a *argumentParser) addPerson(t token) (PersonRef, bool) {
	p := t.personRef()
	if p.UserID != 0 && p.UserID == a.grammar.BotID {
		a.addNote(true, NoteBotIgnored)
		return PersonRef{}, false
	}
	if a.people[p.foldCase()] {
		a.addNote(true, NoteDuplicatePerson)
		return p, true
	}
	a.people[p.foldCase()] = true
	switch t.kind {
	case mention:
		a.inv.Users = append(a.inv.Users, p.UserID)
	case email:
		a.inv.Emails = append(a.inv.Emails, p.Email)
	default:
		a.inv.Usernames = append(a.inv.Usernames, p.Username)
	}
	return p, true
}

func (a *argumentParser) addOwner(key string, p PersonRef) {
	if a.owners[p.foldCase()] {
		return
	}
	a.owners[p.foldCase()] = true
	owners, _ := a.inv.Options[key].([]PersonRef)
	a.inv.Options[key] = append(owners, p)
}
