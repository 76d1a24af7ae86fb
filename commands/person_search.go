package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// maxNameSearches is how many names of people are searched for one request.
const maxNameSearches = 12

// personSearch finds who is named by a text that is written like any other, without @: by username,
// by full name, and by first name after a sign such as "with", or in the chat that they are in.
// Whoever is found is asked about, and never added in silence.
type personSearch struct {
	env  *Env
	chat Chat

	// isLenient is true where names count that are nearly spelt like those of people.
	isLenient bool

	mu       sync.Mutex // guards what follows
	searched map[string]bool
	users    map[symphony.UserID]symphony.User
	members  map[symphony.UserID]bool
	active   map[symphony.UserID]bool // whom a search finds: those whose account is not disabled
	failures []error
}

func (env *Env) newPersonSearch(chat Chat) *personSearch {
	return &personSearch{
		env: env, chat: chat, searched: map[string]bool{}, users: map[symphony.UserID]symphony.User{}, members: map[symphony.UserID]bool{},
		active: map[symphony.UserID]bool{},
	}
}

// split looks up who the text may name, all at once, and cuts it. Names that stand one after the
// other without a sign need a second look.
func (s *personSearch) split(ctx context.Context, tail syntax.NameTail) (split syntax.TailSplit, found bool, err error) {
	phrases := tail.Phrases()
	last := slices.DeleteFunc(slices.Clone(phrases), func(p syntax.PersonPhrase) bool { return !p.Whole && !p.First && !p.Announced })
	slices.SortStableFunc(last, func(a, b syntax.PersonPhrase) int { return rank(a) - rank(b) })
	if err := s.lookUp(ctx, phrases, last); err != nil {
		return syntax.TailSplit{}, false, err
	}
	split, found = tail.Split(s.isPerson)
	if !found && slices.ContainsFunc(phrases, mayBeMisspelt) {
		s.isLenient = true
		split, found = tail.Split(s.isPerson)
		return split, found, nil
	}
	if found && len(last) < len(phrases) {
		if err := s.lookUp(ctx, nil, phrases); err != nil {
			return syntax.TailSplit{}, false, err
		}
		split, found = tail.Split(s.isPerson)
	}
	return split, found, nil
}

// rank is 0 for a phrase that stands between two gaps, and more for one that is rather not a
// person.
func rank(p syntax.PersonPhrase) int {
	switch {
	case p.Whole && p.First:
		return 0
	case p.Whole || p.First:
		return 1
	}
	return 2
}

// lookUp looks up usernames in one call, and beside it searches names and reads who is in the chat.
// A refusal of Symphony counts as nobody found.
func (s *personSearch) lookUp(ctx context.Context, byUsername, byName []syntax.PersonPhrase) error {
	var all sync.WaitGroup
	if usernames := possibleUsernames(byUsername); len(usernames) > 0 {
		all.Go(func() {
			s.note(s.env.Symphony.LookupUsers(ctx, symphony.UserLookup{Usernames: usernames}))
		})
	}
	if emails := possibleEmails(byUsername); len(emails) > 0 {
		all.Go(func() { s.note(s.env.Symphony.LookupUsers(ctx, symphony.UserLookup{Emails: emails, Local: true})) })
	}
	if s.chat.Room && s.chat.Stream != "" && len(s.members) == 0 { // of a room that is asked about, only the name may be known
		all.Go(func() { s.readMembers(ctx) })
	}
	for _, name := range append(s.namesToSearch(byName), s.beginningsToSearch(byName)...) {
		all.Go(func() {
			found, err := s.env.searchPeople(ctx, name)
			s.note(found, err)
			s.noteActive(found)
		})
	}
	all.Wait()
	return errors.Join(s.failures...)
}

func possibleUsernames(phrases []syntax.PersonPhrase) []string {
	var all []string
	for _, p := range phrases {
		if p.Single && !strings.ContainsAny(p.Text, "@/\\") {
			all = append(all, p.Text)
		}
	}
	return all[:min(len(all), maxNameSearches)]
}

func possibleEmails(phrases []syntax.PersonPhrase) []string {
	var all []string
	for _, p := range phrases {
		if p.Single && syntax.IsEmail(p.Text) {
			all = append(all, p.Text)
		}
	}
	return all[:min(len(all), maxNameSearches)]
}

// namesToSearch are the names that were not searched yet: full names, and first names that count.
func (s *personSearch) namesToSearch(phrases []syntax.PersonPhrase) []string {
	var names []string
	for _, p := range phrases {
		key := strings.ToLower(p.Text)
		if p.Single && !p.Signed && !s.chat.Room || s.searched[key] || len(s.searched) >= maxNameSearches {
			continue
		}
		s.searched[key] = true
		if !strings.Contains(p.Text, "@") {
			names = append(names, p.Text)
		}
	}
	return names
}

// beginningsToSearch are the first letters of the words that may be misspelt names.
func (s *personSearch) beginningsToSearch(phrases []syntax.PersonPhrase) (all []string) {
	for _, p := range phrases {
		if !mayBeMisspelt(p) {
			continue
		}
		for word := range strings.FieldsSeq(p.Text) {
			letters := []rune(word)
			begin := strings.ToLower(string(letters[:min(3, len(letters))]))
			if !s.searched[begin] && len(s.searched) < maxNameSearches {
				s.searched[begin] = true
				all = append(all, begin)
			}
		}
	}
	return all
}

func (s *personSearch) note(users []symphony.User, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && symphony.VerdictOf(err) != symphony.Refused {
		s.failures = append(s.failures, err)
	}
	for _, u := range users {
		if u.AccountType != symphony.DistributionListAccount && u.ID != s.env.Self.ID && !s.env.IsExternal(u.ID) {
			s.users[u.ID] = u
		}
	}
}

func (s *personSearch) noteActive(users []symphony.User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range users {
		s.active[u.ID] = true
	}
}

func (s *personSearch) readMembers(ctx context.Context) {
	members, err := s.env.Symphony.Members(ctx, s.chat.Stream)
	s.note(nil, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range members {
		s.members[m.User] = true
	}
}

func (s *personSearch) isPerson(p syntax.PersonPhrase) bool { return len(s.candidates(p)) > 0 }

// candidates are the people whom a phrase may name, in a set order.
func (s *personSearch) candidates(p syntax.PersonPhrase) []symphony.User {
	exact := s.exactCandidates(p)
	if len(exact) == 0 && s.isLenient && mayBeMisspelt(p) {
		return s.usersWhere(func(u symphony.User) bool { return isSimilar(u, p) })
	}
	return exact
}

func (s *personSearch) exactCandidates(p syntax.PersonPhrase) []symphony.User {
	if !p.Single {
		return s.usersWhere(func(u symphony.User) bool { return hasFullName(u, p.Text) })
	}
	isNamed := func(u symphony.User) bool {
		return strings.EqualFold(u.Username, p.Text) || strings.EqualFold(u.Email, p.Text)
	}
	if named := s.usersWhere(isNamed); len(named) > 0 {
		return named
	}
	return s.usersWhere(func(u symphony.User) bool {
		return (p.Signed || s.members[u.ID]) && equalNames(u.FirstName, p.Text)
	})
}

func (s *personSearch) usersWhere(matches func(symphony.User) bool) []symphony.User {
	var found []symphony.User
	for _, u := range s.users {
		if matches(u) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b symphony.User) int {
		return strings.Compare(a.DisplayName+a.Username, b.DisplayName+b.Username)
	})
	return found
}

// maxSearchResults is how many of the people that a search finds are read.
const maxSearchResults = 100

// searchPeople searches colleagues by a part of their name.
func (env *Env) searchPeople(ctx context.Context, text string) ([]symphony.User, error) {
	var found []symphony.User
	for u, err := range env.Symphony.SearchUsers(ctx, symphony.UserQuery{Text: text, Local: true}) {
		if err != nil {
			return nil, err
		}
		if found = append(found, u); len(found) == maxSearchResults {
			break
		}
	}
	return found, nil
}

func hasFullName(u symphony.User, text string) bool {
	return equalNames(u.DisplayName, text) || equalNames(u.FirstName+" "+u.LastName, text) || equalNames(u.LastName+" "+u.FirstName, text)
}

// equalNames compares names without case; an apostrophe has two forms.
func equalNames(a, b string) bool {
	fold := func(s string) string {
		s, _ = syntax.CleanName(strings.ReplaceAll(s, "’", "'"))
		return s
	}
	return b != "" && strings.EqualFold(fold(a), fold(b))
}
