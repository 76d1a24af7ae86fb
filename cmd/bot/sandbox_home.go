package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"

	"github.com/rs/zerolog"

	"roombot/bot/config"
	"roombot/rsa"
)

// botName is the service account's username on the sandbox's pod.
const botName = "roombot"

// home is the folder with what a bot needs to work on the sandbox's pod.
type home struct {
	dir       string
	temporary bool
	address   string
	key       *rsa.Key
}

func openHome(dir string, at *net.TCPAddr) (*home, error) {
	h := &home{dir: dir, address: "http://" + at.String()}
	var err error
	if dir == "" {
		h.temporary = true
		h.dir, err = os.MkdirTemp("", "roombot-sandbox-")
	} else {
		// The vendor's kits take paths from the working directory, so the
		// configuration names the key by its whole path.
		if h.dir, err = filepath.Abs(dir); err == nil {
			err = os.MkdirAll(h.dir, 0o700)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("sandbox folder: %w", err)
	}
	if err = h.loadOrMakeKey(); err == nil {
		err = h.writeConfig(at)
	}
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	return h, nil
}

func (h *home) keyFile() string { return filepath.Join(h.dir, "privatekey.pem") }

// sandboxKeyBits is short, for a quick start: the key guards nothing.
const sandboxKeyBits = 2048

// loadOrMakeKey takes the key of an earlier run, or makes one.
func (h *home) loadOrMakeKey() (err error) {
	private := h.keyFile()
	if _, err = os.Stat(private); err == nil {
		h.key, err = rsa.Load(private)
		return err
	}
	if h.key, err = rsa.Generate(sandboxKeyBits); err != nil {
		return err
	}
	return h.key.WritePair(private, filepath.Join(h.dir, "publickey.pem"))
}

func (h *home) close() error {
	if h.temporary {
		return os.RemoveAll(h.dir)
	}
	return nil
}

func (h *home) runBot(ctx context.Context, io streams, verbose bool, extras botExtras) error {
	c, err := loadConfig(filepath.Join(h.dir, "config.json"))
	if err != nil {
		return err
	}
	log := zerolog.Nop()
	if verbose {
		log = newLogger(config.Log{Level: "debug", Format: "console"}, io.err)
	}
	return runBot(ctx, c, log, extras)
}
