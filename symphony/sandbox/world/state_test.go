package world_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/world"
)

func TestAStateThatIsNoPodsIsNotRestored(t *testing.T) {
	t.Parallel()
	other := world.New(world.Config{}).State()
	other.Version--
	headless := world.New(world.Config{}).State()
	headless.People = slices.DeleteFunc(headless.People, func(p *world.Person) bool { return p.ID == world.BotID })
	for want, saved := range map[string]*world.State{
		"there is nobody in it":                          nil,
		"saved by another version of the sandbox":        other,
		"it is no pod's: the service account is missing": headless,
	} {
		_, err := world.Restore(world.Config{}, saved)
		require.ErrorContains(t, err, want)
	}
	_, err := world.Restore(world.Config{}, &world.State{Version: world.StateVersion})
	require.ErrorContains(t, err, "there is nobody in it")
}

func TestTheServiceAccountHasTheNameItIsConfiguredWithNow(t *testing.T) {
	t.Parallel()
	w, err := world.Restore(world.Config{BotUsername: "other", BotName: "Other"}, world.New(world.Config{}).State())
	require.NoError(t, err)
	require.Equal(t, "other", w.Bot().Username)
	require.Same(t, w.Bot(), w.PersonNamed("other"))
}

func TestOldMessagesAreForgottenInTheEnd(t *testing.T) {
	p := newPod(t)
	st := p.room("Desk", world.RoomChange{})
	first := p.send(p.Bot(), st, draft("first"))
	for range 20_000 {
		p.send(p.Bot(), st, world.Draft{Markup: "<div/>"})
	}
	require.Nil(t, p.Message(first.ID))
	require.Len(t, p.Messages(), 18_001)
	require.Len(t, p.MessagesOf(st), 18_001)
	require.Equal(t, p.LastSeq(), p.LastMessage(st).Seq)
	require.Len(t, p.MessagesSince(p.LastSeq()-1), 1)
}
