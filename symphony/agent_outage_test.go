package symphony_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/symphony"
)

func TestFailedAgentIsSetAsideAndTriedAgain(t *testing.T) {
	t.Parallel()
	for name, ill := range map[string]http.HandlerFunc{
		"dead": nil, "cutting connections": dropConnection, "behind a proxy that says 502": answerWith(502, `<html>`),
		"unavailable": answerWith(503, `{}`), "timing out": answerWith(504, ``), "showing a page": answerWith(200, `<html>`), "breaking off": breakOff,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin, Sticky: true})
				f.makeReads(1)
				f.askedAgents()
				if ill == nil {
					f.takeDown("a1")
				} else {
					f.setHandler("a1", ill)
				}
				begin := time.Now()
				f.makeReads(10)
				require.Zero(t, time.Since(begin), "safe calls go on at once")
				require.NotContains(t, f.askedAgents()[2:], "a1", "after it failed, which net/http may find out twice")
				require.NotZero(t, f.client.Stats().Agents[0].AsideUntil)
				require.EqualValues(t, 1, f.client.Stats().Agents[0].Failures)

				f.bringUp("a1")
				f.takeDown("a2", "a3")
				time.Sleep(2 * time.Second)
				f.makeReads(1)
				require.Contains(t, f.askedAgents(), "a1")
				require.Zero(t, f.client.Stats().Agents[0].AsideUntil)
			})
		})
	}
}

func TestDownAgentIsTriedLessAndLessOften(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin})
		f.setHandler("a2", answerWith(503, `{}`))
		for range 600 {
			f.makeReads(1)
			time.Sleep(time.Second)
		}
		tried := 0
		for _, name := range f.askedAgents() {
			if name == "a2" {
				tried++
			}
		}
		require.GreaterOrEqual(t, tried, 8)
		require.LessOrEqual(t, tried, 30)
	})
}

func TestHangingAgentCostsOneTimeout(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin, Sticky: true}, func(c *symphony.Config) { c.Timeout = 10 * time.Second })
		f.setHandler("a1", neverAnswer)
		begin := time.Now()
		f.makeReads(1)
		require.InDelta(t, 10, time.Since(begin).Seconds(), 1)
		f.makeReads(10)
		require.InDelta(t, 10, time.Since(begin).Seconds(), 1)
	})
}

func TestAgentWithAnAnswerOfItsOwnIsNotSetAside(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"with a fault of its own": answerWith(500, `{}`), "with more than is read": answerWith(200, strings.Repeat(" ", 2000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T) {
				f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin, Sticky: true}, func(c *symphony.Config) {
					c.MaxBody, c.Retry.MaxAttempts = 1000, 1
				})
				f.setHandler("a1", answer)
				_, err := f.client.Message(t.Context(), "m")
				require.Error(t, err)
				require.Equal(t, []string{"a1"}, f.askedAgents())
				require.Zero(t, f.client.Stats().Agents[0].Failures)
			})
		})
	}
}

func TestHowLongAnAgentIsSetAside(t *testing.T) {
	t.Parallel()
	const first = 3 * time.Second // 2 s with its jitter
	aside := func(f *fleet) time.Duration { return time.Until(f.client.Stats().Agents[0].AsideUntil) }
	sticky := symphony.Balance{Mode: symphony.RoundRobin, Sticky: true}
	t.Run("calls that fail together count once", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, sticky)
			f.setHandler("a1", func(w http.ResponseWriter, r *http.Request) {
				time.Sleep(time.Second) // until all are there
				dropConnection(w, r)
			})
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() { f.makeReads(1) })
			}
			all.Wait()
			require.LessOrEqual(t, aside(f), first)
		})
	})
	t.Run("an agent that has answered since starts with a short time again", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T) {
			f := newFleet(t, sticky)
			f.takeDown("a1", "a2", "a3")
			for range 100 { // which agent a call fails at, and the jitter, are left to chance
				_, err := f.client.Message(t.Context(), "m")
				require.Error(t, err)
				if aside(f) > first {
					break
				}
			}
			require.Greater(t, aside(f), first)
			f.bringUp("a1")
			f.makeReads(1)
			f.bringUp("a2", "a3")
			f.setHandler("a1", answerWith(503, `{}`))
			f.makeReads(1)
			require.LessOrEqual(t, aside(f), first)
		})
	})
	t.Run("as long as it asks for, a minute at most", func(t *testing.T) {
		t.Parallel()
		for asked, least := range map[string]time.Duration{"30": 30 * time.Second, "3600": time.Minute} {
			inBubble(t, func(t *testing.T) {
				f := newFleet(t, sticky)
				f.setHandler("a1", func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Retry-After", asked)
					reply(w, 503, `{}`)
				})
				f.makeReads(1)
				require.Equal(t, least, aside(f))
			})
		}
	})
}

func TestCanceledCallSetsNoAgentAside(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin, Sticky: true})
		f.setHandler("a1", neverAnswer)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := f.client.Message(ctx, "m")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, []string{"a1"}, f.askedAgents())
		require.Zero(t, f.client.Stats().Agents[0].Failures)
	})
}

func TestAllAgentsDownTheFirstToReturnIsTried(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		f := newFleet(t, symphony.Balance{Mode: symphony.Random, Sticky: true})
		f.takeDown("a1", "a2", "a3")
		for range 30 {
			_, err := f.client.Message(t.Context(), "m")
			require.ErrorIs(t, err, symphony.ErrUnavailable)
			require.NotErrorIs(t, err, symphony.ErrOutcomeUnknown)
		}
		require.ErrorIs(t, f.sendMessage(), symphony.ErrUnavailable)
		f.bringUp("a3")
		begin := time.Now()
		f.makeReads(1)
		require.NoError(t, f.sendMessage())
		require.Zero(t, time.Since(begin), "although all were aside")
	})
}

func TestOutageOfAnAgentIsLoggedAtItsStartAndItsEnd(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T) {
		var log logbook
		f := newFleet(t, symphony.Balance{Mode: symphony.RoundRobin})
		f.setHandler("a2", answerWith(503, `{}`))
		ask := func(times int) {
			for range times {
				_, err := f.client.Message(log.context(t.Context()), "m")
				require.NoError(t, err)
				time.Sleep(100 * time.Millisecond)
			}
		}
		ask(500)
		require.Len(t, log.lines(t), 1)
		require.Equal(t, "an agent does not answer", log.lines(t)[0].Message)
		f.setHandler("a2", nil)
		ask(1000)
		require.Len(t, log.lines(t), 2)
		require.Equal(t, "an agent answers again", log.lines(t)[1].Message)
		require.InDelta(t, 100, log.lines(t)[1].Lasted/1000, 51)
	})
}
