package syntax_test

// scriptExamples are quotes and words of languages beside English.
func scriptExamples() []example {
	desk := `{"command":"newroom","name":"決算準備","usernames":["alice"]}`
	return []example{
		{"Japanese corner brackets are quotes", im(`/newroom 「決算準備」 @alice`), desk},
		{"Japanese white corner brackets are quotes", im(`/newroom 『決算準備』@alice`), desk},
		{"a value may stand in them", im(`/newroom "Q2" group:「Test Group」`), `{"command":"newroom","name":"Q2","groups":["Test Group"]}`},
		{"single pointed quotes are quotes", im(`/newroom ‹Réunion› @alice`), `{"command":"newroom","name":"Réunion","usernames":["alice"]}`},
		{"single low and high quotes are quotes", im(`/newroom ‚Liquidität Q2‘ @alice`), `{"command":"newroom","name":"Liquidität Q2","usernames":["alice"]}`},
		{
			"a corner bracket that lacks is added", im(`/newroom 「決算準備 @Alice Martin`),
			`{"error":{"code":"unclosed-quote","at":9,"fix":"/newroom 「決算準備」 @Alice Martin"}}`,
		},
		{"help in Japanese asks for help", im(`/newroom ヘルプ`), `{"help":"newroom"}`},
		{"cancel in Japanese is asked about", im(`/newroom キャンセル`), `{"error":{"code":"word-alone","at":9}}`},
		{"please in Japanese may come first", im(`お願いします /newroom 「決算準備」 @alice`), desk},
		{"please in Japanese may come last", im(`/newroom 「決算準備」 @alice よろしくお願いします。`), desk},
		{"the polite ending of a name is passed over", im(`/newroom 「決算」 @Alice Martinさん、@Bob Chenさんと`), `{"command":"newroom","name":"決算","users":[1001,1002]}`},
		{"a colon may follow people", im(`/newroom @Alice Martin and @Bob Chen: "K1"`), `{"command":"newroom","name":"K1","users":[1001,1002]}`},
		{
			"quotes that are typed twice are corrected", im(`/newroom ""K1"" @Alice Martin`),
			`{"error":{"code":"quote-run-on","at":10,"fix":"/newroom \"K1\" @Alice Martin"}}`,
		},
		{"a dangling w/ is dropped like with", im(`/newroom project falcon w/ @alice & @bob`), `{"command":"newroom","name":"project falcon","usernames":["alice","bob"]}`},
	}
}
