package commands

import (
	"context"
	"slices"

	"roombot/symphony"
)

// maxSingleLookups is how many addresses are looked up one by one.
const maxSingleLookups = 10

// addAddresses notes the address by which somebody of another company was found: Symphony does not
// tell it. Where several addresses were looked up at once, each that is left is looked up alone.
func (d *accountDirectory) addAddresses(ctx context.Context, found []account, addresses []string) ([]account, error) {
	isOutsider := func(a account) bool { return a.Email == "" && a.ID.Tenant() != d.home }
	if !slices.ContainsFunc(found, isOutsider) {
		return found, nil
	}
	byEmail := emailOfAccount()
	named := slices.DeleteFunc(slices.Clone(found), isOutsider)
	left := slices.DeleteFunc(slices.Clone(addresses), func(address string) bool {
		return slices.ContainsFunc(named, func(a account) bool { return byEmail.isOf(a.User, address) })
	})
	for _, address := range left[:min(len(left), maxSingleLookups)] {
		users := usersOf(found)
		if len(addresses) > 1 {
			var err error
			if users, err = d.client.LookupUsers(ctx, symphony.UserLookup{Emails: []string{address}}); err != nil {
				return nil, err
			}
		}
		if u, ok := onlyUser(users); ok && isOutsider(account{User: u}) {
			u.Email = address
			named = append(named, account{User: u})
		}
	}
	return named, nil
}

// onlyUser is the account that all of a list are, if they are one.
func onlyUser(users []symphony.User) (symphony.User, bool) {
	if len(users) == 0 || slices.ContainsFunc(users, func(u symphony.User) bool { return u.ID != users[0].ID }) {
		return symphony.User{}, false
	}
	return users[0], true
}
