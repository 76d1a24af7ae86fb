package commands

import (
	"context"
	"fmt"
	"slices"

	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

// CommandGroups is the name of the command that lists groups.
const CommandGroups = "groups"

// maxGroupsListed is how many groups one reply lists.
const maxGroupsListed = 30

func (env *Env) groupsCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:    CommandGroups,
			Summary: "the groups (distribution lists) that I can add to a room",
			Args:    syntax.ArgsText,
			SaidAs: []string{
				"list groups", "list the groups", "list all groups", "list all the groups", "show groups", "show the groups", "show me the groups",
				"show all groups", "all groups", "which groups", "what groups", "which groups are there", "what groups are there", "distribution lists",
				"gruppen", "alle gruppen", "liste der gruppen", "zeige gruppen", "zeige die gruppen", "zeige alle gruppen", "welche gruppen gibt es",
				"groupes", "liste des groupes", "liste les groupes", "affiche les groupes", "grupos", "lista de grupos", "listar grupos",
				"qué grupos hay", "グループ", "グループ一覧",
			},
			Examples: []string{"/groups", "/groups equities"},
		},
		Arguments: []string{"part of a name"},
		Plan:      env.planGroups,
	}
}

func (env *Env) planGroups(ctx context.Context, r *Request) (Plan, error) {
	found, err := env.Groups.GroupsContaining(ctx, r.From.ID, r.Text)
	switch {
	case isGroupRightMissing(err):
		return nil, env.groupRightRefusal()
	case err != nil:
		return nil, err
	}
	return readOnlyPlan(groupsReply(r.Text, found)), nil
}

func groupsReply(text string, found []symphony.Group) Reply {
	title := "I can add these groups with group:"
	switch {
	case len(found) == 0 && text == "":
		return textReply(CodeDone, "I can see no groups (distribution lists) here.")
	case len(found) == 0:
		return textReply(CodeDone, fmt.Sprintf("No group has “%s” in its name. /groups lists all of them.", syntax.Truncate(text, maxEcho)))
	case text != "":
		title = fmt.Sprintf("Groups with “%s” in their name:", syntax.Truncate(text, maxEcho))
	}
	var items []messageml.Item
	for _, g := range found[:min(len(found), maxGroupsListed)] {
		items = append(items, messageml.Item{messageml.Bold(messageml.Text(g.Name)), messageml.Text(personCount(len(activeMembers(g))))})
	}
	reply := textReply(CodeDone, title)
	reply.Private = slices.ContainsFunc(found, symphony.Group.IsRestricted) // others in the room may not see them
	reply.Body = append(reply.Body, messageml.List(items...))
	if more := len(found) - maxGroupsListed; more > 0 {
		reply.Body = append(reply.Body, messageml.Paragraph(messageml.Text(
			fmt.Sprintf("… and %d more. /groups followed by a part of the name finds the others.", more))))
	}
	return reply
}
