package bot_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
	"roombot/symphony/sandbox/client"
)

// personal is what people wrote in the test below, what they are called, and what they were told.
var personal = regexp.MustCompile(`Quarterly|Secret Plan|kim@acme|Carol|carol|Novak|Kim |Bob |bob"|is open|messageML|Test Grou|/newroom`)

// storeText is what stands in the files of the store.
func (w *world) storeText() string {
	w.t.Helper()
	var all string
	for _, end := range []string{"", "-wal"} {
		content, err := os.ReadFile(w.store + end)
		if !errors.Is(err, os.ErrNotExist) {
			require.NoError(w.t, err)
		}
		all += string(content)
	}
	return all
}

// forgetFacts erases the facts of the audit record, which are kept for a month otherwise.
func (w *world) forgetFacts() {
	w.t.Helper()
	w.operates(func(i *engine.Inspector) error {
		_, err := i.Forget(w.t.Context(), func(all map[string]engine.Said) (names []string) {
			for name := range all {
				if strings.HasPrefix(name, "facts\n") {
					names = append(names, name)
				}
			}
			return names
		})
		return err
	})
}

func TestNothingThatPeopleWroteStaysInTheStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Quarterly" @carol kim@acme.test group:"Test Group"`).sees("Quarterly", "is open")
	w.says("carol", `/newroom "Secret Plan" @nobody-here`)
	w.says("carol", `/newroom "Secret Plan" group:"Test Grou"`)
	w.says("kim", `/newroom "Secret Plan" @carol`).sees("Contractors")
	w.says("bob", `/groups Test`)
	w.says("bob", `/newroom Quarterly 2 @carol preview`)
	form := w.says("ops", `/newroom`).lastReply()
	w.click("ops", form, "roombot-newroom", "create", map[string]any{"name": "Secret Plan", "others": "@carol"}).sees("Secret Plan", "is open")
	require.Regexp(t, personal, w.storeText())

	w.stop()
	w.forgetFacts()
	w.start()
	require.Eventually(t, func() bool { return !personal.MatchString(w.storeText()) }, patience, 20*time.Millisecond,
		"found %s", personal.FindString(w.storeText()))
	edited := w.says("bob", `/newroom "Another" @carol`)
	w.stop()
	w.forgetFacts()
	w.start()
	require.Eventually(t, func() bool { return !personal.MatchString(w.storeText()) }, patience, 20*time.Millisecond)
	w.edits("bob", edited.Message.ID, `/newroom "Once more" @carol`).sees("I have already acted on this")
	require.Empty(t, w.rooms("Once more"), "what keeps a request from being carried out twice stays")
}

func TestAFailedRequestCanBeTriedAgainAfterItsNeighboursAreErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon, func(w *world) { w.tries = 2 })
	require.NoError(t, w.pod.Fail(t.Context(), client.Fault{Path: "/pod/v3/room/create", Status: 503}))
	said := w.says("bob", `/newroom "Quarterly" @carol`)
	require.NoError(t, w.pod.Heal(t.Context()))
	w.says("carol", `/newroom "Secret Plan" @bob`).sees("is open")
	w.stop()
	w.forgetFacts()
	w.start()
	require.Eventually(t, func() bool {
		text := w.storeText()
		return !regexp.MustCompile("Secret Plan").MatchString(text) && regexp.MustCompile("Quarterly").MatchString(text)
	}, patience, 20*time.Millisecond)
	w.stop()
	store, err := engine.Inspect(t.Context(), engine.FileAddress(w.store))
	require.NoError(t, err)
	require.NoError(t, store.Retry(t.Context(), said.Message.ID))
	require.NoError(t, store.Close())
	w.start()
	require.Eventually(t, func() bool { return len(w.rooms("Quarterly")) > 0 }, patience, 20*time.Millisecond)
	w.waitUntilIdle()
	w.theOnly("Quarterly", "bob", "carol")
}

// keptBytes is the most that a finished request may take on disk while it is kept.
const keptBytes = 4096

func TestAFinishedRequestTakesLittleSpace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const first, second = 20, 80 // the first ones fill pages that every store has
	var sizes []int64
	for _, requests := range []int{first, second} {
		for n := range requests {
			w.says("bob", fmt.Sprintf(`/newroom "Quarterly %d of %d" @carol @alice group:"Test Group"`, n, requests)).sees("is open")
		}
		w.stop()
		sizes = append(sizes, w.sizeOfStore())
		w.start()
	}
	each := (sizes[1] - sizes[0]) / second
	t.Logf("%d bytes a request", each)
	require.Less(t, each, int64(keptBytes))
}

// sizeOfStore is the size of the file when the queue has forgotten what is done, as it does after
// an hour.
func (w *world) sizeOfStore() int64 {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.store)
	require.NoError(w.t, err)
	for _, statement := range []string{`DELETE FROM river_job WHERE state = 'completed'`, `VACUUM`, `PRAGMA wal_checkpoint(TRUNCATE)`} {
		_, err := db.Exec(statement)
		require.NoError(w.t, err)
	}
	require.NoError(w.t, db.Close())
	info, err := os.Stat(w.store)
	require.NoError(w.t, err)
	return info.Size()
}
