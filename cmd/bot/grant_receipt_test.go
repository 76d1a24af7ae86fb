package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
)

const grantPolicy = `{admins: ["user:cora"], allow: [{name: rooms, who: [internal], commands: [newroom], when: {public: false}}]}`

// opensGrantedRoom has a room opened to which cora has given access, by a bot that has stopped
// since.
func opensGrantedRoom(t *testing.T, choice string) *opened {
	t.Helper()
	o := &opened{watched: newWatched(t)}
	running := o.asksForAccess()
	card, err := o.pod.Sees(t.Context(), "cora", "asks for access")
	require.NoError(t, err)
	_, err = o.pod.Submits(t.Context(), "cora", card, commands.FormGrant, choice, nil)
	require.NoError(t, err)
	told, err := o.pod.Sees(t.Context(), "carol", "allowed")
	require.NoError(t, err)
	_, err = o.pod.Submits(t.Context(), "carol", told, commands.FormOffer, "offer-0", nil)
	require.NoError(t, err)
	_, err = o.pod.Sees(t.Context(), "carol", "is open")
	require.NoError(t, err)
	o.keepsRoom("TH")
	require.Zero(t, running.stop())
	return o
}

// asksForAccess runs the bot, and has carol ask for access to what no rule allows her.
func (o *opened) asksForAccess() (running *running) {
	o.t.Helper()
	require.NoError(o.t, os.WriteFile(filepath.Join(o.dir, "policy.yaml"), []byte(grantPolicy), 0o600))
	running = o.run()
	_, err := o.pod.Says(o.t.Context(), "carol", `/newroom "TH" public`)
	require.NoError(o.t, err)
	refused, err := o.pod.Sees(o.t.Context(), "carol", "You may open only rooms that are not public.")
	require.NoError(o.t, err)
	_, err = o.pod.Submits(o.t.Context(), "carol", refused, commands.FormOffer, commands.ButtonAccess, nil)
	require.NoError(o.t, err)
	_, err = o.pod.Sees(o.t.Context(), "cora", "asks for access")
	require.NoError(o.t, err)
	return running
}

func TestTheReceiptOfAGrantedRoomTellsWhoGaveTheAccessWithoutTheStore(t *testing.T) {
	t.Parallel()
	for _, choice := range []string{"once", "day"} {
		t.Run(choice, func(t *testing.T) {
			t.Parallel()
			o := opensGrantedRoom(t, choice)
			const given = `(?m)^Access given by +Cora Lind \(\d+\), grant 1, .* UTC$`
			require.Regexp(t, given, o.shell("audit", "receipt", "--", o.room).out)
			require.Regexp(t, `by grant 1, given by Cora Lind \(\d+\) at \d{4}-\d\d-\d\dT\S+Z, policy `, o.shell("audit", "list", "--kind", "decision").out)
			if choice == "once" {
				require.Regexp(t, `grant 1 used, /newroom, for Carol O'Neil \(\d+\), .*given by Cora Lind \(\d+\) at \d{4}-`, o.shell("audit", "list", "--kind", "grant").out)
			}
			number := regexp.MustCompile(`room +([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})`).FindStringSubmatch(o.shell("audit", "list", "--kind", "room").out)
			why := shell(t, "policy", "why", number[1], "--config", o.config)
			require.Zero(t, why.code, why.err)
			require.Regexp(t, `(?m)^Grant 1 was given by Cora Lind \(\d+\) on \d{4}-\d\d-\d\dT\S+Z\.$`, why.out)
			require.Regexp(t, `"granted":\{"grant":1,"by":\d+,"name":"Cora Lind","at":"\d{4}-`, shell(t, "policy", "why", number[1], "--json", "--config", o.config).out)
			file := o.writes("room.jws", o.jws())
			require.NoError(t, os.RemoveAll(o.dir), "nothing of the bot is needed")
			got := shell(t, "audit", "verify", file, "--key", o.public)
			require.Zero(t, got.code, got.out+got.err)
			require.Regexp(t, given, got.out)
			require.NotContains(t, got.out, "(entry ", "nothing happened besides")
		})
	}
}

func TestAReceiptTellsANumberOnceWhereTheFactsAreErased(t *testing.T) {
	t.Parallel()
	o := opensGrantedRoom(t, "day")
	require.Zero(t, o.shell("forget", "--user", "cora").code)
	require.Zero(t, o.runAgain().stop(), "it links the entries about that")
	told := o.shell("audit", "receipt", "--", o.room)
	require.Zero(t, told.code, told.err)
	require.Regexp(t, `(?m)^Asked for by +\d+, request `, told.out)
	require.Regexp(t, `(?m)^Access given by +\d+, grant 1, `, told.out)
}

func TestForgetTellsThatARequestForAccessWasErased(t *testing.T) {
	t.Parallel()
	o := &opened{watched: newWatched(t)}
	running := o.asksForAccess()
	require.Zero(t, running.stop())
	got := o.shell("forget", "--user", "carol")
	require.Zero(t, got.code, got.err)
	require.Contains(t, got.out, "Grants, and requests for one, whose details were erased: 1.\n")
}
