package soak_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/cmd/bot/soak"
	"roombot/cmd/bot/trial"
)

// borne is an outage of a minute as it should go.
func borne() soak.Outage {
	line := trial.Line{Bot: "bot-1", Level: "warn", Said: "the feed is not read"}
	return soak.Outage{
		Kind: "feed", Lasted: time.Minute, Told: 200 * time.Millisecond, Said: []string{"the feed cannot be read"},
		Lines: []trial.Line{line, line}, Sent: 180, Ready: 3 * time.Second, Answered: 4 * time.Second, Done: 20 * time.Second,
	}
}

func TestAnOutageThatWasBorneWellPasses(t *testing.T) {
	t.Parallel()
	o := borne()
	o.Judge(1)
	require.Empty(t, o.Wrong)
}

func TestWhatIsWrongWithAnOutageIsFound(t *testing.T) {
	t.Parallel()
	for wrong, change := range map[string]func(*soak.Outage){
		"health never said so":                     func(o *soak.Outage) { o.Told = -1 },
		"that the bot was ready":                   func(o *soak.Outage) { o.Denied = true },
		"were not ready again within":              func(o *soak.Outage) { o.Ready = soak.Soon + 1 },
		"no command was answered within":           func(o *soak.Outage) { o.Answered = -1 },
		"not all was answered":                     func(o *soak.Outage) { o.Done = -1 },
		"said 3 times: warn: the feed is not read": func(o *soak.Outage) { o.Lines = append(o.Lines, o.Lines[0]) },
		"2 things to say": func(o *soak.Outage) {
			o.Lines = append(o.Lines, trial.Line{Level: "warn", Said: "commands wait"})
		},
	} {
		t.Run(wrong, func(t *testing.T) {
			t.Parallel()
			o := borne()
			change(&o)
			o.Judge(1)
			require.Len(t, o.Wrong, 1)
			require.Contains(t, o.Wrong[0], wrong)
			require.False(t, soak.Report{Outages: []soak.Outage{o}}.Kept())
		})
	}
}
