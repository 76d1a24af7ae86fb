package syntax_test

import "roombot/commands/syntax"

// testCommands describes the commands as users know them.
func testCommands() []syntax.Command {
	return []syntax.Command{newroom(), {
		Name: "groups", SaidAs: []string{"list groups"}, Summary: "Lists the groups you can add to a room.", Args: syntax.ArgsText,
		Examples: []string{`/groups`, `/groups sales`},
	}, {
		Name: "help", Summary: "Explains what I can do.", Args: syntax.ArgsCommand,
		Examples: []string{`/help`, `/help newroom`},
	}}
}

func newroom() syntax.Command {
	return syntax.Command{
		Name:    "newroom",
		SaidAs:  []string{"room", "new room", "a room", "open a room", "neuer raum"},
		Summary: "Opens a room with the people and groups you name.",
		Args:    syntax.ArgsRoom,
		Options: newroomOptions(),
		Conflicts: []syntax.Conflict{
			{A: syntax.Setting{Key: "private", Value: true}, B: syntax.Setting{Key: "public", Value: true}, Message: "A room is either private or public.", Opposites: true},
			newConflict("external", true, "public", true, "A room with external people cannot be public."),
			newConflict("external", true, "readonly", true, "A room with external people cannot be readonly."),
			newConflict("external", true, "discoverable", true, "A room with external people cannot be discoverable."),
			newConflict("public", true, "history", false, "A public room always shows its history: history cannot be no."),
			newConflict("public", true, "discoverable", false, "A public room can always be found: discoverable cannot be no."),
			newConflict("public", true, "members-can-add", false, "Anyone may join a public room: members-can-add cannot be no."),
		},
		Examples: []string{
			`/newroom "Q2 Earnings" @Alice Martin`,
			`/newroom "Q2 Earnings" @Alice Martin group:"Test Group"`,
			`/newroom "Q2 Earnings" group:"Test Group" desc:"Prep for the call" preview:yes`,
		},
	}
}

func newConflict(a string, av bool, b string, bv bool, message string) syntax.Conflict {
	return syntax.Conflict{A: syntax.Setting{Key: a, Value: av}, B: syntax.Setting{Key: b, Value: bv}, Message: message}
}

func newroomOptions() []syntax.CommandOption {
	return []syntax.CommandOption{
		{Key: "name", Kind: syntax.Name, Value: "text", Example: `name:"Q2 Earnings"`, Summary: "The room's name, if you do not write it first."},
		{Key: "group", Aliases: []string{"groups", "dl", "list"}, Synonyms: []string{"Gruppe", "team", "グループ"}, Kind: syntax.Groups, Value: "name", Example: `group:"Test Group"`, Summary: "A distribution list to add; may be repeated."},
		{Key: "desc", Aliases: []string{"description", "topic", "purpose"}, Synonyms: []string{"subject", "Beschreibung"}, Kind: syntax.Text, Value: "text", Example: `desc:"Prep for the call"`, Summary: "What the room is for."},
		{Key: "template", Aliases: []string{"tpl", "preset"}, Kind: syntax.Text, Value: "name", Example: `template:deal`, Summary: "A prepared set of options."},
		{Key: "owner", Synonyms: []string{"admin", "propriétaire"}, Kind: syntax.Owners, Value: "@person", Example: `owner:@alice`, Summary: "Somebody to add as an owner; may be repeated."},
		{Key: "user", Aliases: []string{"people", "members", "with", "invite"}, Kind: syntax.People, Value: "@person", Example: `user:alice@example.com`, Summary: "Somebody to add; may be repeated."},
		{Key: "private", Summary: "Only members see the room. This is so without it."},
		{Key: "public", Synonyms: []string{"öffentlich"}, Summary: "Anyone in your company may join."},
		{Key: "external", Aliases: []string{"ext", "crosspod"}, Summary: "People of other companies may be members."},
		{Key: "readonly", Summary: "Only owners write."},
		{Key: "nocopy", Aliases: []string{"copyprotected"}, Irreversible: true, Summary: "Messages cannot be copied. This cannot be undone."},
		{Key: "history", Aliases: []string{"viewhistory"}, Summary: "New members see earlier messages."},
		{Key: "discoverable", Summary: "Others can find the room by its name."},
		{Key: "members-can-add", Aliases: []string{"memberscaninvite"}, Summary: "Every member may add people."},
		{Key: "expires", Aliases: []string{"until"}, Kind: syntax.Duration, Value: "30d", Example: `expires:30d`, Summary: "When the room closes by itself."},
		{Key: "welcome", Kind: syntax.Text, Value: "text", Example: `welcome:"Good morning"`, Summary: "The first message in the room."},
		{Key: "preview", Aliases: []string{"dryrun"}, Summary: "Shows what would happen, and does nothing."},
	}
}
