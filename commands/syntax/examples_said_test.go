package syntax_test

// saidExamples are commands that people write in words of their own: each is offered, and none is
// run.
func saidExamples() []example {
	fix := func(at, text string) string {
		return `{"error":{"code":"unknown-command","at":` + at + `,"fix":"` + text + `"}}`
	}
	help, newroomHelp := `{"help":"help"}`, `{"help":"newroom"}`
	return []example{
		{"another word for the command is offered", im(`/room "K1" @alice`), fix("0", `/newroom \"K1\" @alice`)},
		{"so are two words", im(`/neuer Raum "K1" @alice`), fix("0", `/newroom \"K1\" @alice`)},
		{"so are they without a blank", im(`/neuerraum "K1" @alice`), fix("0", `/newroom \"K1\" @alice`)},
		{"in a shared room they are somebody else's", room(`/room "K1" @alice`), `{"ignore":true}`},
		{"the name may follow without a blank", im(`/newroomTypos @alice`), fix("0", "/newroom Typos @alice")},
		{"a short name that follows without a blank is no slip", im(`/newroomQ2 @alice`), fix("0", "/newroom Q2 @alice")},
		{"neither is a Japanese one", im(`/newroom決算 @alice`), fix("0", "/newroom 決算 @alice")},
		{"one slash too many is left out", im(`//newroom "K1" @alice`), fix("0", `/newroom \"K1\" @alice`)},
		{"a backslash is meant as a slash", im(`\newroom "K1" @alice`), fix("0", `/newroom \"K1\" @alice`)},
		{"words without a slash are offered as the command", im(`new room K1 @alice`), fix("0", "/newroom K1 @alice")},
		{"a colon may follow them", im(`New room: "K1" with @alice`), fix("0", `/newroom: \"K1\" with @alice`)},
		{
			"they may be a question", room(`@Roombot can you open a room "K1" with @Alice Martin?`),
			fix("17", `@Roombot can you /newroom \"K1\" with @Alice Martin?`),
		},
		{"without people and a name in quotes they are talk", im(`can you open a room later?`), help},
		{"one word without its slash is talk", im(`room "K1" @alice`), help},
		{"words for a command that needs nothing more are offered", im(`list groups`), fix("0", "/groups")},
		{"with other words they are talk", im(`list groups of people`), help},
		{"a whole command behind other words is offered", im(`> /newroom K1 @alice`), `{"error":{"code":"unknown-command","at":2}}`},
		{"a question with a command in it asks for help", im(`how does /newroom work?`), newroomHelp},
		{"a whole command without people is an example", im(`> /newroom "K1"`), newroomHelp},
	}
}
