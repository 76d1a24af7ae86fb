package commands

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
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

// findPeople resolves everybody a request names, in the order of mentions, usernames, e-mail
// addresses. Mentions are accepted as they are, but for the account of a group. Other names are
// looked up, and one that fits nobody refuses the request: the bot never guesses.
func (env *Env) findPeople(ctx context.Context, r *Request) ([]Person, error) {
	var all []Person
	for _, id := range r.Users {
		if env.Groups.IsGroup(symphony.UserID(id)) { // which the requester may not be allowed to see
			return nil, env.personRefusal(ctx, r, mentionName(r.Message, id), nil, nil)
		}
		all = append(all, Person{ID: symphony.UserID(id), Name: mentionName(r.Message, id)})
	}
	byName, err := env.findUsers(ctx, r, r.Usernames, env.Symphony.UsersByUsername, func(u symphony.User) string { return u.Username })
	if err != nil {
		return nil, err
	}
	byEmail, err := env.findUsers(ctx, r, r.Emails, env.Symphony.UsersByEmail, func(u symphony.User) string { return u.Email })
	if err != nil {
		return nil, err
	}
	return mergeSamePeople(append(append(all, byName...), byEmail...)), nil
}

// userLookup looks accounts up by one kind of name.
type userLookup func(context.Context, ...string) ([]symphony.User, error)

// findUsers looks up the people who are only written out. A name that does not fit exactly one of
// them refuses the request.
func (env *Env) findUsers(ctx context.Context, r *Request, wanted []string, find userLookup, key func(symphony.User) string) ([]Person, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	users, err := find(ctx, wanted...)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused:
		return nil, env.lookupRefused("the people you named")
	case err != nil:
		return nil, err
	}
	matching := func(name string) []symphony.User {
		return slices.DeleteFunc(slices.Clone(users), func(u symphony.User) bool {
			return !strings.EqualFold(key(u), name) || u.AccountType == symphony.DistributionListAccount
		})
	}
	found := make([]Person, 0, len(wanted))
	for i, name := range wanted {
		matches := matching(name)
		if len(matches) != 1 {
			unknown := slices.DeleteFunc(slices.Clone(wanted[i+1:]), func(name string) bool { return len(matching(name)) > 0 })
			return nil, env.personRefusal(ctx, r, name, matches, unknown)
		}
		found = append(found, personOf(matches[0]))
	}
	return found, nil
}

// personRefusal is the refusal for a name that fits nobody or several people. It names the others
// that fit nobody as well.
func (env *Env) personRefusal(ctx context.Context, r *Request, typed string, matches []symphony.User, others []string) error {
	line, caret := caretAt(r.Message, typed)
	if len(matches) > 1 {
		return &Refusal{
			Code: string(syntax.AmbiguousPerson), Line: line, Caret: caret,
			Message: fmt.Sprintf("%d people go by “%s”.", len(matches), syntax.Truncate(typed, maxEcho)) + nothingCreated,
			Next:    "Type @ and choose the right one: " + listCandidates(matches) + ".",
		}
	}
	refusal := nobodyRefusal(typed, others...)
	refusal.Line, refusal.Caret = line, caret
	if env.IsExternal(r.From.ID) { // who learns nothing of the directory
		return refusal
	}
	if near := env.findSimilar(ctx, typed); len(near) > 0 {
		refusal.Next = "Is “" + syntax.Truncate(typed, maxEcho) + "” " + listCandidates(near) + "? Type @ and choose from the list."
	}
	return refusal
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

// findSimilar searches people whose name is similar to what was typed.
func (env *Env) findSimilar(ctx context.Context, typed string) []symphony.User {
	query, _, _ := strings.Cut(typed, "@")
	if query == "" {
		query = typed
	}
	query = strings.NewReplacer(".", " ", "_", " ", "-", " ").Replace(query)
	var near []symphony.User
	for u, err := range env.Symphony.SearchUsers(ctx, symphony.UserQuery{Text: query, Local: true}) {
		if err != nil || len(near) == 3 {
			break
		}
		if u.AccountType != symphony.DistributionListAccount {
			near = append(near, u)
		}
	}
	return near
}

func listCandidates(users []symphony.User) string {
	names := make([]string, 0, 3)
	for _, u := range users[:min(3, len(users))] {
		names = append(names, fmt.Sprintf("%s (%s)", u.DisplayName, u.Username))
	}
	return syntax.JoinWords(names, "or")
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
