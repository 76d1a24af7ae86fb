package page_test

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"roombot/symphony/sandbox/client"
)

func TestARoomShowsWhoOpenedItAndWhoWasAdded(t *testing.T) {
	t.Parallel()
	bob := openPage(t, "bob")
	bob.sends(`/newroom "Desk"`)
	bob.sees("message", "Created Desk")
	bob.click(`a[data-testid="open-room"]`)
	bob.sees("system-line", "Roombot opened the room, added you, Alice Martin")
	bob.sees("system-line", "and made you an owner.")
	bob.typeMessage("hello" + kb.Enter)
	bob.sees("message", "hello")

	_, err := bob.pod.UpdateRoom(t.Context(), bob.roomID("Desk"), client.UpdateRoomRequest{As: "bob", Name: "Desk sync"})
	require.NoError(t, err)
	bob.sees("system-line", "You renamed the room to “Desk sync”.")
	require.NoError(t, bob.pod.Leave(t.Context(), "alice", bob.roomID("Desk sync")))
	bob.sees("system-line", "Alice Martin left.")
	order := value[[]string](bob, `[...document.querySelectorAll("#log > :not(.day)")].map((el) => el.dataset.testid)`)
	require.Equal(t, []string{"system-line", "message", "system-line", "system-line"}, order)
}
