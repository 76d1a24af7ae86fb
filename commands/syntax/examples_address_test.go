package syntax_test

// addressExamples are lists of people as mail programs copy them.
func addressExamples() []example {
	return []example{
		{
			"a list copied from a mail program names people",
			im(`/newroom "Q2" Alice Martin <alice@acme.com>; Chen, Bob <bob@acme.com>; "Martin, Eve" <eve@acme.com>`),
			`{"command":"newroom","name":"Q2","emails":["alice@acme.com","bob@acme.com","eve@acme.com"]}`,
		},
		{
			"commas and line ends separate people too",
			im("/newroom \"Q2\"\nAlice Martin <alice@acme.com>,\nBob Chen <bob@acme.com>\nalice martin <am@acme.com>"),
			`{"command":"newroom","name":"Q2","emails":["alice@acme.com","bob@acme.com","am@acme.com"]}`,
		},
		{
			"links of mail programs are addresses",
			im(`/newroom "Q2" alice@acme.com<mailto:alice@acme.com>; Bob Chen<mailto:bob@acme.com> Eve Ray [mailto:eve@acme.com]`),
			`{"command":"newroom","name":"Q2","emails":["alice@acme.com","bob@acme.com","eve@acme.com"],"notes":["duplicate-person"]}`,
		},
		{
			"the list may come before a quoted name",
			im(`/newroom Alice Martin <alice@acme.com>; "Chen, Bob" <bob@acme.com> "Q2"`),
			`{"command":"newroom","name":"Q2","emails":["alice@acme.com","bob@acme.com"]}`,
		},
		{
			"the list may come before a name without quotes",
			im(`/newroom Alice Martin <alice@acme.com>; Bob Chen <bob@acme.com> Q2 Earnings`),
			`{"command":"newroom","name":"Q2 Earnings","emails":["alice@acme.com","bob@acme.com"]}`,
		},
		{
			"a list alone opens the form and no room with the name of a person",
			im(`/newroom Al Martin <x1@acme.com>; "Chen, Bob" <x2@acme.com>`),
			`{"form":{"missing":["name"],"prefill":{"emails":["x1@acme.com","x2@acme.com"]}}}`,
		},
		{
			"the name of one person before the address opens the form",
			im(`/newroom "Martin, Alice" <alice@acme.com>`),
			`{"form":{"missing":["name"],"prefill":{"emails":["alice@acme.com"]}}}`,
		},
		{
			"a quoted name before an address that has nothing to do with it is the room's",
			im(`/newroom "Desk" <bob@bank.com>`),
			`{"command":"newroom","name":"Desk","emails":["bob@bank.com"]}`,
		},
		{
			"words before an address that has nothing to do with them are the room's name",
			im(`/newroom Rates, FX <bob@bank.com>`),
			`{"command":"newroom","name":"Rates, FX","emails":["bob@bank.com"]}`,
		},
		{
			"a name that ends like the person of the address is asked about",
			im(`/newroom Q2 Earnings Alice Martin <alice@acme.com>`),
			`{"error":{"code":"unexpected-text","at":21}}`,
		},
		{
			"the last name may come first, after a semicolon",
			im(`/newroom Q7; Chen, Bob <rchen@acme.com>`),
			`{"error":{"code":"unexpected-text","at":13}}`,
		},
		{
			"people of a list are values of options",
			im(`/newroom "Q2" user:Alice Martin <alice@acme.com>, Bob Chen <bob@acme.com> owner:"Ray, Eve" <eve@acme.com>`),
			`{"command":"newroom","name":"Q2","emails":["alice@acme.com","bob@acme.com","eve@acme.com"],"options":{"owner":["eve@acme.com"]}}`,
		},
		{
			"single quotes around an address do not count",
			im(`/newroom 'alice@acme.com'; 'bob@acme.com' "Q2" "eve@acme.com"`),
			`{"command":"newroom","name":"Q2","emails":["alice@acme.com","bob@acme.com","eve@acme.com"]}`,
		},
		{
			"an address in double quotes may be the name",
			im(`/newroom "fx@acme.com" group:'fx@acme.com'`),
			`{"command":"newroom","name":"fx@acme.com","groups":["fx@acme.com"]}`,
		},
		{
			"people of all kinds may be mixed in a list",
			im(`/newroom "Q2" members: @Alice Martin, Bob Chen <bob@acme.com>, eve@acme.com and carol, kim.`),
			`{"command":"newroom","name":"Q2","users":[1001],"usernames":["carol","kim"],"emails":["bob@acme.com","eve@acme.com"]}`,
		},
		{
			"flags and groups before a list stay what they are",
			im(`/newroom "Q2" group:Sales private Alice Martin <alice@acme.com>`),
			`{"command":"newroom","name":"Q2","emails":["alice@acme.com"],"groups":["Sales"],"options":{"private":true}}`,
		},
		{
			"a list of groups before an address stays a list of groups",
			im(`/newroom "Q2" group:"FX","Chen Desk" <bob@bank.com>`),
			`{"command":"newroom","name":"Q2","emails":["bob@bank.com"],"groups":["FX","Chen Desk"]}`,
		},
		{
			"a sentence before an address is no name of a person",
			im(`/newroom "Q2" "prep for the call" <bob@bank.com>`),
			`{"error":{"code":"unexpected-text","at":14,"fix":"/newroom \"Q2\" desc:\"prep for the call\" <bob@bank.com>"}}`,
		},
	}
}
