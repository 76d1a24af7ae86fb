package audit_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
)

func anchorsIn(t *testing.T, text string) []audit.Anchor {
	t.Helper()
	all, err := audit.ReadAnchors(strings.NewReader(text), "roombot.log")
	require.NoError(t, err)
	return all
}

func TestAnchorsAreReadFromAnyText(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0a", 32)
	all := anchorsIn(t, `{"level":"info","audit":"head","seq":12,"hash":"`+hash+`","message":"head of the audit record"}
something else
{"seq": 13, "at": "2026-03-04T05:00:00Z", "prev": "`+strings.Repeat("ff", 32)+`", "hash": "`+hash+`"}
Head of the record: 14 `+hash+`
15:`+hash+`
16 `+hash[1:]+`
16:08:08 INF head of the audit record hash=`+hash+` seq=17
`+"\x1b[90m16:08:08\x1b[0m \x1b[32mINF\x1b[0m head of the audit record \x1b[36mhash=\x1b[0m"+hash+" \x1b[36mseq=\x1b[0m18"+`
16:08:08 WRN store was set back: the audit record had more entries seq=19`)
	var numbers []int64
	for _, a := range all {
		numbers = append(numbers, a.Seq)
		require.Equal(t, hash, a.Hash.String())
	}
	require.Equal(t, []int64{12, 13, 14, 15, 17, 18}, numbers)
	require.Equal(t, "roombot.log line 3", all[1].Source)
}

func TestAnAnchorHasTheTimeOfItsLine(t *testing.T) {
	t.Parallel()
	hash := strings.Repeat("0a", 32)
	at := time.Date(2026, 3, 4, 5, 0, 0, 0, time.UTC)
	for _, a := range anchorsIn(t, `{"level":"info","seq":12,"hash":"`+hash+`","time":"2026-03-04T06:00:00+01:00"}
{"seq":13,"at":"2026-03-04T05:00:00Z","hash":"`+hash+`"}
bot-0 {"level":"info","seq":14,"hash":"`+hash+`","time":"2026-03-04T05:00:00Z","message":"head of the audit record"}`) {
		require.True(t, a.At.Equal(at), a)
	}
	require.Zero(t, anchorsIn(t, "05:00:00 INF head of the audit record hash="+hash+" seq=17")[0].At)
}
