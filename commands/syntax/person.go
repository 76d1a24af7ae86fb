package syntax

import (
	"encoding/json"
	"strings"
)

// Person is somebody named in a command: exactly one field is set.
type Person struct {
	UserID   int64
	Email    string
	Username string
}

// MarshalJSON writes the id as a number, or the address or username as a string.
func (p Person) MarshalJSON() ([]byte, error) {
	if p.UserID != 0 {
		return json.Marshal(p.UserID)
	}
	return json.Marshal(p.Email + p.Username)
}

// same is what two ways to name one person have in common.
func (p Person) same() Person {
	return Person{UserID: p.UserID, Email: strings.ToLower(p.Email), Username: strings.ToLower(p.Username)}
}

func (t token) names() Person {
	switch t.kind {
	case mention:
		return Person{UserID: t.user}
	case email:
		return Person{Email: t.text}
	}
	return Person{Username: t.text}
}

// person takes one of the people, each once; it reports whether it is one
// to be kept and not the bot.
func (a *arguments) person(t token) (Person, bool) {
	p := t.names()
	if p.UserID != 0 && p.UserID == a.grammar.BotID {
		a.note(true, NoteBotIgnored)
		return Person{}, false
	}
	if a.seen[p.same()] {
		a.note(true, NoteDuplicatePerson)
		return p, true
	}
	a.seen[p.same()] = true
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

func (a *arguments) promote(key string, p Person) {
	if a.owner[p.same()] {
		return
	}
	a.owner[p.same()] = true
	owners, _ := a.inv.Options[key].([]Person)
	a.inv.Options[key] = append(owners, p)
}
