package syntax_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

// readingsOf are the labels and texts of the readings of a line.
func readingsOf(e *syntax.Error) (all []string) {
	for _, r := range e.Readings {
		all = append(all, r.Label+" → "+r.Message.Text)
	}
	return all
}

func TestSeveralReadingsHaveAButtonEach(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		`/newroom "Q2" private public`:          {`private → /newroom "Q2" private`, `public → /newroom "Q2" public`},
		`/newroom "Q2" external:yes @alice ext`: nil,
		`/newroom "Q2" external readonly`:       {`Without readonly → /newroom "Q2" external`, `Without external → /newroom "Q2" readonly`},
		`/newroom "Q2" public history:no`:       {`Without history:no → /newroom "Q2" public`, `Without public → /newroom "Q2" history:no`},
		`/newroom "Q2" external public readonly`: {
			`Without public, without readonly → /newroom "Q2" external`,
			`Without external → /newroom "Q2" public readonly`,
		},
		`/newroom "Q2" desc:a topic:b`:      {`desc:"a" → /newroom "Q2" desc:a`, `desc:"b" → /newroom "Q2" topic:b`},
		`/newroom "Q2" public public:no`:    {`public:yes → /newroom "Q2" public`, `public:no → /newroom "Q2" public:no`},
		`/newroom "Q2" public:maybe`:        {`public:yes → /newroom "Q2" public:yes`, `public:no → /newroom "Q2" public:no`},
		`/newroom "Q2" name:"Q3" @alice`:    {`Create "Q2" → /newroom "Q2" @alice`, `Create "Q3" → /newroom name:"Q3" @alice`},
		`/newroom "" @alice`:                {`Fill in the form → /newroom @alice`},
		`/newroom "Q2" group: @alice`:       {`Without group: → /newroom "Q2" @alice`},
		`/newroom "Q2" with:"Test Group"`:   {`group:"Test Group" → /newroom "Q2" group:"Test Group"`},
		`/newroom "Q2" user:"Alice Martin"`: {},
		`/newroom "Q2" owner:Carol O'Neil`:  {},
		`/newroom "Q2" owner:"!" @alice`:    {`Without owner: → /newroom "Q2" @alice`},
		`/newroom "Q2" colour:red`:          {`Without colour: → /newroom "Q2"`},
		`/newroom Case 2031 nocopy @alice`: {
			`Create "Case 2031 nocopy" → /newroom name:"Case 2031 nocopy" @alice`,
			`Create "Case 2031", nocopy → /newroom name:"Case 2031" nocopy @alice`,
		},
		`/newroom Going public`: {
			`Create "Going", public → /newroom name:"Going" public`,
			`Create "Going public" → /newroom name:"Going public"`,
		},
		`/newroom Pitch ext read-only @alice`: {`Create "Pitch ext read-only" → /newroom name:"Pitch ext read-only" @alice`},
		`/newroom how does it work?`: {
			`Create "how does it work?" → /newroom "how does it work?"`, `Show help → /newroom help`,
		},
		`hey you /newroom F1 @alice`:         {`Create "F1" → /newroom F1 @alice`},
		`/newroom cancel`:                    {`Show help → /newroom help`, `Create "cancel" → /newroom "cancel"`},
		`/newroom "Q2" alice, carol`:         {`Add @alice and @carol → /newroom "Q2" @alice, @carol`, `Description "alice, carol" → /newroom "Q2" desc:"alice, carol"`},
		`/newroom "Q2" @alice for it`:        nil,
		`/newroom "Q2" for the call`:         {`Description "for the call" → /newroom "Q2" desc:"for the call"`},
		`/new "Q41" @alice`:                  {`Create "Q41" → /newroom "Q41" @alice`},
		`/create Q43 @alice desc:"Prep"`:     {`Create "Q43" → /newroom Q43 @alice desc:"Prep"`},
		`/create "Q43" private public`:       {`private → /newroom "Q43" private`, `public → /newroom "Q43" public`},
		`/newroom "Q15" @alice (Acme)`:       {},
		`/newroom "C1" nocpy`:                {`Without "nocpy" → /newroom "C1"`},
		`/newroom "C1" copyprotect @alice`:   {`Without "copyprotect" → /newroom "C1" @alice`},
		`/newroom "C1" no copy`:              {`Without "no copy" → /newroom "C1"`},
		`/newroom "C1" -nocopy @alice`:       {`Without -nocopy → /newroom "C1" @alice`},
		`/newroom "Z14" owner:me`:            {`Without owner: → /newroom "Z14"`},
		`/newroom "Z14" owner:me,carol`:      {`Without "me" → /newroom "Z14" owner:carol`},
		`/newroom "Z14" owner:carol,me`:      {`Without "me" → /newroom "Z14" owner:carol`},
		`/newroom "Z39" alice 🚀`:             {`Add @alice → /newroom "Z39" @alice 🚀`, `Description "alice" → /newroom "Z39" desc:"alice" 🚀`},
		`/newroom "CPI" with the Test Group`: {`group:"Test Group" → /newroom "CPI" with group:"Test Group"`},
		`/newroom "CPI 4" @"Test Group"`:     {`group:"Test Group" → /newroom "CPI 4" group:"Test Group"`},
		`/newroom preview`:                   {`Fill in the form → /newroom preview:yes`, `Create "preview" → /newroom "preview"`},
		`/newroom Y88 dry run`: {
			`Create "Y88", preview → /newroom name:"Y88" preview`, `Create "Y88 dry run" → /newroom name:"Y88 dry run"`,
		},
		`/newroom delete Desk`:             {`Create "delete Desk" → /newroom "delete Desk"`, `Show help → /newroom help`},
		`/newroom Undo list`:               {`Create "Undo list" → /newroom "Undo list"`, `Show help → /newroom help`},
		`/newroom rename Desk to Desk9`:    {`Create "rename Desk to Desk9" → /newroom "rename Desk to Desk9"`, `Show help → /newroom help`},
		`/newroom "Q2" no history`:         {`history:no → /newroom "Q2" history:no`},
		`/newroom "Q2" desc:"a" "b"`:       {`Without "b" → /newroom "Q2" desc:"a"`},
		`/newroom The "Big" deal" @alice`:  nil,
		`/newroom "The "Big" deal" @alice`: {`"The "Big" deal" → /newroom "The \"Big\" deal" @alice`},
		`/newroom "Vodafone block' @alice`: {
			`"Vodafone block" → /newroom "Vodafone block" @alice`,
			`"Vodafone block'" → /newroom "Vodafone block'" @alice`,
		},
		`/newroom "H1" @alice desc:"it's 5" wide"`: {`"it's 5" wide" → /newroom "H1" @alice desc:"it's 5\" wide"`},
		`/newroom "Q2"Earnings @alice`:             {`"Q2 Earnings" → /newroom "Q2 Earnings" @alice`},
		`/newroom Desk "`:                          {`Without the quote → /newroom Desk  `},
		`/newroom Quarterly earnings preparation with the whole equity desk @alice`: {
			`Create "Quarterly earnings preparation with the whole" → /newroom name:"Quarterly earnings preparation with the whole" @alice`,
		},
		`/newroom Q2; Alice Martin <alice@acme.com>`: {
			`Create "Q2" → /newroom name:"Q2"; Alice Martin <alice@acme.com>`,
			`Create "Q2; Alice Martin" → /newroom name:"Q2; Alice Martin" <alice@acme.com>`,
		},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			e := grammar("Test Group").Parse(syntax.Message{Text: line}).Error
			if want == nil {
				return
			}
			require.NotNil(t, e)
			require.Equal(t, want, append([]string{}, readingsOf(e)...))
		})
	}
}

func TestOneReadingIsTheFix(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`/newroom "Q15" @alice(owner)`:               `/newroom "Q15" owner:@alice`,
		`/newroom "Q15" @Alice Martin(owner)`:        `/newroom "Q15" owner:@Alice Martin`,
		`/newroom "Q15" @alice (as owner) @carol`:    `/newroom "Q15" owner:@alice @carol`,
		`/newroom -n "Dash" -u alice,carol -private`: `/newroom name:"Dash" user:alice,carol private`,
		`/newroom "Dash" -owner carol -g Sales`:      `/newroom "Dash" owner:carol group:Sales`,
	} {
		e := grammar().Parse(im(line)).Error
		require.NotNil(t, e, line)
		require.NotNil(t, e.Fix, "%s: %v", line, readingsOf(e))
		require.Equal(t, want, e.Fix.Text, line)
	}
}

func TestNothingIsCorrectedToWhatCannotBeUndone(t *testing.T) {
	t.Parallel()
	for _, line := range []string{`/newroom "Q2" copy:no`, `/newroom "Q2" --nocpy`, `/newroom "Q2" no copy`, `/newroom "Q2" nocpy`, `/newroom "Q2" nocopy:maybe`} {
		e := grammar().Parse(im(line)).Error
		require.NotNil(t, e, line)
		for _, r := range e.Corrections() {
			require.NotContains(t, r.Message.Text, "nocopy", line)
		}
		require.Contains(t, e.Message, "nocopy", line)
	}
}

func TestEachOfSeveralCommandsIsAReading(t *testing.T) {
	t.Parallel()
	e := grammar().Parse(room("@Roombot /newroom \"A\" @Alice Martin, and\n/newrom \"B\" @Bob Chen\n/groups fx")).Error
	require.NotNil(t, e)
	require.Equal(t, syntax.MultipleCommands, e.Code)
	require.Len(t, e.Readings, 3)
	for i, want := range []string{`@Roombot /newroom "A" @Alice Martin, and`, `/newroom "B" @Bob Chen`, `/groups fx`} {
		r := e.Readings[i]
		require.Equal(t, []any{want, i + 1, 3, ""}, []any{r.Message.Text, r.Line, r.Of, r.Label})
	}
	require.Equal(t, []syntax.Mention{{Start: 13, End: 22, UserID: 1002}}, e.Readings[1].Message.Mentions[len(e.Readings[1].Message.Mentions)-1:])

	broken := grammar().Parse(im("/newroom \"A\"\n/newroom \"B\" private public")).Error
	require.Len(t, broken.Readings, 1, "the second cannot be read in one way")
	require.Equal(t, 2, broken.Readings[0].Of)

	many := grammar().Parse(im(strings.Repeat("/newroom \"A\"\n", 6))).Error
	require.Equal(t, syntax.MultipleCommands, many.Code)
	require.Empty(t, many.Readings)
}

// requireSoundReadings checks that each reading is what its label says.
func requireSoundReadings(t *testing.T, g syntax.Grammar, m syntax.Message, e *syntax.Error) {
	t.Helper()
	require.LessOrEqual(t, len(e.Readings), 5)
	for i, r := range e.Readings {
		result := g.Parse(r.Message)
		require.Nil(t, result.Error, "the reading %q of %q", r.Message.Text, m.Text)
		require.False(t, result.Ignore, "the reading %q of %q", r.Message.Text, m.Text)
		require.Equal(t, m.Room, r.Message.Room)
		require.Equal(t, r.Label == "", r.Line > 0, "%q of %q", r.Message.Text, m.Text)
		requireLabel(t, r.Label, result, m.Text)
		require.Equal(t, i, slices.IndexFunc(e.Readings, func(o syntax.Reading) bool { return o.Label == r.Label && o.Line == r.Line }),
			"two buttons of one label for %q", m.Text)
	}
	for _, r := range e.Corrections() {
		if read := readInvocation(g.Parse(r.Message)); read.Options["nocopy"] == true {
			folded := strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(m.Text))
			require.True(t, strings.Contains(folded, "nocopy") || strings.Contains(folded, "copyprotected"), "nocopy for %q", m.Text)
		}
	}
}

// readInvocation is what was understood, of a command or for a form.
func readInvocation(r syntax.Result) syntax.Invocation {
	switch {
	case r.Command != nil:
		return *r.Command
	case r.Form != nil:
		return r.Form.Prefill
	}
	return syntax.Invocation{}
}

var (
	nameLabel  = regexp.MustCompile(`^Create "(.*)"`)
	flagLabel  = regexp.MustCompile(`^([a-z-]+):(yes|no)\b`)
	otherLabel = regexp.MustCompile(`^(private|public)\b`)
	addLabel   = regexp.MustCompile(`^Add @([^ ,]+)`)
)

// requireLabel checks the first part of a label.
func requireLabel(t *testing.T, label string, r syntax.Result, typed string) {
	t.Helper()
	read := readInvocation(r)
	switch {
	case label == "":
	case label == "Show help":
		require.NotEmpty(t, r.Help)
	case strings.HasPrefix(label, "Fill in the form"):
		require.NotNil(t, r.Form, typed)
	case nameLabel.MatchString(label):
		require.True(t, strings.HasPrefix(label, `Create "`+read.Name+`"`), "%q for %q of %q", label, read.Name, typed)
	case strings.HasPrefix(label, `Description "`), strings.HasPrefix(label, `desc:"`):
		require.NotEmpty(t, read.Options["desc"], typed)
	case flagLabel.MatchString(label):
		m := flagLabel.FindStringSubmatch(label)
		require.Equal(t, m[2] == "yes", read.Options[m[1]], "%q of %q", label, typed)
	case otherLabel.MatchString(label):
		require.Equal(t, true, read.Options[otherLabel.FindString(label)], "%q of %q", label, typed)
		require.False(t, read.Options["private"] == true && read.Options["public"] == true)
	case addLabel.MatchString(label):
		require.True(t, slices.ContainsFunc(read.Usernames, func(name string) bool {
			name, _ = syntax.CleanName(name)
			return name == addLabel.FindStringSubmatch(label)[1]
		}), "%q of %q", label, typed)
	default:
		require.True(t, strings.HasPrefix(label, "Without ") || strings.HasPrefix(label, `"`) || strings.Contains(label, ":"), "label %q of %q", label, typed)
	}
}
