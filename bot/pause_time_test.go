package bot_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
)

func TestTheRecordHasTheTimeOfAPauseBesideThatOfItsEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules(`{admins: ["user:ops"], allow: [{name: rooms, who: [internal], commands: [newroom]}]}`))
	before := time.Now()
	w.says("ops", "/pause all").sees("Paused")
	after := time.Now()
	w.says("ops", "/resume all").sees("Resumed")
	var acted []time.Time
	require.True(t, comesTrue(func() bool {
		acted = nil
		for _, e := range w.record() {
			if e.Kind != audit.Pause {
				continue
			}
			var body struct{ Acted time.Time }
			require.NoError(t, json.Unmarshal(e.Body, &body))
			require.False(t, body.Acted.After(e.At), "it is recorded after that")
			acted = append(acted, body.Acted)
		}
		return len(acted) == 2
	}))
	require.True(t, acted[0].After(before.Add(-time.Millisecond)) && acted[0].Before(after.Add(time.Millisecond)), acted[0])
	require.True(t, acted[1].After(acted[0]))
}
