package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands/syntax"
)

func TestCaretStandsUnderTheError(t *testing.T) {
	t.Parallel()
	t.Run("of a short line", func(t *testing.T) {
		t.Parallel()
		line, caret := (&syntax.Error{At: 9}).Caret(`/newroom "Desk`)
		require.Equal(t, `/newroom "Desk`, line)
		require.Equal(t, `         ^`, caret)
	})
	t.Run("of the line it is in", func(t *testing.T) {
		t.Parallel()
		line, caret := (&syntax.Error{At: 12}).Caret("/newroom x\nab\ncd")
		require.Equal(t, "ab", line)
		require.Equal(t, " ^", caret)
	})
	t.Run("behind wide characters, which take two columns", func(t *testing.T) {
		t.Parallel()
		_, caret := (&syntax.Error{At: 2}).Caret("业绩x")
		require.Equal(t, "    ^", caret)
	})
	t.Run("behind what cannot be seen, which is left out", func(t *testing.T) {
		t.Parallel()
		line, caret := (&syntax.Error{At: 3}).Caret("a\u202e\u200bb")
		require.Equal(t, "ab", line)
		require.Equal(t, " ^", caret)
	})
	t.Run("at the end", func(t *testing.T) {
		t.Parallel()
		_, caret := (&syntax.Error{At: 3}).Caret("abc")
		require.Equal(t, "   ^", caret)
	})
	t.Run("of a long line, of which only a part is shown", func(t *testing.T) {
		t.Parallel()
		line, caret := (&syntax.Error{At: 500}).Caret(strings.Repeat("a", 500) + "B" + strings.Repeat("c", 500))
		require.Less(t, len([]rune(line)), 110)
		require.Equal(t, "B", string([]rune(line)[len(caret)-1]))
	})
	t.Run("outside the text it stays at the nearest end", func(t *testing.T) {
		t.Parallel()
		_, caret := (&syntax.Error{At: 99}).Caret("abc")
		require.Equal(t, "   ^", caret)
	})
}

func TestTooManyPeopleAreAnError(t *testing.T) {
	t.Parallel()
	g := grammar()
	g.MaxMembers = 3
	require.Nil(t, g.Parse(im(`/newroom "Desk" @Alice Martin bob@bank.com @carol @Alice Martin @Roombot`)).Error)
	e := g.Parse(im(`@Roombot /newroom "Desk" @Alice Martin bob@bank.com @carol owner:@Bob Chen`)).Error
	require.NotNil(t, e)
	require.Equal(t, syntax.TooManyMembers, e.Code)
	require.Equal(t, []int{9, 4, 3}, []int{e.At, e.Count, e.Limit})
	require.Equal(t, "4 people are more than you may add at once (3). Name fewer, and add the rest in the room later.", e.Message)
	require.NotNil(t, g.Parse(im(`/newroom @Alice Martin @a @b @c`)).Error, "the form is not a way around")
}

func TestDefaultLimitIsAHundredPeople(t *testing.T) {
	t.Parallel()
	var people strings.Builder
	for i := range 100 {
		fmt.Fprintf(&people, " @user%d", i)
	}
	require.Nil(t, grammar().Parse(im(`/newroom "Desk"`+people.String())).Error)
	require.NotNil(t, grammar().Parse(im(`/newroom "Desk" @more`+people.String())).Error)
}

func TestErrorsRepeatLittleOfWhatWasTyped(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"/", `/newroom "Desk" `, `/newroom "Desk" public:`, `/newroom "Desk" owner:`, "/help ", `/newroom "Desk" group:a `} {
		e := grammar().Parse(im(head + strings.Repeat("x", 5000))).Error
		require.NotNil(t, e, head)
		require.Less(t, len(e.Message), 400, head)
	}
}

func TestGroupThatTheNameMayFollowIsNotCorrected(t *testing.T) {
	t.Parallel()
	e := grammar("Test", "Test Group").Parse(im(`/newroom group:Test Group @Alice Martin`)).Error
	require.NotNil(t, e)
	require.Nil(t, e.Fix)
}

func TestImpossibleMentionsAreText(t *testing.T) {
	t.Parallel()
	for _, bad := range []syntax.Mention{{-1, 3, 7}, {9, 9, 7}, {12, 10, 7}, {9, 999, 7}, {0, 1 << 40, 7}} {
		m := syntax.Message{Text: `/newroom "Desk"`, Mentions: []syntax.Mention{bad}}
		require.Equal(t, "Desk", grammar().Parse(m).Command.Name)
	}
}
