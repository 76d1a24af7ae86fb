package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/rs/zerolog"
)

// ignoreHangups logs each SIGHUP until stop is called, and does nothing else: by default the signal
// would end the program at once, with its jobs unfinished. Operators send it to have configuration
// read again.
func ignoreHangups(log zerolog.Logger) (stop func()) {
	hangups := make(chan os.Signal, 1)
	done := make(chan struct{})
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-hangups:
				log.Warn().Msg("SIGHUP ignored: the configuration is read at the start only, restart the bot to change it")
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(hangups)
		close(done)
	}
}

// stopOnHangup is a context that also ends with SIGHUP, which a terminal sends when its window is
// closed: the temporary folder of a sandbox and the processes of a trial are removed then, too.
func stopOnHangup(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}
