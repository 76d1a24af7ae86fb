package commands_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

func ExampleNewRequestID() {
	id := commands.NewRequestID("rhvGpDbjWIMgkdnbzA5yrX___l3-IcVwbQ")
	fmt.Println(id, id.Trace())
	// Output: ekx4-798w-jjry ekx479
}

func TestRequestIDsAreStableAndDistinct(t *testing.T) {
	t.Parallel()
	require.Equal(t, commands.NewRequestID("a"), commands.NewRequestID("a"))
	seen := map[commands.RequestID]bool{}
	for i := range 20_000 {
		id := commands.NewRequestID(fmt.Sprint(i))
		require.Regexp(t, `^[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}$`, id)
		require.Len(t, id.Trace(), 6)
		seen[id] = true
	}
	require.Len(t, seen, 20_000)
}
