package bot_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/engine"
	"roombot/bot/engine/postgrestest"
)

func TestReplicasThatDecideByDifferentVersionsAreTold(t *testing.T) {
	t.Parallel()
	_, store := postgrestest.NewServer(t)
	address, err := engine.ParseAddress(store)
	require.NoError(t, err)
	replica := func(name string) func(*bot.Config) {
		return func(c *bot.Config) { c.Store.Store, c.Store.Replica = address, name }
	}
	w := newWorld(t, withRules(opsRules), func(w *world) { w.change = replica("one") })
	one, client, stopOne, ctx := w.bot, w.client, w.stop, withLog(w)
	first := one.Health(ctx).Policy.Version
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: bob, who: ["user:bob"], commands: [newroom]}]}`)
	setup(w)
	fromFile := w.change
	w.change = func(c *bot.Config) { fromFile(c); replica("two")(c) }
	w.start()
	defer func() {
		var stopped sync.WaitGroup // at once: each waits until nobody reads the feed
		stopped.Go(stopOne)
		w.stop()
		stopped.Wait()
		client.Close()
	}()
	second := w.bot.Health(ctx).Policy.Version
	versions := func() []string {
		return slices.Sorted(maps.Values(one.Health(ctx).Policy.Versions))
	}
	both := []string{first, second}
	slices.Sort(both)
	require.Eventually(t, func() bool { return slices.Equal(both, versions()) }, patience, tick)
	require.True(t, one.Health(ctx).Ready)

	const text = "decide by different versions of the policy"
	seen := one.LookAtVersions(ctx, "")
	require.Equal(t, "one by "+first+", two by "+second, seen)
	require.Zero(t, w.countTold("ops", text), "it may be that the text is being changed")
	one.LookAtVersions(ctx, seen)
	w.bot.LookAtVersions(ctx, seen)
	require.Equal(t, 1, w.countTold("ops", text+": "+seen), "by one of them")
	require.Contains(t, w.log.String(), "replicas "+text)

	file.write(opsRules)
	require.Eventually(t, func() bool { return len(versions()) == 0 }, patience, tick)
	w.bot.LookAtVersions(ctx, w.bot.LookAtVersions(ctx, seen))
	w.bot.LookAtVersions(ctx, "")
	require.Equal(t, 1, w.countTold("ops", "decide by the same version of the policy again"))
}

// Two processes on one host have the host's name, unless they are given one each.
func TestReplicasOfOneNameAreToldApart(t *testing.T) {
	t.Parallel()
	require.Equal(t, "other by 3109ca45, vm/0a1b2c3d by 3109ca45, vm/4e5f6a7b by b4a8c4ab",
		bot.DescribeVersions(map[string]string{"vm/0a1b2c3d": "3109ca45", "vm/4e5f6a7b": "b4a8c4ab", "other/99887766": "3109ca45"}))
}
