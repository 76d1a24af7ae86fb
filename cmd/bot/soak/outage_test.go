package soak_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/cmd/bot/soak"
	"roombot/cmd/bot/trial"
)

// goodOutage is an outage of a minute as it should go.
func goodOutage() soak.Outage {
	line := trial.Line{Bot: "bot-1", Level: "warn", Message: "the feed is not read"}
	return soak.Outage{
		Kind: "feed", Lasted: time.Minute, ReportedAfter: 200 * time.Millisecond, Problems: []string{"the feed cannot be read"},
		Lines: []trial.Line{line, line}, Sent: 180, ReadyAfter: 3 * time.Second, AnsweredAfter: 4 * time.Second, DoneAfter: 20 * time.Second,
	}
}

func TestAnOutageWithAQuickRecoveryPasses(t *testing.T) {
	t.Parallel()
	o := goodOutage()
	o.Judge(1)
	require.Empty(t, o.Wrong)
}

func TestEachErrorOfAnOutageIsFound(t *testing.T) {
	t.Parallel()
	for wrong, change := range map[string]func(*soak.Outage){
		"health never reported it":                 func(o *soak.Outage) { o.ReportedAfter = -1 },
		"that was not ready said that it was":      func(o *soak.Outage) { o.ClaimedReady = true },
		"were not ready again within":              func(o *soak.Outage) { o.ReadyAfter = soak.RecoveryLimit + 1 },
		"no request was answered within":           func(o *soak.Outage) { o.AnsweredAfter = -1 },
		"not all was answered":                     func(o *soak.Outage) { o.DoneAfter = -1 },
		"said 3 times: warn: the feed is not read": func(o *soak.Outage) { o.Lines = append(o.Lines, o.Lines[0]) },
		"2 different sentences": func(o *soak.Outage) {
			o.Lines = append(o.Lines, trial.Line{Level: "warn", Message: "commands wait"})
		},
	} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			o := goodOutage()
			change(&o)
			o.Judge(1)
			require.Len(t, o.Wrong, 1)
			require.Contains(t, o.Wrong[0], wrong)
			require.False(t, soak.Report{Outages: []soak.Outage{o}}.HasKeptPromise())
		})
	}
}
