package rsa_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"roombot/rsa"
)

func TestWritePairCanBeLoadedAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	private, public := filepath.Join(folder, "bot.pem"), filepath.Join(folder, "bot.pub.pem")
	require.NoError(t, parseSample(t).WritePair(private, public))

	key, err := rsa.Load(private)
	require.NoError(t, err)
	require.True(t, key.Public().Equal(&sample().PublicKey))
	require.Empty(t, key.Warnings())
	content, err := os.ReadFile(private)
	require.NoError(t, err)
	require.True(t, bytes.HasPrefix(content, []byte("-----BEGIN PRIVATE KEY-----")), "PKCS#8")

	content, err = os.ReadFile(public)
	require.NoError(t, err)
	half, err := rsa.ParsePublic(content)
	require.NoError(t, err)
	require.True(t, half.Equal(&sample().PublicKey))

	if runtime.GOOS != "windows" {
		for path, mode := range map[string]fs.FileMode{private: 0o600, public: 0o644} {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, mode, info.Mode().Perm())
		}
	}
}

func TestWritePairNeverOverwritesAndLeavesNoHalf(t *testing.T) {
	t.Parallel()
	for name, there := range map[string]string{"private key there": "private.pem", "public key there": "public.pem"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(folder, there), []byte("precious"), 0o600))

			err := parseSample(t).WritePair(filepath.Join(folder, "private.pem"), filepath.Join(folder, "public.pem"))
			require.ErrorIs(t, err, fs.ErrExist)
			require.ErrorContains(t, err, there)

			entries, err := os.ReadDir(folder)
			require.NoError(t, err)
			require.Len(t, entries, 1, "no half of the pair is left")
			content, err := os.ReadFile(filepath.Join(folder, there))
			require.NoError(t, err)
			require.Equal(t, "precious", string(content))
		})
	}
	folder := t.TempDir()
	require.Error(t, parseSample(t).WritePair(filepath.Join(folder, "no", "private.pem"), filepath.Join(folder, "public.pem")))
	require.Error(t, parseSample(t).WritePair(filepath.Join(folder, "one.pem"), filepath.Join(folder, "one.pem")))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)
}
