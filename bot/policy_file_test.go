package bot_test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/policy"
)

// A pipe would keep its reader waiting for a writer.
func TestAPolicyFileThatIsAPipeIsAFaultAndTheNextTextIsTaken(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: alice, who: ["user:alice"], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	pipe := file.path + ".pipe"
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	require.NoError(t, os.Rename(pipe, file.path))
	w.requireTold("ops", "is a pipe, a device or the like, and not a file")
	w.says("alice", `/newroom "Still"`).sees("is open")
	file.write(`{admins: ["user:ops"], allow: [{name: bob, who: ["user:bob"], commands: [newroom]}]}`)
	w.requireTold("ops", "The policy is version")
	w.says("bob", `/newroom "After"`).sees("is open")
}

func TestTheBotStopsWhileThePolicyCannotBeRead(t *testing.T) {
	t.Parallel()
	reading, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(release) })
	w := newWorld(t, withRules(allowRules("user:alice")), func(w *world) {
		w.change = func(c *bot.Config) {
			c.ReadPolicy = func() (*policy.Policy, error) {
				close(reading)
				<-release
				return nil, nil
			}
		}
	})
	select {
	case <-reading:
	case <-time.After(patience):
		require.Fail(t, "the policy is not read")
	}
	w.stop()
}

func TestWhoStopsBeingAnAdministratorIsTold(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops", "group:Test Group"], allow: [{name: people, who: [internal], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	file.write(`{admins: ["user:cora"], allow: [{name: people, who: [internal], commands: [newroom]}]}`)
	for _, who := range []string{"ops", "cora"} {
		told := w.toldOf(who, "The policy is version")
		require.Contains(t, told, "user:ops: is not an administrator any more")
		require.Contains(t, told, "user:cora: is an administrator now")
	}
	file.write(`{admins: ["user:cora"], alow: []}`)
	w.requireTold("cora", "The new text of the policy is faulty")
	require.Zero(t, w.countTold("ops", "The new text of the policy is faulty"))
}

func TestAPolicyThatLosesItsAdministratorsIsToldToThem(t *testing.T) {
	t.Parallel()
	file, setup := withPolicyFile(t, `{admins: ["user:ops"], allow: [{name: people, who: [internal], commands: [newroom]}]}`)
	w := newWorld(t, setup)
	file.write(`{allow: [{name: people, who: [internal], commands: [newroom]}]}`)
	require.Contains(t, w.toldOf("ops", "The policy is version"), "It names no administrators (admins): from now on nobody is told of the policy")
}
