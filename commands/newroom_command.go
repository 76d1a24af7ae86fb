package commands

import "roombot/commands/syntax"

// CommandNewRoom is the name of the command that opens a room.
const CommandNewRoom = "newroom"

// newRoomCommand is /newroom, described once for the parser, the help and the client's completion.
func (env *Env) newRoomCommand() Command {
	return Command{
		Command: syntax.Command{
			Name:      CommandNewRoom,
			Aliases:   []string{"createroom"},
			SaidAs:    newRoomWords(),
			Summary:   "open a room with people and groups, and get its link",
			Args:      syntax.ArgsRoom,
			Options:   withSynonyms(roomOptions()),
			Conflicts: roomConflicts(),
			Examples: []string{
				`/newroom "Q2 Earnings" @alice group:"Test Group"`,
				`/newroom Rates and FX @alice @bob`,
				`/newroom "Desk" @alice owner:@bob desc:"Prep for the call" preview`,
			},
		},
		Arguments: []string{"room name", "@people", "group:"},
		Plan:      env.planRoom,
		Resume:    env.resumeRoom,
	}
}

// newRoomWords are words for the command in English, German, French, Spanish and Japanese.
func newRoomWords() []string {
	return []string{
		"room", "chat room", "a room", "a chat room", "new room", "new chat room", "a new room", "a new chat room",
		"open room", "open a room", "open a chat room", "open a new room", "open new room", "open me a room", "open up a room",
		"create room", "create a room", "create a chat room", "create a new room", "create new room", "create me a room",
		"make a room", "make a chat room", "make a new room", "start a room", "start a new room", "set up a room", "set up a new room",
		"raum", "neuer raum", "neuen raum", "ein neuer raum", "einen neuen raum", "raum erstellen", "raum öffnen", "raum anlegen",
		"öffne einen raum", "öffne einen neuen raum", "erstelle einen raum", "erstelle einen neuen raum", "mach einen raum auf",
		"salle", "nouvelle salle", "une nouvelle salle", "créer salle", "créer une salle", "créer une nouvelle salle", "crée une salle",
		"ouvrir une salle", "ouvre une salle", "créez une salle", "ouvrez une salle", "nouveau salon", "créer un salon", "crée un salon",
		"sala", "nueva sala", "una nueva sala", "crear sala", "crear una sala", "crea una sala", "abrir sala", "abrir una sala", "abre una sala",
		"ルーム", "新しいルーム", "新規ルーム", "ルーム作成", "新しい部屋",
	}
}

func roomOptions() []syntax.CommandOption {
	return []syntax.CommandOption{
		{Key: "name", Kind: syntax.Name, Value: "text", Example: `name:"Q2 Earnings"`,
			Summary: "the room's name, where it does not come first"},
		{Key: "group", Aliases: []string{"groups", "dl", "list"}, Kind: syntax.Groups, Value: "name", Example: `group:"Test Group"`,
			Summary: "adds everybody in a group; may be given several times"},
		{Key: "user", Aliases: []string{"people", "members", "with", "invite"}, Kind: syntax.People, Value: "person", Example: "user:alice@bank.com",
			Summary: "adds people: mentions, e-mail addresses or usernames, with commas between them"},
		{Key: "owner", Kind: syntax.Owners, Value: "person", Example: "owner:@alice",
			Summary: "adds a person and makes them an owner, besides you"},
		{Key: "desc", Aliases: []string{"description", "topic", "purpose"}, Kind: syntax.Text, Value: "text", Example: `desc:"Prep for the call"`,
			Summary: "what the room is for"},
		{Key: "private", Kind: syntax.Flag, Summary: "only members get in (the default)"},
		{Key: "public", Kind: syntax.Flag, Summary: "anybody in the company can find and join it"},
		{Key: "external", Aliases: []string{"ext", "crosspod"}, Kind: syntax.Flag, Summary: "people of other companies can be added"},
		{Key: "readonly", Kind: syntax.Flag, Summary: "only owners can write"},
		{Key: "nocopy", Aliases: []string{"copyprotected"}, Kind: syntax.Flag, Irreversible: true, Summary: "members cannot copy messages; cannot be undone"},
		{Key: "history", Aliases: []string{"viewhistory"}, Kind: syntax.Flag, Summary: "newcomers see earlier messages"},
		{Key: "discoverable", Kind: syntax.Flag, Summary: "the room can be found by search"},
		{Key: "members-can-add", Aliases: []string{"memberscaninvite"}, Kind: syntax.Flag, Summary: "members can add others"},
		{Key: "preview", Aliases: []string{"dryrun"}, Kind: syntax.Flag, Summary: "shows what would happen and creates nothing"},
		{Key: "template", Aliases: []string{"tpl", "preset"}, Kind: syntax.Text, Value: "name", Example: "template:deal", Unavailable: true},
		{Key: "expires", Aliases: []string{"until"}, Kind: syntax.Duration, Value: "30d", Example: "expires:30d", Unavailable: true},
		{Key: "welcome", Kind: syntax.Text, Value: "text", Example: `welcome:"Hello all"`, Unavailable: true},
	}
}

// roomConflicts are the combinations that Symphony refuses (REST API reference, room create), and
// those that contradict themselves.
func roomConflicts() []syntax.Conflict {
	on := func(key string) syntax.Setting { return syntax.Setting{Key: key, Value: true} }
	off := func(key string) syntax.Setting { return syntax.Setting{Key: key} }
	return []syntax.Conflict{
		{A: on("external"), B: on("public"), Message: "A room with external people cannot be public."},
		{A: on("external"), B: off("private"), Message: "A room with external people cannot be public."},
		{A: on("external"), B: on("readonly"), Message: "A room with external people cannot be read-only."},
		{A: on("external"), B: on("discoverable"), Message: "A room with external people cannot be discoverable."},
		{A: on("private"), B: on("public"), Message: "A room is either private or public.", Opposites: true},
		{A: off("private"), B: off("public"), Message: "A room is either private or public.", Opposites: true},
		{A: on("public"), B: off("history"), Message: "A public room always shows earlier messages to newcomers."},
		{A: on("public"), B: off("discoverable"), Message: "A public room can always be found by search."},
		{A: on("public"), B: off("members-can-add"), Message: "Members of a public room can always add others."},
	}
}
