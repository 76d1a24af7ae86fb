package commands_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
)

func TestFormReadsAsItsCommand(t *testing.T) {
	t.Parallel()
	desk := commands.NewEnv(commands.Env{})
	for want, values := range map[string]symphony.FormValues{
		`/newroom "The \"Big\" one"`:                      {"name": json.RawMessage(`"The \"Big\" one"`)},
		`/newroom "X" group:"A", "B" public:yes`:          {"name": json.RawMessage(`" X "`), "groups": json.RawMessage(`"A , B,"`), "public": json.RawMessage(`"yes"`)},
		`/newroom "X" group:"A, B" desc:"d" bob@bank.com`: {"name": json.RawMessage(`"X"`), "groups": json.RawMessage(`"\"A, B\""`), "desc": json.RawMessage(`"d"`), "others": json.RawMessage(`"bob@bank.com"`)},
		`/newroom ""`:  {},
		`/newroom "X"`: {"name": json.RawMessage(`"X"`), "people": json.RawMessage(`""`), "owners": json.RawMessage(`{"userIds":[]}`), "desc": json.RawMessage(`null`)},
	} {
		values["action"] = json.RawMessage(`"create"`)
		m, err := desk.ReadForm(t.Context(), values)
		require.NoError(t, err)
		require.Equal(t, want, m.Text)
	}
	_, err := desk.ReadForm(t.Context(), symphony.FormValues{"action": json.RawMessage(`"destroy"`)})
	require.Error(t, err)
}

func TestFormListsGroupsToChooseFrom(t *testing.T) {
	t.Parallel()
	env := commands.NewEnv(commands.Env{})
	markup := func(f *syntax.FormRequest, choices commands.GroupChoices) string {
		reply, err := env.FormReply(f, choices)
		require.NoError(t, err)
		text, _ := reply.Render(commands.Stamp{})
		return text
	}
	prefilled := grammar().FormFor(syntax.Message{Text: `/newroom "X" group:"test  group" group:"Gone, long ago"`})
	shown := markup(prefilled, commands.NewGroupChoices([]string{"FX, EMEA", "Test Group", "test group"}))
	require.Contains(t, shown, `<select name="group-list" label="Groups" data-placeholder="Choose groups" multiple="true">`+
		`<option value="FX, EMEA">FX, EMEA</option><option value="Test Group" selected="true">Test Group</option></select>`)
	require.Contains(t, shown, `group:&quot;Gone, long ago&quot;`, "what the list does not have is not lost")
	require.NotContains(t, shown, `name="groups"`)
	require.Contains(t, shown, `<expandable-card state="expanded"><header>More options</header>`)

	empty := markup(&syntax.FormRequest{}, nil)
	require.Contains(t, empty, `<expandable-card state="collapsed"><header>More options</header>`)
	order := []string{`name="name"`, `name="people"`, `name="owners"`, `name="groups"`, "<expandable-card", `name="desc"`, `name="others"`, "</expandable-card>", `name="create"`}
	at := -1
	for _, part := range order {
		next := strings.Index(empty, part)
		require.Greater(t, next, at, part)
		at = next
	}

	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprint("Desk ", i)
	}
	require.Empty(t, commands.NewGroupChoices(many))
	require.Len(t, commands.NewGroupChoices(many[:50]), 50)
	for want, raw := range map[string]string{
		`/newroom "X" group:"FX, EMEA", "Test Group"`: `["FX, EMEA","Test Group"]`,
		`/newroom "X" group:"FX, EMEA"`:               `"FX, EMEA"`,
		`/newroom "X"`:                                `""`,
	} {
		m, err := env.ReadForm(t.Context(), values(`{"action":"create","name":"X","group-list":`+raw+`}`))
		require.NoError(t, err)
		require.Equal(t, want, m.Text)
	}
}

func TestFormWithoutANameIsAMistake(t *testing.T) {
	t.Parallel()
	r := grammar().Parse(syntax.Message{Text: `/newroom ""`})
	require.NotNil(t, r.Error)
	require.Equal(t, syntax.NameEmpty, r.Error.Code)
}

func TestFormMentionsThePeopleChosenInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	alice, carol := w.people["alice"], w.people["carol"]
	m, err := w.env.ReadForm(t.Context(), values(fmt.Sprintf(
		`{"action":"create","name":"Chosen","people":[%d],"owners":{"userIds":[%d]},"history":"yes"}`, alice.ID, carol.ID)))
	require.NoError(t, err)
	require.Equal(t, `/newroom "Chosen" @Alice Martin owner:@Carol O'Neil history:yes`, m.Text)
	require.Equal(t, []syntax.Mention{{Start: 18, End: 31, UserID: int64(alice.ID)}, {Start: 38, End: 51, UserID: int64(carol.ID)}}, m.Mentions)

	w.stub(stub{path: "/pod/v3/users?", status: 503})
	_, err = w.env.ReadForm(t.Context(), values(`{"action":"create","name":"Later","people":[7]}`))
	require.Equal(t, symphony.Unavailable, symphony.VerdictOf(err))
}

// A client can send any number as a chosen person: that of a group must read like that of nobody.
func TestFormChoosesPeopleOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, field := range []string{`"people":[%d]`, `"owners":[%d]`} {
		for _, id := range []int64{7, 103<<36 + 193} {
			_, err := w.env.ReadForm(t.Context(), values(fmt.Sprintf(`{"action":"create","name":"Gone",`+field+`}`, id)))
			refusal, ok := errors.AsType[*commands.Refusal](err)
			require.True(t, ok)
			require.Equal(t, fmt.Sprintf("Nobody here goes by “user %d”. Nothing was created.", id), refusal.Message)
		}
	}
}

// What a command said comes back from the form that shows it.
func TestFormKeepsWhatWasUnderstood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	line := `/newroom owner:@Carol O'Neil @Alice Martin owner:@dave kim@acme.test group:"Test Group" desc:"Prep" history:yes discoverable:no`
	read := w.grammar("bob").Parse(w.message(line))
	require.NotNil(t, read.Form)
	reply, err := w.env.FormReply(read.Form, nil)
	require.NoError(t, err)
	shown := plain(reply)
	for _, text := range []string{
		"People: [ 2 selected ]", "Owners besides you: [ 1 selected ]", `Groups: [ "Test Group" ]`, "Description: [ Prep ]",
		"[ kim@acme.test discoverable:no owner:@dave ]", "[x] Newcomers see earlier messages",
	} {
		require.Contains(t, shown, text)
	}
}

func TestFormsOfOthersAreNotOurs(t *testing.T) {
	t.Parallel()
	require.True(t, commands.IsOwnForm(commands.FormNewRoom))
	require.True(t, commands.IsOwnForm(commands.FormOffer))
	require.False(t, commands.IsOwnForm("poll"))
}

func TestFormComesBackOnlyWhereItHelps(t *testing.T) {
	t.Parallel()
	sent := values(`{"action":"create","name":"X"}`)
	edit := []commands.Offer{{Label: "Edit in form", Edit: true}}
	for _, c := range []struct {
		refusal *commands.Refusal
		sent    symphony.FormValues
		back    bool
	}{
		{&commands.Refusal{Message: "wrong"}, sent, true},
		{&commands.Refusal{Message: "wrong"}, nil, false},
		{&commands.Refusal{Message: "wrong", Offers: edit}, sent, true},
		{&commands.Refusal{Message: "wrong", Offers: append([]commands.Offer{{Label: "Create it"}}, edit...)}, sent, false},
		{commands.Denied("no", contact), sent, false},
		{commands.AlreadyDone("id", syntax.Message{}), sent, false},
	} {
		shown := plain(c.refusal.ReplyWithForm(c.sent, nil))
		require.Equal(t, c.back, strings.Contains(shown, "Room name: [ X ]"), shown)
	}
}
