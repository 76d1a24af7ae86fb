package main

import (
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/audit"
	"roombot/commands"
	"roombot/rsa"
	"roombot/symphony/messageml"
)

// opened is a room that the bot has opened, with the bot's key.
type opened struct {
	*watched
	room, number string
	key          *rsa.Key
	public       string // file of the public key
}

// opensRoom has a room opened by a bot that has stopped since.
func opensRoom(t *testing.T) *opened {
	t.Helper()
	o := &opened{watched: newWatched(t)}
	running := o.run()
	talk := o.says("bob", firstCommand)
	o.number = regexp.MustCompile(`[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}`).FindString(talk.Replies[0].Text)
	require.Zero(t, running.stop())
	var entries []entry
	require.NoError(t, json.Unmarshal([]byte(o.shell("audit", "list", "--request", o.number, "--json").out), &entries))
	o.room = entries[len(entries)-1].Room
	require.NotEmpty(t, o.room)
	o.loadKey()
	return o
}

func (o *opened) loadKey() {
	o.t.Helper()
	var err error
	o.key, err = rsa.Load(filepath.Join(o.dir, "privatekey.pem"))
	require.NoError(o.t, err)
	o.public = o.writes("public.pem", string(o.key.PublicPEM()))
}

// keepsRoom keeps the room of that name, and the bot's key.
func (o *opened) keepsRoom(name string) {
	o.t.Helper()
	room, err := o.pod.RoomNamed(o.t.Context(), name)
	require.NoError(o.t, err)
	o.room = room.StreamID
	o.loadKey()
}

// opensApprovedRoom has a room opened that cora has approved, by a bot that has stopped since.
func opensApprovedRoom(t *testing.T) *opened {
	t.Helper()
	o := &opened{watched: newWatched(t)}
	require.NoError(t, os.WriteFile(filepath.Join(o.dir, "policy.yaml"), []byte(approvalPolicy), 0o600))
	running := o.run()
	asked, err := o.pod.Says(t.Context(), "bob", approvalErrand[1].text)
	require.NoError(t, err)
	card, err := o.pod.Sees(t.Context(), "cora", "asks for your approval")
	require.NoError(t, err)
	_, err = o.pod.Submits(t.Context(), "cora", card, commands.FormApproval, commands.ButtonApprove, map[string]any{"reason": "for the quarter"})
	require.NoError(t, err)
	_, err = asked.Sees(t.Context(), "Approved by Cora Lind")
	require.NoError(t, err)
	o.keepsRoom("Desk")
	require.Zero(t, running.stop())
	return o
}

func TestTheReceiptOfAnApprovedRoomTellsWhoApprovedItWithoutTheStore(t *testing.T) {
	t.Parallel()
	o := opensApprovedRoom(t)
	file := o.writes("room.jws", regexp.MustCompile(`.{76}`).ReplaceAllString(o.jws(), "$0\r\n")) // as a mail wraps it
	require.NoError(t, os.RemoveAll(o.dir), "nothing of the bot is needed")
	got := shell(t, "audit", "verify", file, "--key", o.public)
	require.Zero(t, got.code, got.out+got.err)
	require.Contains(t, got.out, "are whole, in their order, and about the room.")
	for _, row := range []string{
		`Asked for by +Bob Chen \(\d+\), request `, `Command +"/newroom `, `Approval wanted from +(\d+, )?Cora Lind \(\d+\)(, \d+)?, .* UTC`,
		`The card showed +"Name: `, `Approved by +Cora Lind \(\d+\), .* UTC`, `Allowed +.* by rule “rooms” \(line \d+\), policy version `, `Opened +.* UTC`, `Let in +Bob Chen \(\d+\), `,
		`Made owners +Bob Chen \(\d+\)$`,
	} {
		require.Regexp(t, `(?m)^`+row, got.out)
	}
	require.NotContains(t, got.out, "(entry ", "nothing happened besides")
}

func (o *opened) shell(args ...string) outcome {
	o.t.Helper()
	return shell(o.t, append([]string{args[0], "--config", o.config}, args[1:]...)...)
}

// writes writes a file in a folder of its own.
func (o *opened) writes(name, content string) (path string) {
	o.t.Helper()
	path = filepath.Join(o.t.TempDir(), name)
	require.NoError(o.t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// jws is the signed receipt.
func (o *opened) jws() string {
	o.t.Helper()
	got := o.shell("audit", "receipt", "--jws", "--", o.room)
	require.Zero(o.t, got.code, got.err)
	return got.out
}

func TestAReceiptVerifiesWithoutTheStore(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	told := o.shell("audit", "receipt", messageml.StandardID(o.room))
	require.Zero(t, told.code, told.err)
	for _, row := range []string{
		`Room +` + o.room, `Asked for by +Bob Chen \(\d+\), request ` + o.number, `Command +"/newroom `, `Allowed +.* by rule “everybody” \(line \d+\), policy version `,
		`Opened +.* UTC`, `Let in +Bob Chen \(\d+\), .*\d`, `Entries +[\d, ]+ of the audit record`, `Head +\d+ [0-9a-f]{64}, .* UTC`,
	} {
		require.Regexp(t, `(?m)^`+row, told.out)
	}

	signed := o.jws()
	file := o.writes("room.jws", signed)
	require.NoError(t, os.RemoveAll(o.dir), "nothing of the bot is needed")
	got := shell(t, "audit", "verify", file, "--key", o.public)
	require.Zero(t, got.code, got.out+got.err)
	require.Contains(t, got.out, "✓ It is signed by the key "+o.key.Fingerprint()+".")
	require.Contains(t, got.out, "are whole, in their order, and about the room.")
	_, story, _ := strings.Cut(told.out, "Command")
	require.Contains(t, got.out, strings.Split(story, "\n")[0])

	piped := shellWith(t, signed, "audit", "verify", "-", "--key", o.public, "--json")
	require.Zero(t, piped.code, piped.err)
	var report receiptReport
	require.NoError(t, json.Unmarshal([]byte(piped.out), &report))
	require.Equal(t, receiptReport{Key: o.key.Fingerprint(), Signed: true, Room: o.room, Entries: report.Entries}, report)
	require.Greater(t, report.Entries, 3)
}

func TestEachManipulationOfASignedReceiptIsFound(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	signed := strings.TrimSpace(o.jws())
	parts := strings.Split(signed, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	other, err := rsa.Generate(2048)
	require.NoError(t, err)
	sign := func(key *rsa.Key, change func(*audit.Receipt)) string {
		r, err := audit.ReadReceipt(payload)
		require.NoError(t, err)
		change(&r)
		text, err := r.Write()
		require.NoError(t, err)
		again, err := key.Sign(audit.ReceiptKind, text)
		require.NoError(t, err)
		return again
	}
	header := func(alg string) string {
		return encode(`{"alg":"` + alg + `","typ":"roombot-receipt","kid":"` + o.key.Fingerprint() + `"}`)
	}
	for what, c := range map[string]struct{ jws, says string }{
		"a changed body":           {strings.Join([]string{parts[0], encode(strings.Replace(string(payload), "opened", "closed", 1)), parts[2]}, "."), "the signature does not fit"},
		"changed facts":            {strings.Join([]string{parts[0], encode(strings.Replace(string(payload), "newroom", "oldroom", 1)), parts[2]}, "."), "the signature does not fit"},
		"another key":              {sign(other, func(*audit.Receipt) {}), "this is signed by the key"},
		"no method":                {strings.Join([]string{header("none"), parts[1], ""}, "."), `signed by the method "none"`},
		"the method of logins":     {strings.Join([]string{header("RS512"), parts[1], parts[2]}, "."), `signed by the method "RS512"`},
		"a body, signed anew":      {sign(o.key, func(r *audit.Receipt) { r.Entries[1].Body = []byte(`{"act":"closed"}`) }), "was changed"},
		"facts, signed anew":       {sign(o.key, func(r *audit.Receipt) { r.Entries[0].Facts.Text = []byte(`{"typed":"/newroom Other"}`) }), "the facts of entry"},
		"no decision, signed anew": {sign(o.key, func(r *audit.Receipt) { r.Entries = r.Entries[1:] }), "no decision before entry"},
		"another room":             {sign(o.key, func(r *audit.Receipt) { r.Room = "pLNTJA1BZ-fGbqmZ9GyjH3___mOQhQqYdA" }), "is not about the room"},
		"no receipt":               {"hello\x1b[31m", "this is not a signed text"},
	} {
		got := shellWith(t, c.jws, "audit", "verify", "-", "--key", o.public)
		require.Equal(t, exitFailed, got.code, what)
		require.Contains(t, got.out, "✗ ", what)
		require.Contains(t, got.out, c.says, what)
		require.NotContains(t, got.out, "Asked for", what)
		require.NotContains(t, got.out, "\x1b", what)
	}
}

func TestAReceiptVerifiesWithTheKeyOfBeforeARotation(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	old := o.writes("old.jws", o.jws())
	require.Zero(t, shell(t, "keygen", "--rotate", "--dir", o.dir, "--bits", "2048").code)
	fresh := filepath.Join(o.dir, "publickey.new.pem")
	require.NoError(t, os.Rename(filepath.Join(o.dir, "privatekey.new.pem"), filepath.Join(o.dir, "privatekey.pem")))
	require.Zero(t, shell(t, "audit", "verify", old, "--key", o.public).code)
	got := shell(t, "audit", "verify", old, "--key", fresh)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.out, o.key.Fingerprint(), "whose public key is needed")

	later := o.writes("later.jws", o.jws())
	require.Zero(t, shell(t, "audit", "verify", later, "--key", fresh).code)
	require.Equal(t, exitFailed, shell(t, "audit", "verify", later, "--key", o.public).code)
}

func TestABotWithACertificateTellsButSignsNothing(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	raw, err := os.ReadFile(o.config)
	require.NoError(t, err)
	o.config = filepath.Join(o.dir, "certificate.json")
	certificate := `"certificate": {"path": "publickey.pem"}` // nothing reads it here
	changed := regexp.MustCompile(`"privateKey": \{[^}]*\}`).ReplaceAllString(string(raw), certificate)
	require.NoError(t, os.WriteFile(o.config, []byte(changed), 0o600))
	told := o.shell("audit", "receipt", "--", o.room)
	require.Contains(t, told.out, "Asked for by", told.err)
	got := o.shell("audit", "receipt", "--jws", "--", o.room)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "a bot that signs in with a certificate has no key to sign with")
}

func TestArgumentsOfReceiptsAreChecked(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	for _, args := range [][]string{
		{"receipt"}, {"receipt", "no room!"}, {"verify", "room.jws"}, {"verify", "--key", o.public}, {"verify", "a", "b"},
		{"verify", "room.jws", "--key", o.public, "--anchors", "log"},
	} {
		require.Equal(t, exitUsage, o.shell(append([]string{"audit"}, args...)...).code, args)
	}
	require.Equal(t, exitNotFound, o.shell("audit", "receipt", "pLNTJA1BZ-fGbqmZ9GyjH3___mOQhQqYdA").code)
	require.Equal(t, exitNotFound, o.shell("audit", "receipt", "--", "-LNTJA1BZ-fGbqmZ9GyjH3___mOQhQqYdA").code)
	dash := o.shell("audit", "receipt", "-LNTJA1BZ-fGbqmZ9GyjH3___mOQhQqYdA")
	require.Equal(t, exitUsage, dash.code)
	require.Contains(t, dash.err, "an id that begins with - is written behind --")
	require.Equal(t, exitNotFound, o.shell("audit", "verify", filepath.Join(o.dir, "none.jws"), "--key", o.public).code)
	private := o.shell("audit", "verify", o.public, "--key", filepath.Join(o.dir, "privatekey.pem"))
	require.Equal(t, exitFailed, private.code)
	require.Contains(t, private.err, "this is a private key where the public one belongs")
	long := o.shell("audit", "verify", o.writes("long.jws", strings.Repeat("x", maxSmallFile+1)), "--key", o.public)
	require.Equal(t, exitFailed, long.code)
	require.Contains(t, long.err, "too long for a receipt")
}

func TestAReceiptWaitsForEntriesThatAreNotInTheChain(t *testing.T) {
	t.Parallel()
	o := opensRoom(t)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(o.dir, "roombot.db"))
	require.NoError(t, err)
	_, err = db.Exec(`INSERT INTO audit_unlinked (request, part, place, kind, actor, room, body, at)
		VALUES ($1, 'room/renamed', 1, 'room', 7, $2, '{"act":"renamed"}', 1)`, o.number, o.room)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	got := o.shell("audit", "receipt", "--", o.room)
	require.Equal(t, exitFailed, got.code)
	require.Contains(t, got.err, "1 entries about the room are not in the chain yet: a running bot links them within a second; try again")
}

func TestWhyTellsWhoHasApproved(t *testing.T) {
	t.Parallel()
	o := opensApprovedRoom(t)
	var entries []entry
	require.NoError(t, json.Unmarshal([]byte(o.shell("audit", "list", "--kind", "approval", "--json").out), &entries))
	require.NotEmpty(t, entries)
	got := shell(t, "policy", "why", entries[0].Request, "--config", o.config)
	require.Zero(t, got.code, got.out+got.err)
	require.Contains(t, got.out, "✓ approved\n")
	require.Regexp(t, `(?m)^What has become of the approval: approved by Cora Lind on .* UTC: “for the quarter”\.$`, got.out)
}

// The plan on an approver's card names people as they are called, without their ids.
func TestForgettingSomebodyErasesAllFactsOfTheRequestsThatConcernThem(t *testing.T) {
	t.Parallel()
	for who, role := range map[string]string{"bob": "asked for it", "carol": "was let in", "cora": "has approved it", "kim": "was asked to approve it"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			o := opensApprovedRoom(t)
			require.Zero(t, o.shell("forget", "--user", "alice").code)
			var entries []entry
			read := func() (facts int) {
				entries = nil
				require.NoError(t, json.Unmarshal([]byte(o.shell("audit", "list", "--json").out), &entries))
				for _, e := range entries {
					if e.Request != "" && e.Facts != nil {
						facts++
					}
				}
				return facts
			}
			require.Equal(t, 4, read(), "two decisions, the question and its answer: alice is in none of them")
			got := o.shell("forget", "--user", who)
			require.Zero(t, got.code, got.err)
			require.Contains(t, got.out, "The facts of 4 entries of the audit record were erased.")
			require.Zero(t, read())
			require.Zero(t, o.runAgain().stop(), "it links the entries about that")
			require.Zero(t, o.shell("audit", "verify").code)
		})
	}
}
