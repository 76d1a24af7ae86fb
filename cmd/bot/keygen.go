package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"roombot/rsa"
)

// keyPair are the files of a key pair.
type keyPair struct{ private, public string }

func keyPairIn(dir string) keyPair {
	return keyPair{filepath.Join(dir, "privatekey.pem"), filepath.Join(dir, "publickey.pem")}
}

// next are the files of the pair that is to replace this one.
func (k keyPair) next() keyPair { return keyPair{nextKeyFile(k.private), nextKeyFile(k.public)} }

// nextKeyFile is where the successor of a key waits: privatekey.new.pem for privatekey.pem.
func nextKeyFile(path string) string {
	kind := filepath.Ext(path)
	return strings.TrimSuffix(path, kind) + ".new" + kind
}

func keygenCommand(io streams) *cobra.Command {
	var dir string
	var bits int
	var rotate bool
	c := &cobra.Command{
		Use:   "keygen",
		Short: "Make the key pair of a service account",
		Long: `Makes an RSA key pair and writes it to two files:

    privatekey.pem   stays with the bot, readable by its owner only
    publickey.pem    goes to Symphony: Admin & Compliance portal, the service
                     account, "Authentication", RSA, paste

The folder is made when it is missing. Existing files are never overwritten.

With --rotate the pair is written beside the one in use, as privatekey.new.pem
and publickey.new.pem. The bot goes on with the old one until the new one takes
its place, and needs no stop; docs/operations.md, "Rotating the key", has the
steps in their order.`,
		Example: `  bot keygen --dir /etc/roombot
  bot keygen --rotate --dir /etc/roombot`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if bits < rsa.MinimumBits {
				return usageError("--bits %d: Symphony takes keys of %d bits or more; %d is recommended", bits, rsa.MinimumBits, rsa.DefaultBits)
			}
			files := keyPairIn(dir)
			if rotate {
				if _, err := os.Lstat(files.private); errors.Is(err, fs.ErrNotExist) {
					return fmt.Errorf("there is no %s to rotate: name its folder with --dir, or make the first pair without --rotate", files.private)
				}
				files = files.next()
			}
			return runKeygen(io, bits, files, rotate)
		},
	}
	c.Flags().StringVar(&dir, "dir", ".", "folder for the two files")
	c.Flags().IntVar(&bits, "bits", rsa.DefaultBits, "size of the key")
	c.Flags().BoolVar(&rotate, "rotate", false, "write the pair beside the one in use, to take its place later")
	completeFolders(c, "dir")
	return c
}

func runKeygen(io streams, bits int, files keyPair, rotate bool) error {
	key, err := createKeyPair(bits, files)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(io.out, "private key  %s\npublic key   %s\nfingerprint  %s\n", files.private, files.public, key.Fingerprint())
	if open := writableFolder(filepath.Dir(files.private)); open != "" {
		fmt.Fprintf(io.err, "Warning: other users can write to the folder %s and replace the key: run chmod go-w on it.\n", open)
	}
	if rotate {
		fmt.Fprintln(io.err, "Nothing has changed for the bot. Paste the public key into the Admin & Compliance portal, where the old one stays good "+
			"for 72 hours, and run "+programName+" check: it says when the new private key may take the old one's place.")
		return err
	}
	fmt.Fprintln(io.err, "Upload the public key to the service account in the Admin & Compliance portal. Keep the private key secret.")
	return err
}

// createKeyPair makes a key pair and writes it. It looks for existing files first, since a key
// takes seconds to make.
func createKeyPair(bits int, files keyPair) (*rsa.Key, error) {
	if err := os.MkdirAll(filepath.Dir(files.private), 0o700); err != nil {
		return nil, fmt.Errorf("folder of the keys: %w", err)
	}
	for _, path := range []string{files.private, files.public} {
		if _, err := os.Lstat(path); err == nil {
			return nil, fmt.Errorf("%s exists and is not overwritten: move it away or choose another folder with --dir", path)
		}
	}
	key, err := rsa.Generate(bits)
	if err != nil {
		return nil, err
	}
	if err := key.WritePair(files.private, files.public); err != nil {
		return nil, err
	}
	return key, nil
}

// writableFolder returns the folder, or the one above it, in which others can put another file in
// place of the key; empty if there is none. Above, a sticky folder such as /tmp is safe.
func writableFolder(dir string) string {
	if runtime.GOOS == "windows" {
		return "" // the bits mean nothing there
	}
	resolved, err := filepath.Abs(dir)
	if err == nil {
		resolved, err = filepath.EvalSymlinks(resolved)
	}
	if err != nil {
		return ""
	}
	for folder, own := resolved, true; ; folder, own = filepath.Dir(folder), false {
		info, err := os.Stat(folder)
		isOpen := err == nil && info.Mode().Perm()&0o022 != 0
		if isOpen && (own || info.Mode()&fs.ModeSticky == 0) {
			return folder
		}
		if folder == filepath.Dir(folder) {
			return ""
		}
	}
}
