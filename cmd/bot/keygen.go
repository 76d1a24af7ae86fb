package main

import (
	"fmt"
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

Existing files are never overwritten.`,
		Example: "  bot keygen --dir /etc/roombot",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if bits < 2048 {
				return usage("--bits %d: Symphony takes keys of 2048 bits or more; 4096 is recommended", bits)
			}
			private, public := filepath.Join(dir, "privatekey.pem"), filepath.Join(dir, "publickey.pem")
			key, err := rsa.Generate(bits)
			if err != nil {
				return err
			}
			if err := key.WritePair(private, public); err != nil {
				return err
			}
			_, err = fmt.Fprintf(io.out, "private key  %s\npublic key   %s\nfingerprint  %s\n", private, public, key.Fingerprint())
			fmt.Fprintln(io.err, "Upload the public key to the service account in the Admin & Compliance portal. Keep the private key secret.")
			return err
		},
	}
	c.Flags().StringVar(&dir, "dir", ".", "folder for the two files")
	c.Flags().IntVar(&bits, "bits", 4096, "size of the key")
	return c
}
