package syntax_test

// phraseExamples are words around a command that say nothing about it, and words that are no name.
func phraseExamples() []example {
	room1 := `{"command":"newroom","name":"E8","usernames":["alice"]}`
	return []example{
		{"please may come before the slash", im(`please /newroom "E8" @alice`), room1},
		{"German words may come before the slash", im(`Hallo, kannst du bitte /newroom "E8" @alice`), room1},
		{"French words may come before the slash", im(`S’il te plaît, /newroom "E8" @alice`), room1},
		{"Spanish words may come before the slash", im(`por favor: /newroom "E8" @alice`), room1},
		{"they may follow a mention of the bot that begins the message", room(`@Roombot can you please /newroom "E8" @alice`), room1},
		{"in the 1:1 chat the bot may be mentioned after them", im(`please, @Roombot /newroom "E8" @alice thank you very much`), room1},
		{"in a shared room they are somebody else's", room(`please /newroom "E8" @alice`), `{"ignore":true}`},
		{"other words before the slash do not run the command", im(`how do I use /newroom "E8"`), `{"help":"newroom"}`},
		{
			"a slash that lacks after please is offered", im(`please newroom "E8" @alice`),
			`{"error":{"code":"unknown-command","at":7,"fix":"please /newroom \"E8\" @alice"}}`,
		},
		{"called may stand before a quoted name", im(`/newroom called "E8" with @alice`), room1},
		{"a German word may stand before a quoted name", im(`/newroom namens „E8“ mit @alice`), room1},
		{"a French word may stand before a quoted name", im(`/newroom appelée « E8 » avec @alice`), room1},
		{"a Spanish word may stand before a quoted name", im(`/newroom llamada "E8" con @alice`), room1},
		{"people may come before it", im(`/newroom for @alice called "E8"`), room1},
		{"thanks may come last", im(`/newroom "E8" @alice thanks!`), room1},
		{"thanks may come last in German", im(`/newroom "E8" @alice, vielen Dank`), room1},
		{"thanks may come last in French", im(`/newroom E8 @alice merci beaucoup.`), room1},
		{"thanks may come last in Spanish", im(`/newroom E8 @alice gracias`), room1},
		{"please add may come before people", im(`/newroom "E8" please add @alice`), room1},
		{"nothing is taken out of an unquoted name", im(`/newroom Call for tenders please`), `{"command":"newroom","name":"Call for tenders please"}`},
		{"nothing is taken from its beginning", im(`/newroom Named entities @alice`), `{"command":"newroom","name":"Named entities","usernames":["alice"]}`},
		{"please after people is no name", im(`/newroom @alice please`), `{"form":{"missing":["name"],"prefill":{"usernames":["alice"]}}}`},
		{"cancel alone is asked about", im(`/newroom cancel`), `{"error":{"code":"word-alone","at":9}}`},
		{"words for stop in other languages are asked about", im(`/newroom Abbrechen!`), `{"error":{"code":"word-alone","at":9}}`},
		{"please alone is asked about", im(`/newroom por favor`), `{"error":{"code":"word-alone","at":9}}`},
		{"such a word in quotes is a name", im(`/newroom "list"`), `{"command":"newroom","name":"list"}`},
		{"such a word with people is a name", im(`/newroom list @alice`), `{"command":"newroom","name":"list","usernames":["alice"]}`},
		{"-h asks for help", im(`/newroom -h`), `{"help":"newroom"}`},
		{"a question mark asks for help", im(`/newroom ?`), `{"help":"newroom"}`},
		{"Hilfe asks for help", im(`/newroom Hilfe`), `{"help":"newroom"}`},
		{"the letter h is a name", im(`/newroom h`), `{"command":"newroom","name":"h"}`},
		{"a word that names a flag twice in the same way counts once", im(`/newroom "E8" public @alice public:yes`), `{"command":"newroom","name":"E8","usernames":["alice"],"options":{"public":true}}`},
	}
}
