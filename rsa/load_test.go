package rsa_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
)

func TestLoadReadsAFileAndWarnsWhenOthersMayReadIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "bot.pem")
	require.NoError(t, os.WriteFile(path, pkcs1(), 0o600))
	key, err := rsa.Load(path)
	require.NoError(t, err)
	require.Empty(t, key.Warnings())

	if runtime.GOOS == "windows" {
		return
	}
	require.NoError(t, os.Chmod(path, 0o644))
	key, err = rsa.Load(path)
	require.NoError(t, err)
	require.Len(t, key.Warnings(), 1)
	require.Contains(t, key.Warnings()[0], "chmod 600")
}

func TestLoadRefusesFilesWithoutAKey(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, err := rsa.Load(filepath.Join(folder, "none.pem"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "none.pem does not exist")

	_, err = rsa.Load(folder)
	require.ErrorContains(t, err, "is a folder")

	huge := filepath.Join(folder, "huge.pem")
	require.NoError(t, os.WriteFile(huge, make([]byte, 300<<10), 0o600))
	_, err = rsa.Load(huge)
	require.ErrorIs(t, err, rsa.ErrTooLarge)

	public := filepath.Join(folder, "public.pem")
	require.NoError(t, os.WriteFile(public, []byte("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n"), 0o600))
	_, err = rsa.Load(public)
	require.ErrorIs(t, err, rsa.ErrPublicKey)
	require.ErrorContains(t, err, "public.pem")

	if os.Getuid() > 0 {
		require.NoError(t, os.Chmod(public, 0))
		_, err = rsa.Load(public)
		require.ErrorIs(t, err, fs.ErrPermission)
	}
}

func TestLoadDoesNotHangOnAPipe(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	path := fmt.Sprintf("/dev/fd/%d", reader.Fd())
	if _, err := os.Stat(path); err != nil {
		t.Skip("this system has no /dev/fd")
	}
	_, err = writer.Write(pkcs1())
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	key, err := rsa.Load(path)
	require.NoError(t, err)
	require.Empty(t, key.Warnings())
}
