package bot_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot"
	"roombot/bot/audit"
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

// Some thousand tries find two policies whose hashes begin with the same 8 digits, as these do.
func TestAPolicyWithTheVersionOfTheOneBeforeIsAnotherPolicy(t *testing.T) {
	t.Parallel()
	const text = `{"admins":["user:ops"],"allow":[{"commands":["newroom"],"name":"desk rooms","who":[%q]}],` +
		`"tests":[{"as":{"username":"zed"},"expect":"deny","name":%q,"run":"/receipt"}]}`
	file, setup := withPolicyFile(t, fmt.Sprintf(text, "group:FX EMEA", "n17381"))
	w := newWorld(t, setup)
	file.write(fmt.Sprintf(text, "*", "n7786"))
	require.Contains(t, w.toldOf("ops", "The policy is version"), "version 01a09caa now; it was 01a09caa.")
	var documents []string
	for _, s := range w.record() {
		if s.Kind == audit.Policy {
			documents = append(documents, string(s.Body))
		}
	}
	require.Len(t, documents, 2)
	require.Contains(t, documents[0], "group:FX EMEA")
	require.Contains(t, documents[1], `"who":["*"]`)
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
