package audit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
)

// The hash is a stored format: whoever has an export can compute it with a shell.
func TestTheHashIsThatOfTheDocumentedLines(t *testing.T) {
	t.Parallel()
	e := audit.New(audit.Decision, "5k9d-02mx-q7ht", "decision/1", map[string]string{"command": "newroom", "rule": "a <b> & c"})
	e.At, e.Actor = time.UnixMicro(1772600000000001), 7696581430532
	first := e.Link(audit.Head{})
	zeros := strings.Repeat("0", 64)
	lines := []string{
		"roombot audit 1", zeros, "1", "1772600000000001", "decision", "5k9d-02mx-q7ht", "decision/1", "7696581430532", "",
		`{"command":"newroom","rule":"a \u003cb\u003e \u0026 c"}`, "", "",
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	require.Equal(t, hex.EncodeToString(sum[:]), first.Hash.String())

	second := e.Link(first.Head())
	require.Equal(t, int64(2), second.Seq)
	require.Equal(t, first.Hash, second.Prev)
}

func TestAnEntryIsReadBackFromItsExport(t *testing.T) {
	t.Parallel()
	e, _ := audit.New(audit.Room, "r", "room\nof two lines", map[string]string{"act": "opened"}).WithFacts("x")
	e.At, e.Actor, e.Room = time.UnixMicro(1772600000000001).UTC(), 12, "room"
	require.Equal(t, "room of two lines", e.Part)
	e = e.Link(audit.Head{})
	text, err := json.Marshal(e)
	require.NoError(t, err)
	var again audit.Entry
	require.NoError(t, json.Unmarshal(text, &again))
	require.Equal(t, e, again)
	require.Equal(t, e.Hash, again.Link(audit.Head{}).Hash)
}

func BenchmarkLink(b *testing.B) {
	e := newChain(1)[0].Entry
	for b.Loop() {
		e = e.Link(e.Head())
	}
}
