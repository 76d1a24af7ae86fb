package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony"
	"roombot/symphony/sandbox/client"
)

// numberOf is the keyword that everybody who reads the message can compute.
func numberOf(message client.Message) client.Keyword {
	return client.Keyword{Key: commands.RequestKeyword, Value: string(commands.NewRequestID(message.ID))}
}

// decoys are rooms that are not for a request and carry its number, by who made them.
var decoys = map[string]func(w *world, number client.Keyword) (streamID string){
	"a stranger": func(w *world, number client.Keyword) string {
		return w.plants("Decoy", number)
	},
	"a stranger with a made-up proof": func(w *world, number client.Keyword) string {
		return w.plants("Decoy", number, client.Keyword{Key: commands.ProofKeyword, Value: "00112233445566778899aabbccddeeff"})
	},
	"a stranger with the proof of another room": func(w *world, number client.Keyword) string {
		return w.plants("Decoy", number, client.Keyword{Key: commands.ProofKeyword, Value: w.theRoom("Owned").Keyword(commands.ProofKeyword)})
	},
	"the owner of a room of the bot": func(w *world, number client.Keyword) string {
		return w.relabels(number, client.Keyword{Key: commands.ProofKeyword, Value: w.theRoom("Owned").Keyword(commands.ProofKeyword)})
	},
	"the owner of a room of the bot, without a proof": func(w *world, number client.Keyword) string {
		return w.relabels(number)
	},
}

// plants has kim make a room with the bot in it.
func (w *world) plants(name string, keywords ...client.Keyword) (streamID string) {
	w.t.Helper()
	room, err := w.pod.CreateRoom(w.t.Context(), client.CreateRoomRequest{As: "kim", Name: name, Keywords: keywords, Members: []string{"roombot"}})
	require.NoError(w.t, err)
	return room.StreamID
}

// relabels has alice change the keywords of the room that the bot has made for her.
func (w *world) relabels(keywords ...client.Keyword) (streamID string) {
	w.t.Helper()
	room, err := w.pod.UpdateRoom(w.t.Context(), w.theRoom("Owned").StreamID, client.UpdateRoomRequest{As: "alice", Keywords: keywords})
	require.NoError(w.t, err)
	return room.StreamID
}

func TestAStrangersRoomIsNeverUsed(t *testing.T) {
	t.Parallel()
	for who, plant := range decoys {
		for _, moment := range []string{"before the room", "after the room", "no room"} {
			t.Run(who+", "+moment, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, settlesSoon)
				w.says("alice", `/newroom "Owned"`).sees("✓ Owned")
				lost := client.Fault{Path: onCreate, Delay: "300ms", Drop: "after", Count: 1}
				if moment == "no room" {
					lost.Drop = "before"
				}
				w.fail(lost)
				asked := w.asks("bob", `/newroom "Ours" @carol`)
				if moment == "after the room" {
					require.Eventually(t, func() bool { return len(w.rooms("Ours")) == 1 }, patience, tick)
				}
				decoy := plant(w, numberOf(asked.Message))
				before := w.roomByID(decoy)
				asked.endsWith("✓ Ours", "is open")
				w.theOnly("Ours", "bob", "carol")
				require.Equal(t, before.Members, w.roomByID(decoy).Members)
			})
		}
	}
}

// copiesProof has alice put the keywords of a room on the older one that the bot has made for her.
func (w *world) copiesProof(from string) (planted client.Room) {
	w.t.Helper()
	room := w.theRoom(from)
	var keywords []client.Keyword
	for _, key := range []string{commands.RequestKeyword, commands.ProofKeyword} {
		require.NotEmpty(w.t, room.Keyword(key))
		keywords = append(keywords, client.Keyword{Key: key, Value: room.Keyword(key)})
	}
	return w.roomByID(w.relabels(keywords...))
}

func TestACopiedProofOnAnOlderRoomIsNotUsed(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T) *world {
		w := newWorld(t, settlesSoon)
		w.says("alice", `/newroom "Owned"`).sees("✓ Owned")
		w.stop()
		w.advance(2 * time.Minute)
		w.start()
		return w
	}
	t.Run("lost answer", func(t *testing.T) {
		t.Parallel()
		w := begin(t)
		w.fail(client.Fault{Path: onCreate, Drop: "after", Count: 1})
		asked := w.asks("bob", `/newroom "Ours" @carol`)
		require.Eventually(t, func() bool { return len(w.rooms("Ours")) == 1 }, patience, tick)
		planted := w.copiesProof("Ours")
		asked.endsWith("✓ Ours", "is open")
		w.theOnly("Ours", "bob", "carol")
		require.Equal(t, planted, w.roomByID(planted.StreamID))
	})
	t.Run("store set back", func(t *testing.T) {
		t.Parallel()
		w := begin(t)
		restore := w.backsUp()
		w.fail(client.Fault{Path: onAdd, Delay: "500ms", Status: 503})
		asked := w.asks("bob", `/newroom "Ours" @carol`)
		asked.waitForAnswer("⏳")
		planted := w.copiesProof("Ours")
		w.withoutFeed(func() {
			restore()
			w.heal()
		})
		require.Eventually(t, func() bool {
			return containsAll(strings.Join(w.shownAnswers("bob", asked.Message), ""), []string{"✓ Ours", "is open"})
		}, patience, tick)
		w.theOnly("Ours", "bob", "carol")
		require.Equal(t, planted, w.roomByID(planted.StreamID))
	})
}

func (w *world) roomByID(streamID string) client.Room {
	w.t.Helper()
	rooms, err := w.pod.Rooms(w.t.Context())
	require.NoError(w.t, err)
	for _, room := range rooms {
		if room.StreamID == streamID {
			return room
		}
	}
	require.Fail(w.t, "no such room")
	return client.Room{}
}

func TestAnOwnRoomThatWasRenamedIsFoundAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	w.fail(client.Fault{Path: onCreate, Drop: "after", Count: 1})
	asked := w.asks("bob", `/newroom "Ours" @carol`)
	require.Eventually(t, func() bool { return len(w.rooms("Ours")) == 1 }, patience, tick)
	_, err := w.client.UpdateRoom(t.Context(), symphony.StreamID(w.theRoom("Ours").StreamID), symphony.RoomUpdate{Name: new("Renamed")})
	require.NoError(t, err)
	asked.endsWith("✓", "is open")
	w.theOnly("Renamed", "bob", "carol")
	require.Empty(t, w.rooms("Ours"))
}

// The lag of the search is longer than the bot counts with: at first it sees only that the name is
// taken.
func TestATakenNameAfterALostAnswerIsOursOrNotCreated(t *testing.T) {
	t.Parallel()
	soon := func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = 500*time.Millisecond, 100*time.Millisecond }
	for _, status := range []int{400, 403, 409} {
		t.Run(fmt.Sprint("ours, refused by ", status), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, soon)
			w.fail(client.Fault{Kind: "search-lag", Delay: "1s"}, client.Fault{Path: onCreate, Drop: "after", Count: 1})
			asked := w.asks("bob", `/newroom "Late" @alice`)
			w.waitForFaults(1)
			w.fail(client.Fault{Path: onCreate, Status: status})
			asked.endsWith("✓ Late", "is open")
			w.theOnly("Late", "bob", "alice")
		})
	}
	t.Run("a stranger's", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, soon)
		w.plants("Theirs")
		w.fail(client.Fault{Path: onCreate, Drop: "before", Count: 1})
		w.asks("bob", `/newroom "Theirs" @alice`).endsWith("✗ Symphony does not accept a room", "may have the name “Theirs”", "Nothing was created.", `/newroom "Theirs 2"`)
		require.ElementsMatch(t, []string{"kim", "roombot"}, w.theRoom("Theirs").Usernames())
	})
}

func TestAfterARestoreOfTheStoreOnlyOurOwnRoomIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	restore := w.backsUp()
	w.fail(client.Fault{Path: onAdd, Delay: "500ms", Status: 503})
	asked := w.asks("bob", `/newroom "Begun" @alice`)
	decoy := w.plants("Decoy", numberOf(asked.Message))
	asked.waitForAnswer("⏳")
	w.theRoom("Begun")
	w.withoutFeed(func() {
		restore()
		w.heal()
	})
	require.Eventually(t, func() bool {
		return containsAll(strings.Join(w.shownAnswers("bob", asked.Message), ""), []string{"✓ Begun", "is open"})
	}, patience, tick)
	w.theOnly("Begun", "bob", "alice")
	require.ElementsMatch(t, []string{"kim", "roombot"}, w.roomByID(decoy).Usernames())
}
