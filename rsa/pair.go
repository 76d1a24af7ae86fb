package rsa

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// WritePair writes the private key (PKCS#8, permissions 0600) and the public one
// (SubjectPublicKeyInfo, 0644). It never overwrites: when either path exists it is fs.ErrExist and
// neither file is touched. After an error no file of the pair is left behind.
func (k *Key) WritePair(privatePath, publicPath string) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return fmt.Errorf("encode the private key: %w", err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})

	// The public half first: a crash between the two leaves a file that is no secret and of no use.
	if err := createFile(publicPath, k.PublicPEM(), 0o644); err != nil {
		return err
	}
	if err := createFile(privatePath, private, 0o600); err != nil {
		return errors.Join(err, os.Remove(publicPath))
	}
	if err := syncFolders(privatePath, publicPath); err != nil {
		return errors.Join(err, os.Remove(privatePath), os.Remove(publicPath))
	}
	return nil
}

// createFile makes the file with its content or not at all; a file that was there before stays as
// it is.
func createFile(path string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return newKeyError(err, "%s exists and is not overwritten: move it away or choose another name", path)
	}
	if err != nil {
		return fmt.Errorf("create key file: %w", err)
	}
	if err := writeFile(file, content, mode); err != nil {
		return errors.Join(fmt.Errorf("write key file %s: %w", path, err), os.Remove(path))
	}
	return nil
}

func writeFile(file *os.File, content []byte, mode fs.FileMode) error {
	// The umask may have taken bits away; it is the documented mode that counts.
	err := file.Chmod(mode)
	if err == nil {
		_, err = file.Write(content)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

func syncFolders(paths ...string) error {
	for _, path := range paths {
		folder, err := os.Open(filepath.Dir(path))
		if err != nil {
			return fmt.Errorf("open the folder of %s: %w", path, err)
		}
		// Not every file system can sync a folder, and the files themselves are on disk already.
		_ = folder.Sync()
		if err := folder.Close(); err != nil {
			return fmt.Errorf("close the folder of %s: %w", path, err)
		}
	}
	return nil
}
