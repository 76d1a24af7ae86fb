package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"roombot/rsa"
)

func keygenCommand(io streams) *cobra.Command {
	var dir string
	var bits int
	c := &cobra.Command{
		Use:   "keygen",
		Short: "Make the key pair of a service account",
		Long: `Makes an RSA key pair and writes it to two files:

    privatekey.pem   stays with the bot, readable by its owner only
    publickey.pem    goes to Symphony: Admin & Compliance portal, the service
                     account, "Authentication", RSA, paste

The folder is made when it is missing. Existing files are never overwritten.`,
		Example: "  bot keygen --dir /etc/roombot",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if bits < rsa.MinimumBits {
				return usageError("--bits %d: Symphony takes keys of %d bits or more; %d is recommended", bits, rsa.MinimumBits, rsa.DefaultBits)
			}
			private, public := filepath.Join(dir, "privatekey.pem"), filepath.Join(dir, "publickey.pem")
			key, err := createKeyPair(bits, private, public)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(io.out, "private key  %s\npublic key   %s\nfingerprint  %s\n", private, public, key.Fingerprint())
			fmt.Fprintln(io.err, "Upload the public key to the service account in the Admin & Compliance portal. Keep the private key secret.")
			return err
		},
	}
	c.Flags().StringVar(&dir, "dir", ".", "folder for the two files")
	c.Flags().IntVar(&bits, "bits", rsa.DefaultBits, "size of the key")
	completeFolders(c, "dir")
	return c
}

// createKeyPair makes a key pair and writes it. It looks for existing files first, since a key
// takes seconds to make.
func createKeyPair(bits int, private, public string) (*rsa.Key, error) {
	if err := os.MkdirAll(filepath.Dir(private), 0o700); err != nil {
		return nil, fmt.Errorf("folder of the keys: %w", err)
	}
	for _, path := range []string{private, public} {
		if _, err := os.Lstat(path); err == nil {
			return nil, fmt.Errorf("%s exists and is not overwritten: move it away or choose another folder with --dir", path)
		}
	}
	key, err := rsa.Generate(bits)
	if err != nil {
		return nil, err
	}
	if err := key.WritePair(private, public); err != nil {
		return nil, err
	}
	return key, nil
}
