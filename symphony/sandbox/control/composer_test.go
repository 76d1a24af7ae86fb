package control

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/world"
)

// Whatever people type, kits can parse it, and the bot reads what they typed.
func FuzzWhateverIsTypedIsWellFormed(f *testing.F) {
	w := world.New(world.Config{})
	for _, text := range []string{
		"/newroom \"Q2\" @alice", "@bob@alice@bob", "<b>&nbsp;</b>", "a\nb\r\nc", "@", "@ @@bob", "\u201cq\u201d \u00a0 x\u200b", "${x} ]]>", "\x00\x1b\ufffe", "李 雷 @Bob Chen",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		draft, err := compose(w, text, nil)
		if err != nil {
			return
		}
		require.NoError(t, checkXML(draft.Markup), draft.Markup)
		read, err := messageml.Read(draft.Markup, draft.Data)
		require.NoError(t, err)
		require.Len(t, read.Spans, strings.Count(draft.Markup, `class="entity"`))
	})
}

func checkXML(text string) error {
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
