package syntax_test

func optionExamples() []example {
	return []example{
		{
			"a group after a blank",
			im(`/newroom "Desk" group: "Test Group" list:Research dl=Sales`),
			`{"command":"newroom","name":"Desk","groups":["Test Group","Research","Sales"]}`,
		},
		{
			"a list of groups",
			im(`/newroom "Desk" group:"FX, EMEA","Test Group",Sales`),
			`{"command":"newroom","name":"Desk","groups":["FX, EMEA","Test Group","Sales"]}`,
		},
		{
			"a list of groups with blanks after its commas",
			im(`/newroom "Desk" group:"FX, EMEA", "Test Group", Sales @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001],"groups":["FX, EMEA","Test Group","Sales"]}`,
		},
		{
			"the same group twice counts once",
			im(`/newroom "Desk" group:"Test Group" dl:"TEST  group"`),
			`{"command":"newroom","name":"Desk","groups":["Test Group"],"notes":["duplicate-group"]}`,
		},
		{
			"a group's name is trimmed",
			im(`/newroom "Desk" group:« Test  Group »`),
			`{"command":"newroom","name":"Desk","groups":["Test Group"]}`,
		},
		{
			"a group of two words is offered with quotes if it is known",
			im(`/newroom "Desk" group:Test Group @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":27,"fix":"/newroom \"Desk\" group:\"Test Group\" @Alice Martin"}}`,
		},
		{
			"a group of two words is offered with quotes even if they could be the name",
			im(`/newroom group:Test Group Q2 Earnings @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":20,"fix":"/newroom group:\"Test Group\" Q2 Earnings @Alice Martin"}}`,
		},
		{
			"a group of two words that is not known is only an error",
			im(`/newroom "Desk" group:Foo Group @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":26}}`,
		},
		{
			"a known group goes before flags",
			im(`/newroom "Desk" group:Equities private @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":31,"fix":"/newroom \"Desk\" group:\"Equities private\" @Alice Martin"}}`,
		},
		{
			"a mention is no group",
			im(`/newroom "Desk" group:@Alice Martin`),
			`{"error":{"code":"option-bad-value","at":22,"option":"group"}}`,
		},
		{
			"a group without a name",
			im(`/newroom "Desk" group: @Alice Martin`),
			`{"error":{"code":"option-missing-value","at":22,"option":"group"}}`,
		},
		{
			"a group with an empty name",
			im(`/newroom "Desk" group:"" @Alice Martin`),
			`{"error":{"code":"option-missing-value","at":22,"option":"group"}}`,
		},
		{
			"a group that is an address",
			im(`/newroom "Desk" group:fx@bank.com`),
			`{"command":"newroom","name":"Desk","groups":["fx@bank.com"]}`,
		},
		{
			"hyphens announce options",
			im(`/newroom "Desk" --group "Test Group" --desc=Prep --preview`),
			`{"command":"newroom","name":"Desk","groups":["Test Group"],"options":{"desc":"Prep","preview":true}}`,
		},
		{
			"dashes of a phone announce options",
			im(`/newroom "Desk" —group Sales –preview`),
			`{"command":"newroom","name":"Desk","groups":["Sales"],"options":{"preview":true}}`,
		},
		{
			"a hyphenated option with nothing after it",
			im(`/newroom "Desk" --group`),
			`{"error":{"code":"option-missing-value","at":23,"option":"group"}}`,
		},
		{
			"a flag alone means yes",
			im(`/newroom "Desk" --private --history`),
			`{"command":"newroom","name":"Desk","options":{"history":true,"private":true}}`,
		},
		{
			"a flag with a colon and nothing means yes",
			im(`/newroom "Desk" private: @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001],"options":{"private":true}}`,
		},
		{
			"a flag without any sign means yes after the name",
			im(`/newroom "Desk" @Alice Martin private preview`),
			`{"command":"newroom","name":"Desk","users":[1001],"options":{"preview":true,"private":true}}`,
		},
		{
			"flags without any sign mean yes before a name that is yet to come",
			im(`/newroom preview @Alice Martin private "Desk"`),
			`{"command":"newroom","name":"Desk","users":[1001],"options":{"preview":true,"private":true}}`,
		},
		{
			"a flag without any sign after people is no name",
			im(`/newroom @Alice Martin preview`),
			`{"form":{"missing":["name"],"prefill":{"users":[1001],"options":{"preview":true}}}}`,
		},
		{
			"a word that comes first and alone is a name, flag or not",
			im(`/newroom preview @Alice Martin`),
			`{"command":"newroom","name":"preview","users":[1001]}`,
		},
		{
			"a flag in several words is corrected",
			im(`/newroom "Desk" read only @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":16,"fix":"/newroom \"Desk\" readonly @Alice Martin"}}`,
		},
		{
			"a misspelt flag is corrected",
			im(`/newroom "Desk" publik`),
			`{"error":{"code":"unexpected-text","at":16,"fix":"/newroom \"Desk\" public"}}`,
		},
		{
			"a flag with no before it is not offered as yes",
			im(`/newroom "Desk" no history`),
			`{"error":{"code":"unexpected-text","at":16}}`,
		},
		{
			"the key at the end of a bare name belongs to the quoted text after it",
			im(`/newroom Desk group "Test Group"`),
			`{"error":{"code":"unexpected-text","at":20,"fix":"/newroom Desk group:\"Test Group\""}}`,
		},
		{
			"a flag takes yes and no in many words",
			im(`/newroom "Desk" private:Y history:off readonly:1 nocopy:FALSE preview=on`),
			`{"command":"newroom","name":"Desk","options":{"history":false,"nocopy":false,"preview":true,"private":true,"readonly":true}}`,
		},
		{
			"keys are compared without case, hyphens and underscores",
			im(`/newroom "Desk" Members_Can_Add:no Read-Only:yes memberscaninvite:yes`),
			`{"error":{"code":"option-duplicate","at":49,"option":"members-can-add"}}`,
		},
		{
			"a flag takes nothing else",
			im(`/newroom "Desk" public:maybe`),
			`{"error":{"code":"option-bad-value","at":23,"option":"public"}}`,
		},
		{
			"a flag takes nothing else after a blank",
			im(`/newroom "Desk" public: maybe`),
			`{"error":{"code":"option-bad-value","at":24,"option":"public"}}`,
		},
		{
			"a description of one word may contain signs",
			im(`/newroom "Desk" desc:a:b,c/d=e @Alice Martin`),
			`{"command":"newroom","name":"Desk","users":[1001],"options":{"desc":"a:b,c/d=e"}}`,
		},
		{
			"a description of several words is offered with quotes",
			im(`/newroom "Desk" desc:Prep for the call with @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":26,"fix":"/newroom \"Desk\" desc:\"Prep for the call\" with @Alice Martin"}}`,
		},
		{
			"a description of several words is offered with quotes before the name",
			im(`/newroom desc:Prep for the call "Desk"`),
			`{"error":{"code":"unexpected-text","at":19,"fix":"/newroom desc:\"Prep for the call\" \"Desk\""}}`,
		},
		{
			"a description keeps its lines",
			im("/newroom \"Desk\" desc:\"one\ntwo  three \""),
			`{"command":"newroom","name":"Desk","options":{"desc":"one\ntwo  three"}}`,
		},
		{
			"an empty description is missing",
			im(`/newroom "Desk" desc:""`),
			`{"error":{"code":"option-missing-value","at":21,"option":"desc"}}`,
		},
		{
			"two descriptions are an error",
			im(`/newroom "Desk" desc:"a" topic:"b"`),
			`{"error":{"code":"option-duplicate","at":25,"option":"desc"}}`,
		},
		{
			"two answers for one flag are an error",
			im(`/newroom "Desk" public:yes public:no`),
			`{"error":{"code":"option-duplicate","at":27,"option":"public"}}`,
		},
		{
			"a duration in days, hours or weeks",
			im(`/newroom "Desk" expires:30D`),
			`{"command":"newroom","name":"Desk","options":{"expires":"30d"}}`,
		},
		{
			"a duration is no date",
			im(`/newroom "Desk" until:tomorrow`),
			`{"error":{"code":"option-bad-value","at":22,"option":"expires"}}`,
		},
		{
			"a duration is not zero",
			im(`/newroom "Desk" expires:0d`),
			`{"error":{"code":"option-bad-value","at":24,"option":"expires"}}`,
		},
		{
			"a template and a welcome are texts",
			im(`/newroom "Desk" tpl:deal welcome:"Good morning"`),
			`{"command":"newroom","name":"Desk","options":{"template":"deal","welcome":"Good morning"}}`,
		},
		{
			"external and public cannot go together",
			im(`/newroom "Desk" external:yes public:yes`),
			`{"error":{"code":"option-conflict","at":29}}`,
		},
		{
			"the later of two conflicting options is marked",
			im(`/newroom "Desk" public:yes ext`),
			`{"error":{"code":"option-conflict","at":27}}`,
		},
		{
			"external and readonly cannot go together",
			im(`/newroom "Desk" ext readonly`),
			`{"error":{"code":"option-conflict","at":20}}`,
		},
		{
			"external and discoverable cannot go together",
			im(`/newroom "Desk" ext:yes discoverable:yes`),
			`{"error":{"code":"option-conflict","at":24}}`,
		},
		{
			"private and public cannot go together",
			im(`/newroom "Desk" private public`),
			`{"error":{"code":"option-conflict","at":24}}`,
		},
		{
			"public shows its history",
			im(`/newroom "Desk" public history:no`),
			`{"error":{"code":"option-conflict","at":23}}`,
		},
		{
			"external without the others is fine",
			im(`/newroom "Desk" external:yes public:no readonly:no`),
			`{"command":"newroom","name":"Desk","options":{"external":true,"public":false,"readonly":false}}`,
		},
		{
			"a misspelt option is corrected",
			im(`/newroom "Desk" grup:"Test Group"`),
			`{"error":{"code":"unknown-option","at":16,"fix":"/newroom \"Desk\" group:\"Test Group\""}}`,
		},
		{
			"a misspelt option with hyphens is corrected",
			im(`/newroom "Desk" --grup "Test Group"`),
			`{"error":{"code":"unknown-option","at":16,"fix":"/newroom \"Desk\" --group \"Test Group\""}}`,
		},
		{
			"a misspelt option with a dash is corrected",
			im(`/newroom "Desk" —previw`),
			`{"error":{"code":"unknown-option","at":16,"fix":"/newroom \"Desk\" —preview"}}`,
		},
		{
			"a misspelt option is corrected before the name too, if quotes follow it",
			im(`/newroom grup:"Test Group" "Desk"`),
			`{"error":{"code":"unknown-option","at":9,"fix":"/newroom group:\"Test Group\" \"Desk\""}}`,
		},
		{
			"an unknown option lists the options there are",
			im(`/newroom "Desk" colour:blue`),
			`{"error":{"code":"unknown-option","at":16}}`,
		},
		{
			"an unknown option with hyphens is an error even before the name",
			im(`/newroom --colour "Desk"`),
			`{"error":{"code":"unknown-option","at":9}}`,
		},
		{
			"a key before a blank and a colon is joined",
			im(`/newroom "Desk" group : Sales`),
			`{"error":{"code":"unexpected-text","at":16,"fix":"/newroom \"Desk\" group: Sales"}}`,
		},
		{
			"an unknown key in a bare name is text",
			im(`/newroom Deal: Alpha 10:30 @Alice Martin`),
			`{"command":"newroom","name":"Deal: Alpha 10:30","users":[1001]}`,
		},
		{
			"the first of two errors is told, and the fix corrects both",
			im(`/newrom "Desk" grup:Sales`),
			`{"error":{"code":"unknown-command","at":0,"fix":"/newroom \"Desk\" group:Sales"}}`,
		},
		{
			"the first of two errors is told without a fix if the other has none",
			im(`/newrom "Desk" colour:blue`),
			`{"error":{"code":"unknown-command","at":0}}`,
		},
		{
			"an option without its colon is offered with one",
			im(`/newroom "Desk" @Alice Martin group "Test Group"`),
			`{"error":{"code":"unexpected-text","at":30,"fix":"/newroom \"Desk\" @Alice Martin group:\"Test Group\""}}`,
		},
		{
			"an owner without a colon is offered with one",
			im(`/newroom "Desk" owner @Alice Martin`),
			`{"error":{"code":"unexpected-text","at":16,"fix":"/newroom \"Desk\" owner:@Alice Martin"}}`,
		},
		{
			"a misspelt option before the name is corrected even without quotes",
			im(`/newroom grup:Sales "Desk"`),
			`{"error":{"code":"unknown-option","at":9,"fix":"/newroom group:Sales \"Desk\""}}`,
		},
	}
}
