package syntax_test

func peopleExamples() []example {
	return []example{
		{
			"commas, semicolons and joining words separate people",
			im(`/newroom "Desk" with @Alice Martin, @Bob Chen and @Carol O'Neil; bob@bank.com & @李 雷 plus @ravi + @kim`),
			`{"command":"newroom","name":"Desk","users":[1001,1002,1003,1005],"usernames":["ravi","kim"],"emails":["bob@bank.com"]}`,
		},
		{
			"nothing need separate mentions",
			im(`/newroom "Desk"@Alice Martin@Bob Chen`),
			`{"command":"newroom","name":"Desk","users":[1001,1002]}`,
		},
		{
			"e-mail addresses need no blank after a comma",
			im(`/newroom "Desk" a.b@bank.com,c+d@bank.co.uk;o'neil@bank.com`),
			`{"command":"newroom","name":"Desk","emails":["a.b@bank.com","c+d@bank.co.uk","o'neil@bank.com"]}`,
		},
		{
			"e-mail addresses may have brackets, a link and a full stop",
			im(`/newroom "Desk" <bob@bank.com> (alice@bank.com) mailto:carol@bank.com dana@bank.com.`),
			`{"command":"newroom","name":"Desk","emails":["bob@bank.com","alice@bank.com","carol@bank.com","dana@bank.com"]}`,
		},
		{
			"the same address twice counts once, without case",
			im(`/newroom "Desk" bob@bank.com Bob@Bank.com`),
			`{"command":"newroom","name":"Desk","emails":["bob@bank.com"],"notes":["duplicate-person"]}`,
		},
		{
			"the same username twice counts once",
			im(`/newroom "Desk" @alice, @Alice`),
			`{"command":"newroom","name":"Desk","usernames":["alice"],"notes":["duplicate-person"]}`,
		},
		{
			"a username loses the punctuation after it",
			im(`/newroom "Desk" @alice, (@bob) @carol!`),
			`{"command":"newroom","name":"Desk","usernames":["alice","bob","carol"]}`,
		},
		{
			"an address after an at sign is an address",
			im(`/newroom "Desk" @bob@bank.com`),
			`{"command":"newroom","name":"Desk","emails":["bob@bank.com"]}`,
		},
		{
			"an at sign alone is text in a name",
			im(`/newroom Drinks @ noon @Alice Martin`),
			`{"command":"newroom","name":"Drinks @ noon","users":[1001]}`,
		},
		{
			"the bot among the people is dropped",
			im(`/newroom "Desk" @Roombot @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001],"notes":["bot-ignored"]}`,
		},
		{
			"a mention in the name is text",
			im(`/newroom "Call with @Bob Chen" @Alice Martin`),
			`{"command":"newroom","name":"Call with @Bob Chen","users":[1001],"notes":["mention-in-text"]}`,
		},
		{
			"a mention in the description is text",
			im(`/newroom "Call" desc:"ask @Bob Chen" @Alice Martin`),
			`{"command":"newroom","name":"Call","users":[1001],"options":{"desc":"ask @Bob Chen"},"notes":["mention-in-text"]}`,
		},
		{
			"an owner is added and promoted",
			im(`/newroom "Desk" owner:@Bob Chen @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1002,1001],"options":{"owner":[1002]}}`,
		},
		{
			"owners may be a list of all kinds of people",
			im(`/newroom "Desk" owner:@Bob Chen,alice@bank.com,@carol`),
			`{"command":"newroom","name":"Desk","users":[1002],"usernames":["carol"],"emails":["alice@bank.com"],"options":{"owner":[1002,"alice@bank.com","carol"]}}`,
		},
		{
			"an owner who is named twice counts once",
			im(`/newroom "Desk" @Bob Chen owner:@Bob Chen`),
			`{"command":"newroom","name":"Desk","users":[1002],"options":{"owner":[1002]},"notes":["duplicate-person"]}`,
		},
		{
			"the bot as an owner is dropped",
			im(`/newroom "Desk" owner:@Roombot`),
			`{"command":"newroom","name":"Desk","notes":["bot-ignored"]}`,
		},
		{
			"user adds a person",
			im(`/newroom "Desk" user:@Alice Martin user:bob@bank.com,@carol`),
			`{"command":"newroom","name":"Desk","users":[1001],"usernames":["carol"],"emails":["bob@bank.com"]}`,
		},
		{
			"a word as an owner is a username",
			im(`/newroom "Desk" owner:carol @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001],"usernames":["carol"],"options":{"owner":["carol"]}}`,
		},
		{
			"other words for user take lists of people of all kinds",
			im(`/newroom Q2 people: alice, bob and carol invite:kim,dave@bank.com members:@ravi`),
			`{"command":"newroom","name":"Q2","usernames":["alice","bob","carol","kim","ravi"],"emails":["dave@bank.com"]}`,
		},
		{
			"a list of people may come before the name",
			im(`/newroom with: alice, bob "Q2"`),
			`{"command":"newroom","name":"Q2","usernames":["alice","bob"]}`,
		},
		{
			"the last of a list of people is no name",
			im(`/newroom people: alice, bob`),
			`{"form":{"missing":["name"],"prefill":{"usernames":["alice","bob"]}}}`,
		},
		{
			"a quoted text is no person",
			im(`/newroom "Desk" owner:"!"`),
			`{"error":{"code":"option-bad-value","at":22,"option":"owner"}}`,
		},
		{
			"joining words may be German, French or Spanish",
			im(`/newroom Q2 Zahlen mit @Alice Martin und @Bob Chen et @alice y bob@bank.com`),
			`{"command":"newroom","name":"Q2 Zahlen","users":[1001,1002],"usernames":["alice"],"emails":["bob@bank.com"]}`,
		},
		{
			"an owner is missing",
			im(`/newroom "Desk" owner: group:Sales`),
			`{"error":{"code":"option-missing-value","at":22,"option":"owner"}}`,
		},
		{
			"with may stand before a group",
			im(`/newroom "Desk" with group:Sales and @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001],"groups":["Sales"]}`,
		},
		{
			"with and nobody is an error after a name",
			im(`/newroom "Desk" with`),
			`{"error":{"code":"unexpected-text","at":16}}`,
		},
		{
			"the sentence may end after a mention",
			im(`/newroom "Desk" with @Alice Martin.`),
			`{"command":"newroom","name":"Desk","users":[1001]}`,
		},
		{
			"who asks is in the room anyway",
			im(`/newroom "Desk" me @Alice Martin and me user:me,carol`),
			`{"command":"newroom","name":"Desk","users":[1001],"usernames":["carol"]}`,
		},
		{
			"signs that say nothing do not count after the name",
			im(`/newroom "Desk" -> @Alice Martin 🚀 => bob@bank.com ...`),
			`{"command":"newroom","name":"Desk","users":[1001],"emails":["bob@bank.com"]}`,
		},
		{
			"a name in brackets may follow its address",
			im(`/newroom "Desk" carol@bank.com (Carol O'Neil), bob@bank.com (Bob Chen)`),
			`{"command":"newroom","name":"Desk","emails":["carol@bank.com","bob@bank.com"]}`,
		},
		{
			"other words in brackets after an address have no place",
			im(`/newroom "Desk" carol@bank.com (see below)`),
			`{"error":{"code":"unexpected-text","at":31}}`,
		},
		{
			"thanks may be many",
			im(`/newroom Vega4 @Alice Martin thx a lot!!`),
			`{"command":"newroom","name":"Vega4","users":[1001]}`,
		},
		{
			"brackets around people do not count",
			im(`/newroom Desk (@Alice Martin, bob@bank.com)`),
			`{"command":"newroom","name":"Desk","users":[1001],"emails":["bob@bank.com"]}`,
		},
	}
}
