package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
	"roombot/symphony/sandbox/client"
)

// losesAnAnswer has bob ask for a room whose creation gets no answer, and waits for the room.
func (r *rotation) losesAnAnswer() client.Said {
	r.Helper()
	require.NoError(r, r.world.Fail(r.Context(), client.Fault{Path: "/pod/v3/room/create", Drop: client.DropAfter, Count: 1}))
	said, err := r.world.Says(r.Context(), "bob", `/newroom "Begun" @alice`)
	require.NoError(r, err)
	require.Eventually(r, func() bool {
		_, err := r.world.RoomNamed(r.Context(), "Begun")
		return err == nil
	}, patience, 5*time.Millisecond)
	return said
}

// replaceKey carries out the guide's steps from the copy of the key to its replacement, by a key
// that is short, for a quick test.
func (r *rotation) replaceKey(leftOut string) {
	r.Helper()
	require.Zero(r, shell(r.T, "keygen", "--rotate", "--dir", r.dir, "--bits", "2048").code)
	public, err := os.ReadFile(filepath.Join(r.dir, "publickey.new.pem"))
	require.NoError(r, err)
	_, err = r.world.PasteKey(r.Context(), string(public))
	require.NoError(r, err)
	for _, step := range rotationSteps(r.T)[2:6] {
		if step != leftOut {
			r.step(step)
		}
	}
}

// settlesSoon shortens the time after which the room of a lost answer is searched.
func (r *rotation) settlesSoon() {
	r.Helper()
	editConfig(r.T, r.dir, `"searchLag": "2s"`, `"searchLag": "500ms"`)
	editConfig(r.T, r.dir, `"httpTimeout": "8s"`, `"httpTimeout": "2s"`)
}

func (r *rotation) restart() {
	r.Helper()
	r.bot = begin(r.T, "run", "--config", filepath.Join(r.dir, "config.json"))
	r.bot.line("bot started")
}

func (r *rotation) kill() {
	r.Helper()
	require.NoError(r, r.bot.cmd.Process.Kill())
	<-r.bot.ended
}

// requireFound requires that the room of the lost answer is the one that is answered with.
func (r *rotation) requireFound(said client.Said) {
	r.Helper()
	_, err := said.Sees(r.Context(), "is open")
	require.NoError(r, err)
	require.Eventually(r, func() bool {
		room, err := r.world.RoomNamed(r.Context(), "Begun") // an error if there are two
		return err == nil && len(room.Usernames()) == 3
	}, patience, 5*time.Millisecond)
}

func TestRoomIsFoundAgainAfterItsKeyWasReplaced(t *testing.T) {
	t.Parallel()
	t.Run("by a bot that was killed and started again", func(t *testing.T) {
		t.Parallel()
		r := startRotation(t, (*rotation).settlesSoon)
		said := r.losesAnAnswer()
		r.kill()
		r.replaceKey("")
		r.restart()
		r.requireFound(said)
	})
	t.Run("by a bot that runs on", func(t *testing.T) {
		t.Parallel()
		r := startRotation(t, (*rotation).settlesSoon)
		said := r.losesAnAnswer()
		r.replaceKey("")
		require.Contains(t, r.bot.line("private key was replaced"), r.keyFile("privatekey.pem"))
		r.requireFound(said)
	})
	t.Run("by its encrypted key", func(t *testing.T) {
		t.Parallel()
		r := startRotation(t, (*rotation).settlesSoon)
		said := r.losesAnAnswer()
		r.kill()
		r.replaceKey("")
		encryptKey(t, filepath.Join(r.dir, "privatekey.old.pem"))
		require.NoError(t, os.WriteFile(filepath.Join(r.dir, "passphrase"), []byte(testPassphrase), 0o600))
		editConfig(t, r.dir, `"previous": {`, `"previous": { "passphraseFile": "passphrase",`)
		r.restart()
		r.requireFound(said)
	})
	t.Run("not without the previous key", func(t *testing.T) {
		t.Parallel()
		r := startRotation(t, (*rotation).settlesSoon)
		said := r.losesAnAnswer()
		r.kill()
		r.replaceKey(rotationSteps(t)[3])
		r.restart()
		_, err := said.Sees(t.Context(), "Nothing was created.")
		require.NoError(t, err)
		room, err := r.world.RoomNamed(t.Context(), "Begun")
		require.NoError(t, err)
		require.Equal(t, []string{"roombot"}, room.Usernames())
	})
}

func TestPreviousKeyIsChecked(t *testing.T) {
	t.Parallel()
	dir := startSandbox(t)
	file := filepath.Join(dir, "privatekey.old.pem")
	previous, err := rsa.Generate(2048)
	require.NoError(t, err)
	require.NoError(t, previous.WritePair(file, file+".pub"))
	path := editConfig(t, dir, `"privateKey": {`, `"privateKey": { "previous": { "path": "privatekey.old.pem" },`)
	check := func(level checkLevel, code int) checkResult {
		t.Helper()
		got, exit := runCheck(t, path)
		require.Equal(t, code, exit)
		require.Equal(t, level, got["previous key"].Level)
		return got["previous key"]
	}
	require.Contains(t, check(levelOK, 0).Detail, previous.Fingerprint())
	require.NoError(t, os.Chmod(file, 0o644))
	require.Contains(t, check(levelWarning, 0).Remedy, "run chmod 600 on it")
	require.NoError(t, os.Chmod(file, 0o600))

	encryptKey(t, file)
	require.Contains(t, check(levelFailed, exitFailed).Remedy, "bot.privateKey.previous.passphrase")
	editConfig(t, dir, `"previous": {`, `"previous": { "passphrase": "wrong horse",`)
	require.Contains(t, check(levelFailed, exitRejected).Detail, "the passphrase is wrong")
	run := shell(t, "run", "--config", path)
	require.Equal(t, exitRejected, run.code)
	require.Contains(t, run.err, "bot.privateKey.previous: ")
	require.NotContains(t, run.err, "wrong horse")
	editConfig(t, dir, `"passphrase": "wrong horse"`, `"passphrase": "`+testPassphrase+`"`)
	require.Contains(t, check(levelOK, 0).Detail, previous.Fingerprint())

	encryptKey(t, filepath.Join(dir, "privatekey.pem"))
	editConfig(t, dir, `"previous": { "passphrase": "`+testPassphrase+`",`, `"passphrase": "`+testPassphrase+`", "previous": {`)
	require.Contains(t, check(levelOK, 0).Detail, previous.Fingerprint(), "by the passphrase of the present key")

	require.NoError(t, os.WriteFile(file, []byte("half a key"), 0o600))
	require.Contains(t, check(levelFailed, exitFailed).Remedy, "Correct bot.privateKey.previous")
	require.Equal(t, exitFailed, shell(t, "run", "--config", path).code)
}
