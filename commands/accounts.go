package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// accountDirectory looks people up and keeps for a while who has an active account, since the same
// people come into many rooms. Who is not found or disabled is looked up again each time.
type accountDirectory struct {
	client *symphony.Client
	now    func() time.Time
	home   int64 // the own company

	mu   sync.Mutex // guards kept
	kept map[string]keptAccount
}

// keptAccount is an account by one of its names, or a person who is connected with the bot.
type keptAccount struct {
	user symphony.User
	at   time.Time
}

const (
	accountAge  = 10 * time.Minute
	maxAccounts = 10_000
)

// account is what the directory says of an account.
type account struct {
	symphony.User
	disabled bool
}

func (a account) isActivePerson() bool {
	return !a.disabled && a.AccountType != symphony.DistributionListAccount
}

// accountName is one of the names by which accounts are looked up.
type accountName struct {
	prefix string // of the keys under which accounts are kept
	lookup func(values []string, onlyActive bool) symphony.UserLookup
	of     func(symphony.User) string
	ref    func(name string) syntax.PersonRef
}

func usernameOfAccount() accountName {
	return accountName{"username ", func(values []string, onlyActive bool) symphony.UserLookup {
		return symphony.UserLookup{Usernames: values, OnlyActive: onlyActive}
	}, func(u symphony.User) string { return u.Username }, func(name string) syntax.PersonRef { return syntax.PersonRef{Username: name} }}
}

func emailOfAccount() accountName {
	return accountName{"email ", func(values []string, onlyActive bool) symphony.UserLookup {
		return symphony.UserLookup{Emails: values, OnlyActive: onlyActive}
	}, func(u symphony.User) string { return u.Email }, func(name string) syntax.PersonRef { return syntax.PersonRef{Email: name} }}
}

func (n accountName) isOf(u symphony.User, name string) bool { return strings.EqualFold(n.of(u), name) }

// key is where the account with this name is kept.
func (n accountName) key(name string) string { return n.prefix + strings.ToLower(name) }

func keyOfID(id symphony.UserID) string { return "id " + id.String() }

func keyOfConnection(id symphony.UserID) string { return "connection " + id.String() }

// find returns what is kept under the key, if it is not too old.
func (d *accountDirectory) find(key string) (symphony.User, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	entry, known := d.kept[key]
	return entry.user, known && d.now().Sub(entry.at) < accountAge
}

// keep keeps an account. A full directory is emptied as a whole.
func (d *accountDirectory) keep(key string, u symphony.User) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil || len(d.kept) >= maxAccounts {
		d.kept = map[string]keptAccount{}
	}
	d.kept[key] = keptAccount{u, d.now()}
}

// byName looks up who has one of these names, at most two calls for all that are not kept.
func (d *accountDirectory) byName(ctx context.Context, kind accountName, names []string) ([]account, error) {
	var found []account
	var rest []string
	for _, name := range names {
		if user, known := d.find(kind.key(name)); known {
			found = append(found, account{User: user})
		} else {
			rest = append(rest, name)
		}
	}
	more, err := askDirectory(ctx, d, rest, kind.lookup, kind.isOf)
	if kind.prefix == emailOfAccount().prefix && err == nil {
		more, err = d.addAddresses(ctx, more, rest)
	}
	for _, name := range rest {
		named := slices.DeleteFunc(slices.Clone(more), func(a account) bool { return !kind.isOf(a.User, name) })
		if len(named) == 1 && named[0].isActivePerson() {
			d.keep(kind.key(name), named[0].User)
		}
	}
	return append(found, more...), err
}

// byID looks accounts up by number, at most two calls for all that are not kept.
func (d *accountDirectory) byID(ctx context.Context, ids []symphony.UserID) ([]account, error) {
	var found []account
	var rest []symphony.UserID
	for _, id := range ids {
		if user, known := d.find(keyOfID(id)); known {
			found = append(found, account{User: user})
		} else {
			rest = append(rest, id)
		}
	}
	more, err := askDirectory(ctx, d, rest, func(ids []symphony.UserID, onlyActive bool) symphony.UserLookup {
		return symphony.UserLookup{IDs: ids, OnlyActive: onlyActive}
	}, func(u symphony.User, id symphony.UserID) bool { return u.ID == id })
	return append(found, more...), err
}

// askDirectory asks for the active accounts, and once more for those that are not among them. Of
// other companies it is not documented whether the directory tells who is active.
func askDirectory[T comparable](
	ctx context.Context, d *accountDirectory, values []T, lookup func([]T, bool) symphony.UserLookup, isOf func(symphony.User, T) bool,
) ([]account, error) {
	var found []account
	for _, onlyActive := range []bool{true, false} {
		if len(values) == 0 {
			break
		}
		users, err := d.client.LookupUsers(ctx, lookup(values, onlyActive))
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			a := account{User: u, disabled: !onlyActive && u.ID.Tenant() == d.home}
			if a.isActivePerson() {
				d.keep(keyOfID(u.ID), u)
			}
			found = append(found, a)
		}
		values = slices.DeleteFunc(slices.Clone(values), func(v T) bool {
			return slices.ContainsFunc(users, func(u symphony.User) bool { return isOf(u, v) })
		})
	}
	return found, nil
}

// isUnconnected reports whether somebody of another company has no connection with the bot, as far
// as Symphony tells.
func (d *accountDirectory) isUnconnected(ctx context.Context, id symphony.UserID) bool {
	if _, known := d.find(keyOfConnection(id)); known {
		return false
	}
	link, err := d.client.Connection(ctx, id)
	switch {
	case symphony.VerdictOf(err) == symphony.Refused && errors.Is(err, symphony.ErrNotFound):
		return true
	case err != nil:
		return false
	case link.Status != symphony.Accepted:
		return true
	}
	d.keep(keyOfConnection(id), symphony.User{})
	return false
}
