package commands

import (
	"context"
	"slices"
	"strings"

	"roombot/commands/syntax"
	"roombot/symphony"
)

// maxListed is how many names of groups are looked for in one text.
const maxListed = 5

// offerGroupList is the refusal of a name that no group has and that is a list of names of groups,
// nil for any other. It offers these groups, in the words of who typed them.
func (env *Env) offerGroupList(ctx context.Context, r *Request, name string) *Refusal {
	names := strings.FieldsFunc(name, func(r rune) bool { return r == ',' || r == ';' })
	if len(names) < 2 || len(names) > maxListed {
		return nil
	}
	private := false
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
		found, err := env.Groups.Find(ctx, r.From.ID, names[i])
		if err != nil || len(found) != 1 {
			return nil
		}
		private = private || symphony.Group.IsRestricted(found[0])
	}
	fixed := r.Invocation
	fixed.Groups = slices.Concat(replaceName(r.Groups, name, names[0]), names[1:])
	command := FormatCommand(r.Message, fixed)
	return &Refusal{
		Code:    string(syntax.UnknownGroup),
		Message: "There is no group “" + syntax.Truncate(name, maxEcho) + "”." + nothingCreated,
		Offers: []Offer{
			{Label: "Groups " + syntax.JoinWords(quoteForReading(names), "and"), Command: command},
			{Label: "Edit in form", Command: command, Edit: true},
		},
		Private: private,
	}
}
