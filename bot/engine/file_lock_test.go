package engine_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/bot/engine"
)

func TestLockIsNotWrittenThroughALink(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"to a file": "precious", "to nothing": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store, target := newFile(t), filepath.Join(t.TempDir(), "target")
			require.NoError(t, os.MkdirAll(filepath.Dir(store.File()), 0o700))
			if content != "" {
				require.NoError(t, os.WriteFile(target, []byte(content), 0o600))
			}
			require.NoError(t, os.Symlink(target, store.File()+".lock"))
			_, err := engine.Open(t.Context(), quickConfig(store, blockUntilCancelled(nil)))
			require.ErrorContains(t, err, "it is a link")
			require.ErrorContains(t, err, store.File()+".lock")
			found, err := os.ReadFile(target)
			require.Equal(t, content == "", os.IsNotExist(err), "no file is made at the end of the link")
			require.Equal(t, content, string(found))

			require.NoError(t, os.Remove(store.File()+".lock"))
			e, err := engine.Open(t.Context(), quickConfig(store, blockUntilCancelled(nil)))
			require.NoError(t, err)
			holder, err := os.ReadFile(store.File() + ".lock")
			require.NoError(t, err)
			require.Equal(t, strconv.Itoa(os.Getpid())+"\n", string(holder))
			require.NoError(t, e.Close())
		})
	}
}
