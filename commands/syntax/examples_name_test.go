package syntax_test

func nameExamples() []example {
	return []example{
		{
			"a name stops at an e-mail address",
			im(`/newroom Q2 Earnings bob.chen@bank.com`),
			`{"command":"newroom","name":"Q2 Earnings","emails":["bob.chen@bank.com"]}`,
		},
		{
			"a name stops at an option",
			im(`/newroom Q2 Earnings group:Sales`),
			`{"command":"newroom","name":"Q2 Earnings","groups":["Sales"]}`,
		},
		{
			"a name stops at a username",
			im(`/newroom Q2 Earnings @alice`),
			`{"command":"newroom","name":"Q2 Earnings","usernames":["alice"]}`,
		},
		{
			"a name may follow people",
			im(`/newroom @Alice Martin and @Bob Chen Rates and FX`),
			`{"command":"newroom","name":"Rates and FX","users":[1001,1002]}`,
		},
		{
			"a name may follow an option",
			im(`/newroom group:Sales Q2 Earnings @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001],"groups":["Sales"]}`,
		},
		{
			"commas inside a name stay",
			im(`/newroom Rates, FX and Credit, @Alice Martin`),
			`{"command":"newroom","name":"Rates, FX and Credit","users":[1001]}`,
		},
		{
			"a joining word between name and people is dropped",
			im(`/newroom Rates and FX and @Alice Martin`),
			`{"command":"newroom","name":"Rates and FX","users":[1001]}`,
		},
		{
			"a with at the end is dropped",
			im(`/newroom Catching up with`),
			`{"command":"newroom","name":"Catching up"}`,
		},
		{
			"a joining word alone is no name",
			im(`/newroom with @Alice Martin`),
			`{"form":{"missing":["name"],"prefill":{"users":[1001]}}}`,
		},
		{
			"a dash between name and people is dropped",
			im(`/newroom Q2 Earnings — @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"a dash inside a name stays",
			im(`/newroom Q2 — Earnings @Alice Martin`),
			`{"command":"newroom","name":"Q2 — Earnings","users":[1001]}`,
		},
		{
			"an ampersand inside a name stays",
			im(`/newroom R & D @Alice Martin`),
			`{"command":"newroom","name":"R \u0026 D","users":[1001]}`,
		},
		{
			"a web address is text in a name",
			im(`/newroom Review https://bank.com/a?b=c:d @Alice Martin`),
			`{"command":"newroom","name":"Review https://bank.com/a?b=c:d","users":[1001]}`,
		},
		{
			"a time of day is text in a name",
			im(`/newroom Call 10:30 @Alice Martin`),
			`{"command":"newroom","name":"Call 10:30","users":[1001]}`,
		},
		{
			"runs of blanks and lines become one blank",
			im("/newroom \"Q2\u00a0 \t Earnings\ncall\""),
			`{"command":"newroom","name":"Q2 Earnings call"}`,
		},
		{
			"accents are composed",
			im("/newroom \"Re\u0301sume\u0301\""),
			`{"command":"newroom","name":"Résumé"}`,
		},
		{
			"zero-width blanks inside a bare name are removed",
			im("/newroom Q2\u200bEarnings @Alice Martin"),
			`{"command":"newroom","name":"Q2Earnings","users":[1001],"notes":["invisible-removed"]}`,
		},
		{
			"zero-width blanks between words separate them",
			im("/newroom\u200b\"Desk\"\u2060@Alice Martin"),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
		{
			"a variation selector after a letter is removed",
			im("/newroom \"Q2\ufe0f\""),
			`{"command":"newroom","name":"Q2","notes":["invisible-removed"]}`,
		},
		{
			"a variation selector after a symbol stays",
			im("/newroom \"\u2764\ufe0f room\""),
			`{"command":"newroom","name":"❤️ room"}`,
		},
		{
			"a name of invisible characters is empty",
			im("/newroom \"\u200b\u202e \""),
			`{"error":{"code":"name-empty","at":9}}`,
		},
		{
			"a name of blanks is empty",
			im(`/newroom "   " @Alice Martin`),
			`{"error":{"code":"name-empty","at":9}}`,
		},
		{
			"a name of 49 characters is accepted",
			im(`/newroom "1234567890123456789012345678901234567890123456789"`),
			`{"command":"newroom","name":"1234567890123456789012345678901234567890123456789"}`,
		},
		{
			"a name of 50 characters is an error at the last one",
			im(`/newroom "12345678901234567890123456789012345678901234567890"`),
			`{"error":{"code":"name-too-long","at":59,"count":50,"limit":49}}`,
		},
		{
			"characters are counted as code points",
			im(`/newroom "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"`),
			`{"command":"newroom","name":"😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"}`,
		},
		{
			"a bare name too long is marked where it gets too long",
			im(`/newroom Quarterly earnings preparation with the whole equity desk @Alice Martin`),
			`{"error":{"code":"name-too-long","at":58,"count":57,"limit":49}}`,
		},
		{
			"characters removed from a name are not counted",
			im("/newroom \"  1234567890\u200b1234567890   1234567890 1234567890 12345\""),
			`{"command":"newroom","name":"12345678901234567890 1234567890 1234567890 12345","notes":["invisible-removed"]}`,
		},
		{
			"a name may be written as an option",
			im(`/newroom name:"Q2 Earnings" @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"a name as an option without quotes is offered with quotes",
			im(`/newroom name:Q2 Earnings @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":17,"fix":"/newroom name:\"Q2 Earnings\" @Alice Martin"}}`,
		},
		{
			"an empty name as an option is an error",
			im(`/newroom name:"" @Alice Martin`),
			`{"error":{"code":"name-empty","at":14}}`,
		},
		{
			"a second name is an error",
			im(`/newroom "Q2" name:"Q3"`),
			`{"error":{"code":"option-duplicate","at":14,"option":"name"}}`,
		},
		{
			"a second quoted text is offered as the description",
			im(`/newroom Q2 @Alice Martin "for the call"`),
			`{"error":{"code":"unexpected-text","at":26,"fix":"/newroom Q2 @Alice Martin desc:\"for the call\""}}`,
		},
		{
			"a second quoted text is just an error if there is a description",
			im(`/newroom Q2 desc:"a" @Alice Martin "b"`),
			`{"error":{"code":"unexpected-text","at":35}}`,
		},
		{
			"words after the name are an error",
			im(`/newroom "Desk" @Alice Martin for the call`),
			`{"error":{"code":"unexpected-text","at":30}}`,
		},
		{
			"words without a mention are explained",
			im(`/newroom "Desk" @Alice Smith`),
			`{"error":{"code":"unexpected-text","at":23}}`,
		},
		{
			"a name in German quotes is a name",
			im(`/newroom „Q2 Zahlen“`),
			`{"command":"newroom","name":"Q2 Zahlen"}`,
		},
		{
			"people and no name open the form with all that was understood",
			im(`/newroom @Alice Martin bob@bank.com @carol group:"Test Group" desc:"Prep" preview:yes owner:@Bob Chen`),
			`{"form":{"missing":["name"],"prefill":{"users":[1001,1002],"usernames":["carol"],"emails":["bob@bank.com"],"groups":["Test Group"],"options":{"desc":"Prep","owner":[1002],"preview":true}}}}`,
		},
		{
			"a mention without a blank ends a bare name",
			im(`/newroom Desk@Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
	}
}
