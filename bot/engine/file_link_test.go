package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestStoreIsNotMadeBehindADanglingLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, link := filepath.Join(dir, "real.db"), filepath.Join(dir, "link.db")
	require.NoError(t, os.Symlink(file, link))
	config := engine.Config{
		Workers: 1, Store: engine.FileAddress(link), Handle: func(context.Context, *engine.Attempt) error { return nil },
	}
	_, err := engine.Open(t.Context(), config)
	require.ErrorIs(t, err, engine.ErrDanglingLink)
	require.NoFileExists(t, file)

	config.Store = engine.FileAddress(file)
	first, err := engine.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, first.Close()) })
	config.Store = engine.FileAddress(link)
	_, err = engine.Open(t.Context(), config)
	require.ErrorIs(t, err, engine.ErrLocked, "the file has one lock, whatever name it is given")
}
