package commands_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/commands/syntax"
	"roombot/symphony"
	"roombot/symphony/messageml"
)

func ExampleNewRequestID() {
	id := commands.NewRequestID("rhvGpDbjWIMgkdnbzA5yrX___l3-IcVwbQ")
	fmt.Println(id, id.Trace())
	// Output: ekx4-798w-jjry ekx479
}

func ExampleFormatCommand() {
	m := syntax.Message{Text: "/newroom Rates and FX group:Sales external"}
	read := new(commands.Env).Commands().Grammar(1, 100).Parse(m)
	fmt.Println(commands.FormatCommand(m, *read.Command).Text)
	// Output: /newroom "Rates and FX" group:"Sales" external:yes
}

func plain(r commands.Reply) string {
	markup, data := r.Render(commands.Stamp{Request: "abc"})
	return messageml.Plain(strings.NewReplacer("<messageML>", "<div>", "</messageML>", "</div>").Replace(markup), data)
}

func TestRequestIDsAreStableAndDistinct(t *testing.T) {
	t.Parallel()
	require.Equal(t, commands.NewRequestID("a"), commands.NewRequestID("a"))
	seen := map[commands.RequestID]bool{}
	for i := range 20_000 {
		id := commands.NewRequestID(fmt.Sprint(i))
		require.Regexp(t, `^[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}$`, id)
		require.Len(t, id.Trace(), 6)
		seen[id] = true
	}
	require.Len(t, seen, 20_000)
}

func TestAnOfferIsWhatItsButtonRuns(t *testing.T) {
	t.Parallel()
	command := syntax.Message{Text: `/newroom "${x} <b>" @Alice`, Mentions: []syntax.Mention{{Start: 20, End: 26, UserID: 1<<53 + 1}}}
	reply := commands.Reply{Code: "x", Offers: []commands.Offer{{Label: "One", Command: command}, {Label: "Two", Command: command, Edit: true}}}
	_, data := reply.Render(commands.Stamp{Request: "r1", Part: "reply", Origin: "m1"})
	for i, want := range reply.Offers {
		want.Label = ""
		got, err := commands.ClickedOffer(data, symphony.FormValues{"action": fmt.Appendf(nil, `"offer-%d"`, i)})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	require.True(t, commands.IsReplyPart(data, "r1", "reply"))
	require.False(t, commands.IsReplyPart(data, "r1", "first"))
	require.False(t, commands.IsReplyPart(data, "r2", "reply"))
	require.Equal(t, "m1", commands.OriginOf(data, "m2"))
	require.Equal(t, "m2", commands.OriginOf(`{"other":{}}`, "m2"))
}

func TestAnOfferThatIsNotThereHasExpired(t *testing.T) {
	t.Parallel()
	_, data := commands.Reply{Offers: []commands.Offer{{Label: "One"}}}.Render(commands.Stamp{})
	for _, action := range []string{`"offer-1"`, `"offer--1"`, `"offer-0x"`, `"+0"`, `""`, `7`, `null`, `["offer-9"]`, `{}`} {
		_, err := commands.ClickedOffer(data, symphony.FormValues{"action": json.RawMessage(action)})
		var refusal *commands.Refusal
		require.ErrorAs(t, err, &refusal, action)
		require.Equal(t, "expired", refusal.Code)
	}
	for _, damaged := range []string{"", "{}", "null", `{"roombot":7}`, `{"roombot":{"offers":[7]}}`, "nonsense"} {
		_, err := commands.ClickedOffer(damaged, symphony.FormValues{"action": json.RawMessage(`"offer-0"`)})
		require.Error(t, err, damaged)
	}
}

func TestAFormReadsAsTheCommandItStandsFor(t *testing.T) {
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

func TestAFormWithoutANameAsksForOne(t *testing.T) {
	t.Parallel()
	r := grammar().Parse(syntax.Message{Text: `/newroom ""`})
	require.NotNil(t, r.Error)
	require.Equal(t, syntax.NameEmpty, r.Error.Code)
}

func TestTheManifestFitsAndNamesEveryCommand(t *testing.T) {
	t.Parallel()
	set := new(commands.Env).Commands()
	text, err := set.Manifest()
	require.NoError(t, err)
	require.LessOrEqual(t, utf8.RuneCountInString(text), 6144)
	var manifest struct {
		Commands []struct{ Name, Desc, Example string }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &manifest))
	require.Len(t, manifest.Commands, len(set))
	for i, c := range manifest.Commands {
		require.Equal(t, set[i].Name, c.Name)
		require.NotEmpty(t, c.Desc)
		require.True(t, strings.HasPrefix(c.Example, "/"+c.Name))
	}
}

func TestHelpNamesEveryCommandAndEveryOption(t *testing.T) {
	t.Parallel()
	set := new(commands.Env).Commands()
	general := plain(set.Help(syntax.TopicGeneral))
	for _, c := range set {
		require.Contains(t, general, "/"+c.Name)
		manual := plain(set.Help(c.Name))
		for _, o := range c.Options {
			if o.Unavailable {
				require.NotContains(t, manual, o.Key+":", "what nobody can use")
				continue
			}
			require.Contains(t, manual, o.Key+":")
			for _, alias := range o.Aliases {
				require.Contains(t, manual, alias)
			}
		}
	}
}

func TestAnswersAreTrueAndBrief(t *testing.T) {
	t.Parallel()
	require.Contains(t, plain(commands.PutOff(0)), "I keep trying")
	require.Contains(t, plain(commands.PutOff(90*time.Second)), "in about 90 s")
	require.Contains(t, plain(commands.Reply{Room: "abc"}.Brief("id")), "Your room")
	require.NotContains(t, plain(commands.Reply{}.Brief("id")), "Your room")
}

func TestAnErrorSaysWhatToDoNext(t *testing.T) {
	t.Parallel()
	g := new(commands.Env).Commands().Grammar(0, 100)
	for line, next := range map[string]string{
		`/newroom "Q2" alice`:           "If it is a person, pick the name from the list that opens when you type @.",
		`/newroom "Q2" Alice Martin`:    "If it is a person, pick the name from the list that opens when you type @.",
		`/newroom "Q2" for the call`:    "needs quotes",
		`/newroom ""`:                   `Write one, such as "Q2 Earnings".`,
		`/newroom "Q2" owner:alice`:     "needs a person, and alice alone is none: pick the name from the list",
		`/newroom "Q2" colour:red`:      "members-can-add: and preview:.",
		`/newroom "Q2" external public`: "cannot be public",
	} {
		e := g.Parse(syntax.Message{Text: line}).Error
		require.NotNil(t, e, line)
		require.Contains(t, e.Message, next, line)
	}
}
