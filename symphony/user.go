package symphony

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// AccountType is the kind of an account.
type AccountType string

// The kinds of account. DistributionListAccount stands for a group of people.
const (
	PersonAccount           AccountType = "NORMAL"
	ServiceAccount          AccountType = "SYSTEM"
	DistributionListAccount AccountType = "SDL"
)

// User is an account. Email, username, title, department and location are known only within the
// caller's own company; service accounts lack first and last names.
type User struct {
	ID          UserID      `json:"id"`
	Username    string      `json:"username,omitempty"`
	DisplayName string      `json:"displayName,omitempty"`
	FirstName   string      `json:"firstName,omitempty"`
	LastName    string      `json:"lastName,omitempty"`
	Email       string      `json:"emailAddress,omitempty"`
	Company     string      `json:"company,omitempty"`
	Title       string      `json:"title,omitempty"`
	Department  string      `json:"department,omitempty"`
	Location    string      `json:"location,omitempty"`
	AccountType AccountType `json:"accountType,omitempty"`
	Roles       []string    `json:"roles,omitempty"`
}

func (u User) hasID() bool { return u.ID != 0 }

// Me is the signed-in account.
//
//	GET /pod/v2/sessioninfo
func (c *Client) Me(ctx context.Context) (User, error) {
	return call[User](ctx, c, request{op: opMe})
}

// UserLookup names users by exactly one of IDs, Emails and Usernames.
type UserLookup struct {
	IDs       []UserID
	Emails    []string
	Usernames []string
	// Local looks only in the caller's company. Usernames are always looked up so.
	Local bool
	// OnlyActive leaves disabled accounts out.
	OnlyActive bool
}

// UsersByID looks accounts up by number, of any company and in any state. Those that are not found
// are left out; the order is not that of the arguments.
func (c *Client) UsersByID(ctx context.Context, ids ...UserID) ([]User, error) {
	return c.LookupUsers(ctx, UserLookup{IDs: ids})
}

// UsersByEmail looks accounts up by e-mail, ignoring case, as UsersByID does.
func (c *Client) UsersByEmail(ctx context.Context, emails ...string) ([]User, error) {
	return c.LookupUsers(ctx, UserLookup{Emails: emails})
}

// UsersByUsername looks accounts of the caller's company up by username.
func (c *Client) UsersByUsername(ctx context.Context, usernames ...string) ([]User, error) {
	return c.LookupUsers(ctx, UserLookup{Usernames: usernames})
}

// userList is the vendor's V2UserList.
type userList struct {
	Users  list[User] `json:"users"`
	Errors []struct {
		Code lenientText `json:"error"`
	} `json:"errors"`
}

// codeInvalidFormat is the code of a value that no account can have: the only one that the vendor's
// pod specification and recorded answers show.
const codeInvalidFormat = "invalid.format"

// unreadable has an error for each account that is left out although it may exist.
func (l userList) unreadable() []error {
	all := slices.Clone(l.Users.unreadable)
	for _, e := range l.Errors {
		if e.Code != codeInvalidFormat {
			all = append(all, fmt.Errorf("the pod reports an error%s for one of the values", codeText(string(e.Code))))
		}
	}
	return all
}

// LookupUsers looks accounts up in as many calls as are needed. It returns those found, each once.
// An account that cannot be read, or for which the pod reports an error, is left out, counted and
// logged; a value that no account can have is just not found.
//
//	GET /pod/v3/users
func (c *Client) LookupUsers(ctx context.Context, l UserLookup) ([]User, error) {
	key, values := l.values()
	var found []User
	seen := map[UserID]bool{}
	for chunk := range userChunks(values) {
		query := url.Values{key: {strings.Join(chunk, ",")}, "local": {strconv.FormatBool(l.Local || key == "username")}}
		if l.OnlyActive {
			query.Set("active", "true")
		}
		page, err := call[userList](ctx, c, request{op: opUsers, query: query})
		if err != nil {
			return nil, err
		}
		c.noteUnreadable(ctx, opUsers, page.unreadable())
		for _, u := range page.Users.entries {
			if !seen[u.ID] {
				seen[u.ID] = true
				found = append(found, u)
			}
		}
	}
	return found, nil
}

// values is the query's key and its usable values. A comma separates values, so a value that has
// one cannot be looked up.
func (l UserLookup) values() (string, []string) {
	key, values := "uid", make([]string, 0, len(l.IDs))
	for _, id := range l.IDs {
		values = append(values, id.String())
	}
	if len(l.Emails) > 0 {
		key, values = "email", slices.Clone(l.Emails)
	}
	if len(l.Usernames) > 0 {
		key, values = "username", slices.Clone(l.Usernames)
	}
	slices.Sort(values)
	return key, slices.DeleteFunc(slices.Compact(values), func(s string) bool {
		return strings.TrimSpace(s) == "" || strings.Contains(s, ",")
	})
}

// The pod takes 100 values a call. 100 long addresses would make a request line that proxies
// refuse.
const (
	maxLookup      = 100
	maxLookupBytes = 4000
)

// userChunks cuts values into chunks that fit one call.
func userChunks(values []string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for len(values) > 0 {
			n, size := 0, 0
			for n < len(values) && n < maxLookup && (n == 0 || size+len(values[n]) < maxLookupBytes) {
				size += len(values[n]) + 1
				n++
			}
			if !yield(values[:n]) {
				return
			}
			values = values[n:]
		}
	}
}

// UserQuery says what to search users by.
type UserQuery struct {
	// Text is looked for in first, last and display names and e-mail addresses.
	Text string
	// AccountTypes restricts the kinds; distribution lists are found only when named here.
	AccountTypes []AccountType
	// Company and Title restrict further, empty for any.
	Company, Title string
	// Local looks only in the caller's company.
	Local bool
	// PageSize is 1 to 100, default 50.
	PageSize int
}

type userSearch struct {
	Query   string             `json:"query"`
	Filters *userSearchFilters `json:"filters,omitempty"`
}

type userSearchFilters struct {
	AccountTypes []AccountType `json:"accountTypes,omitempty"`
	Company      string        `json:"company,omitempty"`
	Title        string        `json:"title,omitempty"`
}

// SearchUsers yields the users that match, page by page. One that cannot be read is left out,
// counted and logged.
//
//	POST /pod/v1/user/search
func (c *Client) SearchUsers(ctx context.Context, q UserQuery) iter.Seq2[User, error] {
	body := userSearch{Query: q.Text}
	if len(q.AccountTypes) > 0 || q.Company != "" || q.Title != "" {
		body.Filters = &userSearchFilters{q.AccountTypes, q.Company, q.Title}
	}
	size := pageSize(q.PageSize, 50)
	return yieldPages(size, func(skip int) (page[User], error) {
		query := skipLimit(skip, size)
		query.Set("local", strconv.FormatBool(q.Local))
		found, err := call[struct {
			Count wholeNumber `json:"count"`
			Users list[User]  `json:"users"`
		}](ctx, c, request{op: opSearchUsers, query: query, body: body})
		c.noteUnreadable(ctx, opSearchUsers, found.Users.unreadable)
		return page[User]{found.Users.entries, found.Users.size(), int(found.Count)}, err
	})
}
