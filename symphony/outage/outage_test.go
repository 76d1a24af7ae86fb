package outage_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony/outage"
)

func TestALongOutageIsLoggedOnceAMinute(t *testing.T) {
	t.Parallel()
	var o outage.Outage
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	lines := 0
	for second := range 150 {
		lasts, report := o.Fail(begin.Add(time.Duration(second) * time.Second))
		if report {
			lines++
			require.Zero(t, second%60)
			require.Equal(t, time.Duration(second)*time.Second, lasts)
		}
	}
	require.Equal(t, 3, lines)
	require.Equal(t, 150, o.Failures())
	require.Equal(t, begin, o.Since())
	lasted, failures, report := o.End(begin.Add(150 * time.Second))
	require.Equal(t, 150*time.Second, lasted)
	require.Equal(t, 150, failures)
	require.True(t, report)
	require.False(t, o.IsOngoing())
}

func TestShortOutagesThatFollowEachOtherAreLoggedOnce(t *testing.T) {
	t.Parallel()
	var o outage.Outage
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, report := o.Fail(now)
	require.True(t, report)
	_, _, report = o.End(now.Add(time.Second))
	require.True(t, report)
	for range 10 {
		now = now.Add(2 * time.Second)
		_, report = o.Fail(now)
		require.False(t, report)
		_, _, report = o.End(now.Add(time.Second))
		require.False(t, report, "an outage whose beginning was not logged has no end to log")
	}
}

func TestAnOutageCoversFailuresBeforeItsEnd(t *testing.T) {
	t.Parallel()
	var o outage.Outage
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	require.False(t, o.Covers(begin))
	_, _, report := o.End(begin)
	require.False(t, report, "there was none")
	o.Fail(begin)
	require.True(t, o.Covers(begin))
	require.True(t, o.Covers(begin.Add(time.Hour)), "it lasts")
	o.End(begin.Add(time.Minute))
	require.True(t, o.Covers(begin.Add(59*time.Second)))
	require.False(t, o.Covers(begin.Add(61*time.Second)))
}
