package commands

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestAccountIsKeptForTenMinutes(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	d := &accountDirectory{now: func() time.Time { return now }}
	d.keep(keyOfID(7), symphony.User{ID: 7})
	for after, known := range map[time.Duration]bool{0: true, 10*time.Minute - 1: true, 10 * time.Minute: false, time.Hour: false} {
		now = time.Unix(1_700_000_000, 0).Add(after)
		_, found := d.find(keyOfID(7))
		require.Equal(t, known, found, after)
	}
}

func TestFullDirectoryIsEmptied(t *testing.T) {
	t.Parallel()
	d := &accountDirectory{now: time.Now}
	for id := range maxAccounts {
		d.keep(keyOfID(symphony.UserID(id)), symphony.User{})
	}
	d.keep(keyOfID(-1), symphony.User{})
	require.Len(t, d.kept, 1)
}
