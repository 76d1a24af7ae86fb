package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/messageml"
	"roombot/symphony/sandbox/client"
)

// answerRecorder records every version of every answer when it is sent, and what in it is not so on
// the pod at that moment.
type answerRecorder struct {
	mu       sync.Mutex
	pod      *client.Client // its control API; set once the world is there
	room     string
	versions []string
	untrue   []string
}

func (a *answerRecorder) front(pod http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/message/create") || strings.HasSuffix(r.URL.Path, "/update") {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			a.record(r.Context(), messageOf(r.Header.Get("Content-Type"), body))
		}
		pod.ServeHTTP(rw, r)
	})
}

// messageOf is the text of a message that is sent.
func messageOf(contentType string, body []byte) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	parts := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	fields := map[string]string{}
	for {
		part, err := parts.NextPart()
		if err != nil {
			return messageml.Plain(fields["message"], fields["data"])
		}
		value, _ := io.ReadAll(part)
		fields[part.FormName()] = string(value)
	}
}

func (a *answerRecorder) record(ctx context.Context, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.versions = append(a.versions, text)
	said := readAnswer(text)
	if !said.open {
		return
	}
	state, err := a.pod.State(ctx)
	if err != nil {
		a.untrue = append(a.untrue, err.Error())
		return
	}
	for _, mistake := range said.compare(state, a.room) {
		a.untrue = append(a.untrue, mistake+" in: "+text)
	}
}

// shownAnswer is what an answer says about a room.
type shownAnswer struct {
	open                    bool
	owners, members, groups []string
	more                    int // members that are counted and not named
}

var (
	nameItem  = regexp.MustCompile(`(?m)^• (Owner|Member|Group)s?: (.*)$`)
	restOfAll = regexp.MustCompile(`^and (\d+) more$`)
	groupSize = regexp.MustCompile(` \(\d+ (person|people)\)$`)
)

func readAnswer(text string) (said shownAnswer) {
	said.open = strings.Contains(text, " is open")
	for _, found := range nameItem.FindAllStringSubmatch(text, -1) {
		names := strings.Split(found[2], ", ")
		if rest := restOfAll.FindStringSubmatch(names[len(names)-1]); rest != nil {
			said.more, _ = strconv.Atoi(rest[1])
			names = names[:len(names)-1]
		}
		for _, name := range names {
			name = groupSize.ReplaceAllString(strings.TrimSuffix(name, " (you)"), "")
			switch found[1] {
			case "Owner":
				said.owners = append(said.owners, name)
			case "Member":
				said.members = append(said.members, name)
			case "Group":
				said.groups = append(said.groups, name)
			}
		}
	}
	return said
}

// compare gives what the answer says and the pod's room does not.
func (s shownAnswer) compare(state client.State, name string) (mistakes []string) {
	at := slices.IndexFunc(state.Rooms, func(r client.Room) bool { return r.Name == name })
	if at < 0 {
		return []string{"there is no room"}
	}
	room := state.Rooms[at]
	display := map[string]string{}
	for _, p := range state.People {
		display[p.Username] = p.DisplayName
	}
	var inside, owners, groups []string
	for _, m := range room.Members {
		inside, groups = append(inside, display[m.Username]), append(groups, m.Through...)
		if m.Owner {
			owners = append(owners, display[m.Username])
		}
	}
	missing := func(kind string, said, is []string) {
		for _, name := range said {
			if !slices.Contains(is, name) {
				mistakes = append(mistakes, fmt.Sprintf("%s is no %s", name, kind))
			}
		}
	}
	missing("owner", s.owners, owners)
	missing("member", s.members, inside)
	missing("group", s.groups, groups)
	if said := len(s.owners) + len(s.members) + s.more; said > len(inside)-1 { // the bot is not named
		mistakes = append(mistakes, fmt.Sprintf("%d people are said to be in, and %d are", said, len(inside)-1))
	}
	return mistakes
}

// requireTruth asserts that each version was true when it was sent, and returns them.
func (a *answerRecorder) requireTruth(t testing.TB) []string {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	require.Empty(t, a.untrue)
	require.NotEmpty(t, a.versions)
	return slices.Clone(a.versions)
}

// newRecordedWorld is a world in which the answers about a room are recorded, behind other fronts.
// Without a steered clock answers wait by the machine's.
func newRecordedWorld(t *testing.T, room string, clock *steeredClock, fronts []front, changes ...func(*world)) (*world, *answerRecorder) {
	t.Helper()
	recorder := &answerRecorder{room: room}
	changes = append(changes, withFront(func(pod http.Handler) http.Handler {
		for _, f := range fronts {
			pod = f(pod)
		}
		return recorder.front(pod)
	}))
	changes = append(changes, func(w *world) {
		w.clock = commands.Clock{}
		if clock != nil {
			w.clock = commands.Clock{Now: clock.Now, After: clock.After}
		}
	})
	w := newWorld(t, changes...)
	recorder.pod = w.pod
	return w, recorder
}
