package engine_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

// benchEach runs a benchmark on each kind of store. Each round has a new one.
func benchEach(b *testing.B, bench func(b *testing.B, store engine.Address)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, newFile(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, newDatabase(b)) })
}

// BenchmarkLatency measures the time from Insert to Handle on an idle engine.
func BenchmarkLatency(b *testing.B) {
	benchEach(b, func(b *testing.B, store engine.Address) {
		called := make(chan time.Time)
		e, _ := start(b, quickConfig(store, func(context.Context, *engine.Attempt) error {
			called <- time.Now()
			return nil
		}))
		var took []time.Duration
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			waitIdle(b, e)
			<-time.After(10 * time.Millisecond)
			b.StartTimer()
			began := time.Now()
			insert(b, e, newJob(fmt.Sprint(i), "s"))
			took = append(took, (<-called).Sub(began))
		}
		report(b, took)
	})
}

// BenchmarkNext measures the time from the return of Handle to its next call, within one
// conversation.
func BenchmarkNext(b *testing.B) {
	benchEach(b, func(b *testing.B, store engine.Address) {
		var returned time.Time
		var took []time.Duration
		done := make(chan struct{})
		n := 0
		e := open(b, quickConfig(store, func(context.Context, *engine.Attempt) error {
			if n > 0 {
				took = append(took, time.Since(returned))
			}
			if n++; n == b.N {
				close(done)
			}
			returned = time.Now()
			return nil
		}))
		all := make([]engine.Job, b.N)
		for i := range all {
			all[i] = newJob(fmt.Sprint(i), "s")
		}
		insert(b, e, all...)
		b.ResetTimer()
		run(b, silentContext(), e)
		<-done
		report(b, took)
	})
}

// BenchmarkJobs runs jobs of many conversations without and with ten stored steps, inserted one by
// one.
func BenchmarkJobs(b *testing.B) {
	for _, steps := range []int{0, 10} {
		b.Run(fmt.Sprint(steps, " steps"), func(b *testing.B) {
			benchEach(b, func(b *testing.B, store engine.Address) {
				var done sync.WaitGroup
				done.Add(b.N)
				e, _ := start(b, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
					defer done.Done()
					for i := range steps {
						err := a.Do(ctx, fmt.Sprint(i), nil, func(context.Context) (any, error) { return nil, nil })
						if err != nil {
							return err
						}
					}
					return nil
				}))
				b.ResetTimer()
				for i := range b.N {
					insert(b, e, newJob(fmt.Sprint(i), fmt.Sprint(i%100)))
				}
				done.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			})
		})
	}
}

// BenchmarkStep measures Attempt.Do around an effect that costs doNothing, one after the other and
// sixteen at once.
func BenchmarkStep(b *testing.B) {
	for _, side := range []int{1, 16} {
		b.Run(fmt.Sprint(side, " at once"), func(b *testing.B) {
			benchEach(b, func(b *testing.B, store engine.Address) {
				done := make(chan struct{})
				e, _ := start(b, quickConfig(store, func(ctx context.Context, a *engine.Attempt) error {
					defer close(done)
					b.ResetTimer()
					var all sync.WaitGroup
					for s := range side {
						all.Go(func() {
							for i := s; i < b.N; i += side {
								err := a.Do(ctx, fmt.Sprint(i), nil, func(context.Context) (any, error) { return "stored", nil })
								if err != nil {
									b.Error(err)
								}
							}
						})
					}
					all.Wait()
					b.StopTimer()
					return nil
				}))
				insert(b, e, newJob("a", "s"))
				<-done
			})
		})
	}
}

// BenchmarkOpen measures Open and Close of a new and of an existing file.
func BenchmarkOpen(b *testing.B) {
	h := func(context.Context, *engine.Attempt) error { return nil }
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, open(b, quickConfig(newFile(b), h)).Close())
		}
	})
	b.Run("existing", func(b *testing.B) {
		benchEach(b, func(b *testing.B, store engine.Address) {
			require.NoError(b, open(b, quickConfig(store, h)).Close())
			for b.Loop() {
				require.NoError(b, open(b, quickConfig(store, h)).Close())
			}
		})
	})
}

func report(b *testing.B, took []time.Duration) {
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
