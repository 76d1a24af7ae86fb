package syntax_test

func commandExamples() []example {
	return []example{
		{
			"a command in the 1:1 chat needs no mention",
			im(`/newroom "Desk" @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
		{
			"a mention of the bot may come first, with a colon or a comma",
			im(`@Roombot: /newroom "Desk"`),
			`{"command":"newroom","name":"Desk"}`,
		},
		{
			"a command may follow the bot's mention without a blank",
			room(`@Roombot/newroom "Desk"`),
			`{"command":"newroom","name":"Desk"}`,
		},
		{
			"upper case, hyphens and underscores in the command are ignored",
			im(`/New-Room "Desk"`),
			`{"command":"newroom","name":"Desk"}`,
		},
		{
			"a full-width slash, letters and signs are understood",
			im(`／ＮＥＷ＿ＲＯＯＭ “Desk”，＠alice、@Bob Chen；ｇｒｏｕｐ＝Sales`),
			`{"command":"newroom","name":"Desk","users":[1002],"usernames":["alice"],"groups":["Sales"]}`,
		},
		{
			"backticks around the message are ignored",
			im("`/newroom \"Desk\" @Alice Martin`"),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
		{
			"a fenced block is read as a line",
			im("```\n/newroom Desk @Alice Martin\n```"),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
		{
			"a colon after the command is ignored",
			im(`/newroom: "Desk"`),
			`{"command":"newroom","name":"Desk"}`,
		},
		{
			"a question mark after the command asks for help",
			im(`/newroom?`),
			`{"help":"newroom"}`,
		},
		{
			"a full stop after the command is ignored",
			im(`/newroom.`),
			`{"form":{"missing":["name"],"prefill":{}}}`,
		},
		{
			"a command in a shared room needs no mention",
			room(`/newroom "Desk"`),
			`{"command":"newroom","name":"Desk"}`,
		},
		{
			"a misspelt command of five letters is answered in a shared room",
			room(`/newrom "Desk"`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/newroom \"Desk\""}}`,
		},
		{
			"two swapped letters are one mistake",
			room(`/nweroom`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/newroom"}}`,
		},
		{
			"a misspelt command of four letters is ignored in a shared room",
			room(`/hlep`),
			`{"ignore":true}`,
		},
		{
			"a word similar to a short command is ignored in a shared room",
			room(`/hello`),
			`{"ignore":true}`,
		},
		{
			"another bot's command is ignored in a shared room",
			room(`/quote AAPL`),
			`{"ignore":true}`,
		},
		{
			"an unknown command after a mention of the bot is an error",
			room(`@Roombot /quote AAPL`),
			`{"error":{"code":"unknown-command","at":9}}`,
		},
		{
			"an unknown command in the 1:1 chat is an error",
			im(`/quote AAPL`),
			`{"error":{"code":"unknown-command","at":0}}`,
		},
		{
			"a misspelt command of four letters is corrected in the 1:1 chat",
			im(`/hlep`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/help"}}`,
		},
		{
			"a path is ignored in a shared room",
			room(`/groups/archive`),
			`{"ignore":true}`,
		},
		{
			"a path in the 1:1 chat is an unknown command",
			im(`/groups/archive`),
			`{"error":{"code":"unknown-command","at":0}}`,
		},
		{
			"a file name is ignored in a shared room",
			room(`/newroom.txt`),
			`{"ignore":true}`,
		},
		{
			"a command in the middle of a sentence is ignored in a shared room",
			room(`you can type /newroom to get a room`),
			`{"ignore":true}`,
		},
		{
			"a question about a command in the 1:1 chat gets its help",
			im(`how do I use /newroom`),
			`{"help":"newroom"}`,
		},
		{
			"a mention of the bot with plain words gets help",
			room(`@Roombot hello`),
			`{"help":"help"}`,
		},
		{
			"a mention of the bot alone gets help",
			room(`@Roombot`),
			`{"help":"help"}`,
		},
		{
			"thanking the bot at the end of a message gets help",
			room(`thanks @Roombot!`),
			`{"help":"help"}`,
		},
		{
			"a mention of the bot in a sentence to others is ignored",
			room(`@Alice Martin, ask @Roombot to do it`),
			`{"ignore":true}`,
		},
		{
			"a command after a mention in the middle of a sentence gets its help and does not run",
			room(`please @Roombot /newroom "Desk"`),
			`{"help":"newroom"}`,
		},
		{
			"plain words in the 1:1 chat get help",
			im(`good morning`),
			`{"help":"help"}`,
		},
		{
			"a word for help without a slash gets help",
			im(`help newroom`),
			`{"help":"newroom"}`,
		},
		{
			"an empty message in the 1:1 chat gets help",
			im(` `),
			`{"help":"help"}`,
		},
		{
			"plain words in a shared room are ignored",
			room(`good morning`),
			`{"ignore":true}`,
		},
		{
			"a command without its slash is offered with one",
			im(`newroom "Desk" @Alice Martin`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/newroom \"Desk\" @Alice Martin"}}`,
		},
		{
			"a slash followed by a blank is joined",
			im(`/ newroom "Desk"`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/newroom \"Desk\""}}`,
		},
		{
			"a slash alone gets help",
			im(`/`),
			`{"help":"help"}`,
		},
		{
			"a command split by a blank is joined",
			im(`/new room "Desk" @Alice Martin`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/newroom \"Desk\" @Alice Martin"}}`,
		},
		{
			"a command split by a blank is joined in a shared room too",
			room(`/new room "Desk" @Alice Martin`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/newroom \"Desk\" @Alice Martin"}}`,
		},
		{
			"a second command on a line of its own is an error",
			im("/newroom \"A\" @Alice Martin\n/newroom \"B\" @Bob Chen"),
			`{"error":{"code":"multiple-commands","at":27}}`,
		},
		{
			"a second command on the same line is an error",
			im(`/newroom Desk @Alice Martin /groups`),
			`{"error":{"code":"multiple-commands","at":28}}`,
		},
		{
			"a second command that is misspelt is an error",
			im("/newroom \"A\" @Alice Martin\n/newrom \"B\" @Bob Chen"),
			`{"error":{"code":"multiple-commands","at":27}}`,
		},
		{
			"a path in a name is text",
			im(`/newroom Files in /tmp @Alice Martin`),
			`{"command":"newroom","name":"Files in /tmp","users":[1001]}`,
		},
		{
			"the word help alone asks for help",
			im(`/newroom HELP`),
			`{"help":"newroom"}`,
		},
		{
			"two hyphens before help ask for help",
			im(`/newroom --help`),
			`{"help":"newroom"}`,
		},
		{
			"help in quotes is a name",
			im(`/newroom "help"`),
			`{"command":"newroom","name":"help"}`,
		},
		{
			"help with more words is a name",
			im(`/newroom help desk @Alice Martin`),
			`{"command":"newroom","name":"help desk","users":[1001]}`,
		},
		{
			"the help command alone asks for help in general",
			im(`/help`),
			`{"help":"help"}`,
		},
		{
			"the help command takes a command",
			im(`/help newroom`),
			`{"help":"newroom"}`,
		},
		{
			"the help command takes a command with its slash",
			im(`/help /groups`),
			`{"help":"groups"}`,
		},
		{
			"the help command corrects a command",
			im(`/help newrom`),
			`{"error":{"code":"unknown-command","at":6,"fix":"/help newroom"}}`,
		},
		{
			"the help command lists the commands if there is no such one",
			im(`/help weather`),
			`{"error":{"code":"unknown-command","at":6}}`,
		},
		{
			"a sentence to the help command gets help in general",
			im(`/help me please`),
			`{"help":"help"}`,
		},
		{
			"a command that takes text takes none too",
			im(`/groups`),
			`{"command":"groups"}`,
		},
		{
			"a command that takes text takes all of it",
			im(`/groups equities and "rates"`),
			`{"command":"groups","text":"equities and \"rates\""}`,
		},
		{
			"a command that takes text takes it in quotes",
			im(`/groups "Test Group"`),
			`{"command":"groups","text":"Test Group"}`,
		},
		{
			"a command that takes text explains itself too",
			im(`/groups help`),
			`{"help":"groups"}`,
		},
	}
}
