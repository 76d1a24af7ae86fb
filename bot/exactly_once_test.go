package bot_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roombot/commands"
	"roombot/symphony/sandbox/client"
)

func TestAWriteWhoseAnswerIsLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"the room": onCreate, "a member": onAdd, "an owner": onPromote, "the reply": onSend,
	} {
		for _, lag := range []string{"", "40ms"} {
			t.Run(name+" with a search index late by "+lag, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, settlesSoon)
				if lag != "" {
					w.fail(client.Fault{Kind: "search-lag", Delay: lag})
				}
				w.fail(client.Fault{Path: path, Drop: "after", Count: 1})
				w.asks("bob", `/newroom "Once" @alice group:"Test Group"`).endsWith("✓ Once", "is open")
				w.theOnly("Once", "bob", "alice", "carol")
			})
		}
	}
}

func TestARoomIsFoundAgainOnAPodWithoutSearchFields(t *testing.T) {
	t.Parallel()
	older := func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/room/search") {
				var query map[string]any
				assert.NoError(t, json.NewDecoder(r.Body).Decode(&query))
				delete(query, "searchFields")
				body, err := json.Marshal(query)
				assert.NoError(t, err)
				r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
			}
			pod.ServeHTTP(rw, r)
		})
	}
	w := newWorld(t, settlesSoon, withFront(older))
	w.fail(client.Fault{Path: onCreate, Drop: "after", Count: 1})
	w.asks("bob", `/newroom "Once" @alice`).endsWith("✓ Once", "is open")
	w.theOnly("Once", "bob", "alice")
}

// allowNamesakes has a pod take a name as often as it comes: there, nothing but the bot keeps a
// room from being made twice.
func allowNamesakes(pod http.Handler) http.Handler {
	var made atomic.Int32
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/room/create") {
			body, _ := io.ReadAll(r.Body)
			numbered := bytes.Replace(body, []byte(`"Once"`), fmt.Appendf(nil, `"Once %d"`, made.Add(1)), 1)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(numbered)), int64(len(numbered))
		}
		pod.ServeHTTP(rw, r)
	})
}

func TestARoomIsMadeOnceOnAPodThatTakesANameTwice(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]front{
		"when its answer is lost": allowNamesakes,
		"when Symphony's pace holds it up and then its answer is lost": func(pod http.Handler) http.Handler {
			return throttlesOnce("/room/create", "5")(allowNamesakes(pod))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, withFront(before), func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = time.Second, 3*time.Second })
			w.fail(client.Fault{Kind: "search-lag", Delay: "2s"}, client.Fault{Path: onCreate, Drop: "after", Count: 1})
			w.asks("bob", `/newroom "Once" @alice`).endsWith("✓ Once", "is open")
			w.theRoom("Once 1")
			require.Empty(t, w.rooms("Once 2"))
		})
	}
}

func TestARoomThatTheSearchFindsLateIsStillItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, settlesSoon)
	w.fail(client.Fault{Kind: "search-lag", Delay: "2500ms"}) // more than the bot counts with
	w.fail(client.Fault{Path: onCreate, Drop: "after", Count: 1})
	w.asks("bob", `/newroom "Late" @alice`).endsWith("✓ Late", "is open")
	w.theOnly("Late", "bob", "alice")
}

func TestAWriteThatDidNotArriveIsRepeated(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]client.Fault{
		"the room is not created": {Path: onCreate, Drop: "before", Count: 2},
		"no member is added":      {Path: onAdd, Drop: "before", Count: 3},
		"the reply is not sent":   {Path: onSend, Drop: "before", Count: 1},
		"the room answers 503":    {Path: onCreate, Status: 503, Count: 2},
		"the reply answers 500":   {Path: onSend, Status: 500, Count: 1},
		"the session ends":        {Kind: "session-expired", Path: onCreate, Count: 1},
		"the session ends later":  {Kind: "session-expired", Path: onAdd, Count: 1},
		"the room is throttled":   {Path: onCreate, Status: 429, Count: 1},
		"the reply is throttled":  {Path: onSend, Status: 429, RetryAfter: 1, Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon)
			w.fail(trouble)
			w.asks("bob", `/newroom "Later" @alice group:"Test Group"`).endsWith("✓ Later", "is open")
			w.theOnly("Later", "bob", "alice", "carol")
		})
	}
}

// throttlesOnce asks the first of some calls to come back later, before the pod hears of it.
func throttlesOnce(path, seconds string) front {
	var asked atomic.Bool
	return func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, path) && !asked.Swap(true) {
				rw.Header().Set("Retry-After", seconds)
				rw.WriteHeader(http.StatusTooManyRequests)
				return
			}
			pod.ServeHTTP(rw, r)
		})
	}
}

func TestAThrottledCallWhoseAnswerIsLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"the room": "/room/create", "the reply": "/message/create"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon, withFront(throttlesOnce(path, "2")))
			w.fail(client.Fault{Kind: "search-lag", Delay: "40ms"}, client.Fault{Path: "*" + path, Drop: "after", Count: 1})
			w.asks("bob", `/newroom "Held" @alice group:"Test Group"`).endsWith("✓ Held", "is open")
			w.theOnly("Held", "bob", "alice", "carol")
		})
	}
}

// tellWhenDone closes a channel when the pod has done the first call of a path.
func tellWhenDone(suffix string) (front, <-chan struct{}) {
	done := make(chan struct{})
	var first atomic.Bool
	return func(pod http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, suffix) && !first.Swap(true) {
				defer close(done)
			}
			pod.ServeHTTP(rw, r)
		})
	}, done
}

func TestAReplyThatArrivesAfterItsTimeoutIsNotSentAgain(t *testing.T) {
	t.Parallel()
	telling, arrived := tellWhenDone("/message/create")
	w := newWorld(t, withFront(telling), func(w *world) { w.limits.CallTimeout, w.limits.SearchLag = time.Second, 2*time.Second })
	w.fail(client.Fault{Path: onSend, Delay: "1500ms", Drop: "after", Count: 1})
	asked := w.asks("bob", "/help")
	asked.waitForAnswer("I open rooms")
	<-arrived
	asked.endsWith("I open rooms")
}

func TestAProxysPageIsNotTakenForSymphonysRefusal(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/room/create", "/membership/add", "/message/create"} {
		for status, page := range map[int]string{
			http.StatusForbidden: "<html><title>Access denied</title></html>", http.StatusNotFound: "default backend - 404",
		} {
			t.Run(fmt.Sprint(path, " ", status), func(t *testing.T) {
				t.Parallel()
				var pages atomic.Int32
				proxy := func(pod http.Handler) http.Handler {
					return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
						if strings.HasSuffix(r.URL.Path, path) && pages.Add(1) <= 3 {
							http.Error(rw, page, status)
							return
						}
						pod.ServeHTTP(rw, r)
					})
				}
				w := newWorld(t, settlesSoon, withFront(proxy))
				w.asks("bob", `/newroom "Through" @alice`).endsWith("✓ Through", "is open")
				w.theOnly("Through", "bob", "alice")
				require.Greater(t, pages.Load(), int32(3))
			})
		}
	}
}

func TestAnAnswerWithoutAnIDCountsAsLost(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/room/create", "/message/create"} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			var emptied atomic.Bool
			gateway := func(pod http.Handler) http.Handler {
				return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, path) && !emptied.Swap(true) {
						pod.ServeHTTP(httptest.NewRecorder(), r)
						_, _ = io.WriteString(rw, `{}`)
						return
					}
					pod.ServeHTTP(rw, r)
				})
			}
			w := newWorld(t, settlesSoon, withFront(gateway))
			w.asks("bob", `/newroom "Nameless" @alice`).endsWith("✓ Nameless", "is open")
			w.theOnly("Nameless", "bob", "alice")
			require.True(t, emptied.Load())
		})
	}
}

func TestAFailedLoginIsNotTakenForARefusal(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"the room": onCreate, "a group": onGroups, "a member": onAdd, "an owner": onPromote, "the reply": onSend,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, settlesSoon)
			w.fail(client.Fault{Path: onLogin, Status: http.StatusNotFound, Count: 2})
			w.fail(client.Fault{Kind: "session-expired", Path: path, Count: 1})
			w.asks("bob", `/newroom "Inside" @alice group:"Test Group"`).endsWith("✓ Inside", "is open", "Owner: Bob Chen (you)", "Test Group")
			w.theOnly("Inside", "bob", "alice", "carol")
		})
	}
}

func TestARestartContinuesARequestFromAnyPoint(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"before the room": onCreate, "before the members": onAdd, "before the owner": onPromote, "before the reply": onSend,
	} {
		for _, drop := range []string{"before", "after"} {
			t.Run(fmt.Sprintf("%s, call dropped %s its effect", name, drop), func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, settlesSoon)
				w.fail(client.Fault{Path: path, Delay: "300ms", Drop: drop})
				asked := w.asks("bob", `/newroom "Again" @alice group:"Test Group"`)
				w.waitForFaults(1)
				w.stop()
				w.heal()
				w.start()
				asked.endsWith("✓ Again", "is open")
				w.theOnly("Again", "bob", "alice", "carol")
			})
		}
	}
}

func TestAStoredPlanIsAppliedAfterAChangeOfRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked := w.stopsHalfWay("Begun")
	w.rules = "allow:\n  - name: nobody\n    who: [\"user:nobody\"]\n    commands: [groups]\n"
	w.takeGroupRights()
	w.start()
	asked.endsWith("✓ Begun", "Test Group")
	w.theOnly("Begun", "bob", "alice", "carol")
}

func TestEventsThatArriveTwiceAreExecutedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(client.Fault{Kind: "duplicate-events"})
	asked := w.asks("bob", `/newroom "Twin" @alice preview`)
	asked.endsWith("Nothing was created yet")
	preview := w.reply(asked)
	click := w.asksByClick("bob", preview, commands.FormOffer, "offer-0", nil)
	click.endsWith("✓ Twin")
	w.theOnly("Twin", "bob", "alice")
}

func TestARequestRunsOnceByMessageEditClickOrForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	broken := w.says("bob", `/newroom "Ways @alice`).sees("never closed")
	form := w.click("bob", broken.lastReply(), commands.FormOffer, "offer-1", nil).sees("What should the room be called")
	w.click("bob", broken.lastReply(), commands.FormOffer, "offer-0", nil).sees("✓ Ways")
	w.click("bob", broken.lastReply(), commands.FormOffer, "offer-0", nil).sees("already acted on this")
	w.click("bob", form.lastReply(), commands.FormNewRoom, "create", map[string]any{"name": "Other"}).sees("already acted on this")
	w.edits("bob", broken.Message.ID, `/newroom "Edited" @alice`).sees("already acted on this")
	require.Empty(t, w.rooms("Other"))
	require.Empty(t, w.rooms("Edited"))
}

func TestAReadingCommandMayBeEditedIntoAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.says("bob", "/groups equi").sees("Equities Sales")
	w.edits("bob", first.Message.ID, "/groups fx").sees("FX EMEA")
	w.edits("bob", first.Message.ID, `/newroom "After all" @alice`).sees("✓ After all")
}

func TestARefusedRequestMayBeCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.says("bob", `/newroom "Taken"`).sees("is open")
	refused := w.says("bob", `/newroom "Taken" @alice`).sees("Nothing was created")
	w.edits("bob", refused.Message.ID, `/newroom "Free" @alice`).sees("✓ Free")
}

func TestAConversationIsAnsweredInItsOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.asks("bob", `/newroom "Room 0"`)
	for i := 1; i < 6; i++ {
		w.asks("bob", fmt.Sprintf(`/newroom "Room %d"`, i))
	}
	require.Eventually(t, func() bool { return len(w.shownAnswers("bob", first.Message)) == 6 }, patience, tick)
	w.waitUntilIdle()
	for i, text := range w.shownAnswers("bob", first.Message) {
		require.Contains(t, text, fmt.Sprintf("✓ Room %d", i))
	}
}

func TestAFirstAnswerComesWhileFortyPeopleAreAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.crowd, w.limits.AddsPerSecond = 40, 25 })
	people, names := w.colleagues(40)
	asked := w.asks("bob", `/newroom "Crowd" `+people)
	asked.endsWith("✓ Crowd", "and 20 more")
	asked.saidMeanwhile([]string{"Crowd", "is open", "Adding: ", "and 20 more, about 2 s."})
	w.theOnly("Crowd", append(names, "bob")...)
}

func TestTheLinkReplacesThePutOffAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { // each creation without an answer is waited for; each message has time to get its own
		w.crowd, w.limits.AddsPerSecond, w.limits.CallTimeout = 40, 25, 3*time.Second
	})
	people, names := w.colleagues(40)
	w.fail(client.Fault{Path: onCreate, Status: 503, Count: 2})
	asked := w.asks("bob", `/newroom "Relief" `+people)
	asked.endsWith("✓ Relief", "and 20 more")
	asked.saidMeanwhile([]string{"⏳"}, []string{"Relief", "is open", "Adding: ", "and 20 more, about 2 s."})
	w.theOnly("Relief", append(names, "bob")...)
}

// saidMeanwhile asserts that before the bot's last word it showed others, one in the place of the
// other, and that each contains its texts.
func (s said) saidMeanwhile(words ...[]string) {
	s.w.t.Helper()
	all := s.w.botMessages(s.who, s.Message)
	require.Len(s.w.t, all, len(words)+1)
	for i, texts := range words {
		require.True(s.w.t, containsAll(plain(all[i]), texts), "%q in %q", texts, plain(all[i]))
		require.Equal(s.w.t, all[i+1].ID, all[i].ReplacedBy)
	}
}

// colleagues are so many of the crowd, as mentions and as usernames.
func (w *world) colleagues(n int) (mentions string, usernames []string) {
	w.t.Helper()
	all, err := w.pod.People(w.t.Context())
	require.NoError(w.t, err)
	var b strings.Builder
	for _, p := range all.People {
		if p.About == "one of the crowd" && len(usernames) < n {
			b.WriteString("@" + p.DisplayName + " ")
			usernames = append(usernames, p.Username)
		}
	}
	require.Len(w.t, usernames, n)
	return b.String(), usernames
}
