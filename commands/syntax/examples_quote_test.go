package syntax_test

func quoteExamples() []example {
	return []example{
		{
			"straight quotes",
			im(`/newroom "Q2 Earnings"`),
			`{"command":"newroom","name":"Q2 Earnings"}`,
		},
		{
			"smart quotes",
			im(`/newroom “Q2 Earnings”`),
			`{"command":"newroom","name":"Q2 Earnings"}`,
		},
		{
			"two closing smart quotes, as Swedes write",
			im(`/newroom ”Q2 Earnings” @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"two opening smart quotes, as a bad keyboard writes",
			im(`/newroom “Q2 Earnings“ @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"low and high quotes, as Germans write",
			im(`/newroom „Q2 Zahlen“ @Alice Martin`),
			`{"command":"newroom","name":"Q2 Zahlen","users":[1001]}`,
		},
		{
			"low and high quotes, as Poles write",
			im(`/newroom „Q2 wyniki” @Alice Martin`),
			`{"command":"newroom","name":"Q2 wyniki","users":[1001]}`,
		},
		{
			"pointed quotes",
			im(`/newroom «Q2» @Alice Martin`),
			`{"command":"newroom","name":"Q2","users":[1001]}`,
		},
		{
			"pointed quotes the other way round",
			im(`/newroom »Q2« @Alice Martin`),
			`{"command":"newroom","name":"Q2","users":[1001]}`,
		},
		{
			"full-width quotes",
			im(`/newroom ＂Q2＂ @Alice Martin`),
			`{"command":"newroom","name":"Q2","users":[1001]}`,
		},
		{
			"single quotes",
			im(`/newroom 'Q2 Earnings' @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"single smart quotes",
			im(`/newroom ‘Q2 Earnings’ @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"only the opening quote was changed",
			im(`/newroom “Q2 Earnings" @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"only the closing quote was changed",
			im(`/newroom "Q2 Earnings” @Alice Martin`),
			`{"command":"newroom","name":"Q2 Earnings","users":[1001]}`,
		},
		{
			"only one opening quote was changed, and others follow",
			im(`/newroom “Desk" group:“Test Group”`),
			`{"command":"newroom","name":"Desk","groups":["Test Group"]}`,
		},
		{
			"smart quotes inside straight ones are text",
			im(`/newroom "The “Big” deal" @Alice Martin`),
			`{"command":"newroom","name":"The “Big” deal","users":[1001]}`,
		},
		{
			"straight quotes inside smart ones are text",
			im(`/newroom “The "Big" deal” @Alice Martin`),
			`{"command":"newroom","name":"The \"Big\" deal","users":[1001]}`,
		},
		{
			"smart quotes inside smart ones are text",
			im(`/newroom “The “Big” deal” @Alice Martin`),
			`{"command":"newroom","name":"The “Big” deal","users":[1001]}`,
		},
		{
			"double quotes inside single ones are text",
			im(`/newroom 'The "Big" deal' @Alice Martin`),
			`{"command":"newroom","name":"The \"Big\" deal","users":[1001]}`,
		},
		{
			"an escaped apostrophe is text",
			im("/newroom 'Carol\\'s desk' @Alice Martin"),
			`{"command":"newroom","name":"Carol's desk","users":[1001]}`,
		},
		{
			"an escaped backslash is one backslash",
			im("/newroom \"C:\\\\Deals\""),
			`{"command":"newroom","name":"C:\\Deals"}`,
		},
		{
			"a backslash before another character is text",
			im("/newroom \"C:\\Deals\""),
			`{"command":"newroom","name":"C:\\Deals"}`,
		},
		{
			"a backslash before the closing quote escapes it",
			im("/newroom \"C:\\\" @Alice Martin"),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"C:\\\\\" @Alice Martin"}}`,
		},
		{
			"an apostrophe for omitted digits is text",
			im(`/newroom '26 budget @Alice Martin`),
			`{"command":"newroom","name":"'26 budget","users":[1001]}`,
		},
		{
			"omitted digits may be quoted",
			im(`/newroom '26 budget' @Alice Martin`),
			`{"command":"newroom","name":"26 budget","users":[1001]}`,
		},
		{
			"an apostrophe inside single quotes is offered escaped",
			im(`/newroom 'Carol's desk' @Alice Martin`),
			`{"error":{"code":"quote-run-on","at":15,"fix":"/newroom 'Carol\\'s desk' @Alice Martin"}}`,
		},
		{
			"a comma may follow a quote",
			im(`/newroom "Desk", @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
		{
			"a full stop may follow a quote",
			im(`/newroom "Desk". @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
		{
			"text glued to a quote is an error",
			im(`/newroom "Desk"for @Alice Martin`),
			`{"error":{"code":"quote-run-on","at":14}}`,
		},
		{
			"an option glued to a quote is offered with a blank",
			im(`/newroom "Desk"group:Sales`),
			`{"error":{"code":"quote-run-on","at":14,"fix":"/newroom \"Desk\" group:Sales"}}`,
		},
		{
			"an e-mail address glued to a quote is offered with a blank",
			im(`/newroom "Desk"bob@bank.com`),
			`{"error":{"code":"quote-run-on","at":14,"fix":"/newroom \"Desk\" bob@bank.com"}}`,
		},
		{
			"an unclosed quote ends at the end",
			im(`/newroom "Q2 Earnings`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"Q2 Earnings\""}}`,
		},
		{
			"an unclosed quote ends before a mention",
			im(`/newroom "Q2 Earnings @Alice Martin`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"Q2 Earnings\" @Alice Martin"}}`,
		},
		{
			"an unclosed quote ends before a joining word",
			im(`/newroom "Q2 Earnings, with @Alice Martin`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"Q2 Earnings\", with @Alice Martin"}}`,
		},
		{
			"an unclosed quote ends before an e-mail address",
			im(`/newroom "Q2 Earnings bob@bank.com`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"Q2 Earnings\" bob@bank.com"}}`,
		},
		{
			"an unclosed quote ends before an option",
			im(`/newroom "Q2 Earnings desc:Prep`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"Q2 Earnings\" desc:Prep"}}`,
		},
		{
			"an unclosed quote ends before a misspelt option, which is corrected as well",
			im(`/newroom "Q2 Earnings grup:"Test Group"`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"Q2 Earnings\" group:\"Test Group\""}}`,
		},
		{
			"an unclosed smart quote is closed by a smart one",
			im(`/newroom “Q2 Earnings @Alice Martin group:“Test Group”`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom “Q2 Earnings” @Alice Martin group:“Test Group”"}}`,
		},
		{
			"an unclosed single quote ends before a mention",
			im(`/newroom 'Q2 Earnings @Alice Martin`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom 'Q2 Earnings' @Alice Martin"}}`,
		},
		{
			"an unclosed quote in a value ends before the next option",
			im(`/newroom "Desk" group:"Test Group desc:"Prep"`),
			`{"error":{"code":"unclosed-quote","at":22,"fix":"/newroom \"Desk\" group:\"Test Group\" desc:\"Prep\""}}`,
		},
		{
			"a closing quote of the wrong kind is replaced",
			im(`/newroom "Q2 Earnings” @Alice Martin group:"Test Group"`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom \"Q2 Earnings\" @Alice Martin group:\"Test Group\""}}`,
		},
		{
			"a closing quote without an opening one gets it",
			im(`/newroom Q2 Earnings" @Alice Martin`),
			`{"error":{"code":"unclosed-quote","at":20,"fix":"/newroom \"Q2 Earnings\" @Alice Martin"}}`,
		},
		{
			"a closing quote without an opening one gets it in a value",
			im(`/newroom "Desk" group:Test Group" @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":27,"fix":"/newroom \"Desk\" group:\"Test Group\" @Alice Martin"}}`,
		},
		{
			"a quote around nothing cannot be corrected",
			im(`/newroom " @Alice Martin`),
			`{"error":{"code":"unclosed-quote","at":9}}`,
		},
		{
			"a possessive after a mention is no quote to correct",
			im(`/newroom @Alice Martin's room`),
			`{"error":{"code":"unclosed-quote","at":22}}`,
		},
		{
			"quotes inside a mention do not count",
			im(`/newroom "with @Dave "Dee" Ray" @Alice Martin`),
			`{"command":"newroom","name":"with @Dave \"Dee\" Ray","users":[1001],"notes":["mention-in-text"]}`,
		},
		{
			"a double quote that closes a single one is replaced",
			im(`/newroom 'Q2 Earnings" @Alice Martin`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom 'Q2 Earnings' @Alice Martin"}}`,
		},
	}
}
