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
	"roombot/bot/engine/postgrestest"
)

// benchEach runs a benchmark on each kind of store. Each round has a new one.
func benchEach(b *testing.B, bench func(b *testing.B, store string)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, newFile(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, postgrestest.Database(b)) })
}

// BenchmarkLatency measures, on an engine with nothing else to do, from the call of Insert to the call of Handle.
func BenchmarkLatency(b *testing.B) {
	benchEach(b, func(b *testing.B, store string) {
		called := make(chan time.Time)
		e, _ := start(b, quick(store, func(context.Context, *engine.Attempt) error {
			called <- time.Now()
			return nil
		}))
		var took []time.Duration
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			idle(b, e)
			<-time.After(10 * time.Millisecond)
			b.StartTimer()
			began := time.Now()
			insert(b, e, command(fmt.Sprint(i), "s"))
			took = append(took, (<-called).Sub(began))
		}
		report(b, took)
	})
}

// BenchmarkNext measures, within one conversation, from the return of one command's Handle to the call of the next one's.
func BenchmarkNext(b *testing.B) {
	benchEach(b, func(b *testing.B, store string) {
		var returned time.Time
		var took []time.Duration
		done := make(chan struct{})
		n := 0
		e := open(b, quick(store, func(context.Context, *engine.Attempt) error {
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
			all[i] = command(fmt.Sprint(i), "s")
		}
		insert(b, e, all...)
		b.ResetTimer()
		run(b, silent(), e)
		<-done
		report(b, took)
	})
}

// BenchmarkCommands carries out commands of many conversations with ten stored steps each, fed one by one.
func BenchmarkCommands(b *testing.B) {
	for _, steps := range []int{0, 10} {
		b.Run(fmt.Sprint(steps, " steps"), func(b *testing.B) {
			benchEach(b, func(b *testing.B, store string) {
				var done sync.WaitGroup
				done.Add(b.N)
				e, _ := start(b, quick(store, func(ctx context.Context, j *engine.Attempt) error {
					defer done.Done()
					for i := range steps {
						err := j.Do(ctx, fmt.Sprint(i), nil, func(context.Context) (any, error) { return nil, nil })
						if err != nil {
							return err
						}
					}
					return nil
				}))
				b.ResetTimer()
				for i := range b.N {
					insert(b, e, command(fmt.Sprint(i), fmt.Sprint(i%100)))
				}
				done.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commands/s")
			})
		})
	}
}

// BenchmarkStep measures Job.Do around an effect that costs nothing, one after the other and sixteen at once.
func BenchmarkStep(b *testing.B) {
	for _, side := range []int{1, 16} {
		b.Run(fmt.Sprint(side, " at once"), func(b *testing.B) {
			benchEach(b, func(b *testing.B, store string) {
				done := make(chan struct{})
				e, _ := start(b, quick(store, func(ctx context.Context, j *engine.Attempt) error {
					defer close(done)
					b.ResetTimer()
					var all sync.WaitGroup
					for s := range side {
						all.Go(func() {
							for i := s; i < b.N; i += side {
								err := j.Do(ctx, fmt.Sprint(i), nil, func(context.Context) (any, error) { return "stored", nil })
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
				insert(b, e, command("a", "s"))
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
			require.NoError(b, open(b, quick(newFile(b), h)).Close())
		}
	})
	b.Run("existing", func(b *testing.B) {
		benchEach(b, func(b *testing.B, store string) {
			require.NoError(b, open(b, quick(store, h)).Close())
			for b.Loop() {
				require.NoError(b, open(b, quick(store, h)).Close())
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
