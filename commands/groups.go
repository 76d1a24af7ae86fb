package commands

import (
	"context"
	"fmt"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// groupsShown is how many groups one answer lists.
const groupsShown = 30

func (d *Desk) groups() Command {
	return Command{
		Command: syntax.Command{
			Name:     "groups",
			Summary:  "the groups (distribution lists) that I can add to a room",
			Args:     syntax.ArgsText,
			Examples: []string{"/groups", "/groups equities"},
		},
		Arguments: []string{"part of a name"},
		Plan:      d.planGroups,
	}
}

func (d *Desk) planGroups(ctx context.Context, r *Request) (Plan, error) {
	found, err := d.Groups.Containing(ctx, r.Text)
	switch {
	case noRight(err):
		return nil, noGroupRight()
	case err != nil:
		return nil, err
	}
	return answer(listGroups(r.Text, found)), nil
}

func listGroups(text string, found []symphony.Group) Reply {
	title := "I can add these groups with group:"
	switch {
	case len(found) == 0 && text == "":
		return says(CodeDone, "I can see no groups (distribution lists) here.")
	case len(found) == 0:
		return says(CodeDone, fmt.Sprintf("No group has “%s” in its name. /groups lists all of them.", clip(text, shown)))
	case text != "":
		title = fmt.Sprintf("Groups with “%s” in their name:", clip(text, shown))
	}
	var items []messageml.Item
	for _, g := range found[:min(len(found), groupsShown)] {
		items = append(items, messageml.Item{messageml.Bold(messageml.Text(g.Name)), messageml.Text(heads(behind(g)))})
	}
	reply := says(CodeDone, title)
	reply.Body = append(reply.Body, messageml.List(items...))
	if more := len(found) - groupsShown; more > 0 {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text(
			fmt.Sprintf("… and %d more. /groups followed by a part of the name finds the others.", more))))
	}
	return reply
}
