package sandbox_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
	"roombot/symphony/sandbox"
)

// Whatever people type, kits can parse it, and the bot reads what they typed.
func FuzzWhateverIsTypedIsWellFormed(f *testing.F) {
	pod, err := sandbox.New(sandbox.Config{})
	require.NoError(f, err)
	f.Cleanup(func() { _ = pod.Close() })
	for _, text := range []string{
		"/newroom \"Q2\" @alice", "@bob@alice@bob", "<b>&nbsp;</b>", "a\nb\r\nc", "@", "@ @@bob", "\u201cq\u201d \u00a0 x\u200b", "${x} ]]>", "\x00\x1b\ufffe", "李 雷 @Bob Chen",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		said := pod.Person("carol").Says(text)
		if said.Err != nil {
			return
		}
		require.NoError(t, wellFormedXML(said.Markup), said.Markup)
		read, err := messageml.Read(said.Markup, said.Data)
		require.NoError(t, err)
		require.Equal(t, strings.Count(said.Markup, `class="entity"`), len(read.Spans))
	})
}
