package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// matches reports whether a name in a command is this person's.
func (p Person) matches(named syntax.PersonRef) bool {
	return named.UserID == int64(p.ID) ||
		named.Username != "" && strings.EqualFold(named.Username, p.Username) ||
		named.Email != "" && strings.EqualFold(named.Email, p.Email)
}

// namedPeople is everybody a request names, with what the directory says of them.
type namedPeople struct {
	people      []Person
	accounts    map[symphony.UserID]account
	unconnected map[symphony.UserID]bool // of other companies, without a connection with the bot
}

// findPeople resolves everybody a request names, in the order of mentions, usernames, e-mail
// addresses, each kind in one look-up and all at once. Mentions are accepted as they are, but for
// what is no person. Of the other names one that fits nobody refuses the request: the bot
// never guesses.
func (env *Env) findPeople(ctx context.Context, r *Request) (namedPeople, error) {
	named := namedPeople{accounts: map[symphony.UserID]account{}}
	for _, id := range r.Users {
		if env.Groups.IsGroup(symphony.UserID(id)) { // which the requester may not be allowed to see
			return namedPeople{}, env.personRefusal(ctx, r, syntax.PersonRef{UserID: id}, nil, nil)
		}
		named.people = append(named.people, Person{ID: symphony.UserID(id), Name: mentionName(r.Message, id)})
	}
	var byUsername, byEmail, mentioned []account
	var isLookedUp bool
	var noUsername, noEmail error
	var lookups sync.WaitGroup
	lookups.Go(func() { byUsername, noUsername = env.findAccounts(ctx, r, r.Usernames, usernameOfAccount()) })
	lookups.Go(func() { byEmail, noEmail = env.findAccounts(ctx, r, r.Emails, emailOfAccount()) })
	lookups.Go(func() { mentioned, isLookedUp = env.findMentioned(ctx, r) })
	lookups.Go(func() { named.unconnected = env.findUnconnected(ctx, r) })
	lookups.Wait()
	if err := cmp.Or(noUsername, noEmail); err != nil {
		return namedPeople{}, err
	}
	if isLookedUp {
		if err := env.refuseNonPersons(ctx, r, mentioned); err != nil {
			return namedPeople{}, err
		}
	}
	for _, a := range append(byUsername, byEmail...) {
		named.people = append(named.people, personOf(a.User))
	}
	for _, a := range slices.Concat(mentioned, byUsername, byEmail) {
		named.accounts[a.ID] = a
	}
	named.people = mergeSamePeople(named.people)
	return named, nil
}

// findAccounts looks up the people who are only written out. A name that does not fit exactly one
// of them refuses the request.
func (env *Env) findAccounts(ctx context.Context, r *Request, wanted []string, kind accountName) ([]account, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	if env.IsExternal(r.From.ID) {
		return nil, mentionsOnlyRefusal(r, kind.ref(wanted[0]))
	}
	accounts, err := env.accounts.byName(ctx, kind, wanted)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return nil, env.lookupRefused("the people you named")
	case err != nil:
		return nil, err
	}
	matching := func(name string) []account {
		return slices.DeleteFunc(slices.Clone(accounts), func(a account) bool {
			return !kind.isOf(a.User, name) || a.AccountType == symphony.DistributionListAccount
		})
	}
	found := make([]account, 0, len(wanted))
	for i, name := range wanted {
		matches := matching(name)
		if len(matches) != 1 {
			unknown := slices.DeleteFunc(slices.Clone(wanted[i+1:]), func(name string) bool { return len(matching(name)) > 0 })
			return nil, env.personRefusal(ctx, r, kind.ref(name), matches, unknown)
		}
		found = append(found, matches[0])
	}
	return found, nil
}

// mentionsOnlyRefusal refuses names that a person of another company has written out: whether there
// is somebody of a name, and what they are called, is the directory's to tell. Symphony's clients
// let them mention whom they may know.
func mentionsOnlyRefusal(r *Request, named syntax.PersonRef) *Refusal {
	line, caret := caretAt(r.Message, cmp.Or(named.Username, named.Email))
	return &Refusal{
		Code: "mentions-only", Line: line, Caret: caret, Open: true,
		Message: "I look up usernames and e-mail addresses only for people of my own company." + nothingCreated,
		Next:    "Type @ and choose the person from the list.",
	}
}

// personRefusal is the refusal for a name that fits nobody or several people. It names the others
// that fit nobody as well.
func (env *Env) personRefusal(ctx context.Context, r *Request, named syntax.PersonRef, matches []account, others []string) error {
	typed := cmp.Or(named.Username, named.Email)
	if named.UserID != 0 {
		typed = mentionName(r.Message, named.UserID)
	}
	line, caret := caretAt(r.Message, typed)
	if len(matches) > 1 {
		candidates := usersOf(matches)
		refusal := &Refusal{
			Code: string(syntax.AmbiguousPerson), Line: line, Caret: caret,
			Message: fmt.Sprintf("%d people go by “%s”.", len(matches), syntax.Truncate(typed, maxEcho)) + nothingCreated,
			Next:    "Type @ and choose the right one.",
		}
		if env.IsExternal(r.From.ID) { // who learns nothing of the directory
			candidates = nil
		} else {
			refusal.Next = "Which one is meant: " + listCandidates(candidates) + "?"
		}
		r.suggestCandidates(refusal, named, candidates)
		return refusal
	}
	refusal := nobodyRefusal(typed, others...)
	refusal.Line, refusal.Caret = line, caret
	var near []symphony.User
	if !env.IsExternal(r.From.ID) {
		near = env.findSimilar(ctx, typed)
	}
	if len(near) > 0 {
		refusal.Next = "Is “" + syntax.Truncate(typed, maxEcho) + "” " + listCandidates(near) + "?"
	}
	r.suggestCandidates(refusal, named, near)
	return refusal
}

func usersOf(accounts []account) []symphony.User {
	users := make([]symphony.User, len(accounts))
	for i, a := range accounts {
		users[i] = a.User
	}
	return users
}

// nobodyRefusal is the refusal for names that fit nobody.
func nobodyRefusal(name string, others ...string) *Refusal {
	message := "Nobody here goes by “" + syntax.Truncate(name, maxEcho) + "”."
	if len(others) > 0 {
		message += " Nor does anybody go by " + strings.Join(shortenList(quoteForReading(others)), ", ") + "."
	}
	return &Refusal{
		Code:    string(syntax.UnknownPerson),
		Message: message + nothingCreated,
		Next:    "Type @ and choose the person from the list.",
	}
}

func personOf(u symphony.User) Person {
	return Person{ID: u.ID, Name: u.DisplayName, Username: u.Username, Email: u.Email}
}

// mentionName is the name by which the message mentions a person, without the @.
func mentionName(m syntax.Message, id int64) string {
	for _, span := range m.Mentions {
		if text := mentionText(m, span); span.UserID == id && text != "" {
			return text
		}
	}
	return placeholderName(id)
}

func placeholderName(id int64) string { return fmt.Sprintf("user %d", id) }

// caretAt returns the line in which the text occurs last, and the line with the caret below it;
// both are empty where the text does not occur. The last place is likeliest, as the room's name,
// which may contain the text, usually comes first.
func caretAt(m syntax.Message, text string) (line, caret string) {
	at := strings.LastIndex(m.Text, text)
	if at < 0 {
		return "", ""
	}
	e := syntax.Error{At: utf8.RuneCountInString(m.Text[:at])}
	return e.Caret(m.Text)
}

// mergeSamePeople keeps each person once, with all that is known of them, so that somebody
// mentioned first and then named by address is found by either.
func mergeSamePeople(people []Person) []Person {
	at := map[symphony.UserID]int{}
	merged := people[:0:0]
	for _, p := range people {
		i, seen := at[p.ID]
		if !seen {
			at[p.ID] = len(merged)
			merged = append(merged, p)
			continue
		}
		merged[i].Username = cmp.Or(merged[i].Username, p.Username)
		merged[i].Email = cmp.Or(merged[i].Email, p.Email)
	}
	return merged
}

// quoteForReading puts names into quotation marks, as a sentence shows them.
func quoteForReading(names []string) []string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = "“" + syntax.Truncate(n, maxEcho) + "”"
	}
	return quoted
}
