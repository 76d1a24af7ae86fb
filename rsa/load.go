package rsa

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// maxFileSize bounds what is read: a PEM of MaximumBits is 13 kB; a bundle with a chain stays far
// below this.
const maxFileSize = 256 << 10

// Load reads a private key from a PEM file, as Parse does. A missing or unreadable file answers
// errors.Is for fs.ErrNotExist and fs.ErrPermission, one over 256 KiB for ErrTooLarge. A file that
// others may read loads with a warning.
func Load(path string) (*Key, error) { return LoadEncrypted(path, "") }

// LoadEncrypted is Load for a key that may be encrypted, as ParseEncrypted is Parse.
func LoadEncrypted(path, passphrase string) (*Key, error) {
	content, info, err := readKeyFile(path)
	if err != nil {
		return nil, err
	}
	key, err := ParseEncrypted(content, passphrase)
	if err != nil {
		return nil, fmt.Errorf("private key %s: %w", path, err)
	}
	key.warnings = append(permissionWarnings(path, info.Mode()), key.warnings...)
	return key, nil
}

func readKeyFile(path string) ([]byte, fs.FileInfo, error) {
	// Without O_NONBLOCK, opening a named pipe that nobody writes to would hang; one that a secret
	// store writes to is welcome.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, openError(path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("private key %s: %w", path, err)
	}
	if info.IsDir() {
		return nil, nil, newKeyError(fs.ErrInvalid, "private key %s is a folder: give the path of the PEM file in it", path)
	}
	content, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read private key %s: %w", path, err)
	}
	if len(content) > maxFileSize {
		return nil, nil, newKeyError(ErrTooLarge, "%s is over %d kB, too large for a private key: check the path", path, maxFileSize>>10)
	}
	return content, info, nil
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newKeyError(err, "private key %s does not exist: check the path, or generate a pair", path)
	case errors.Is(err, fs.ErrPermission):
		return newKeyError(err, "private key %s cannot be read by this user: "+
			"make the bot's user its owner, with permissions 0600", path)
	}
	return fmt.Errorf("open private key: %w", err)
}

func permissionWarnings(path string, mode fs.FileMode) []string {
	if runtime.GOOS == "windows" || !mode.IsRegular() || mode.Perm()&0o077 == 0 {
		return nil // Windows invents these bits
	}
	return []string{fmt.Sprintf("private key %s can be read by other users (permissions %04o): run chmod 600 on it",
		path, mode.Perm())}
}
