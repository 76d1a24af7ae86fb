package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"roombot/bot/config"
	"roombot/bot/engine"
)

// checkStore tests that the store's folder and file can be written to, or that the
// database answers, and that what is there is a store.
func checkStore(ctx context.Context, store config.Store) checkResult {
	if !store.Shared() {
		there, err := writable(string(store))
		if err != nil {
			return failedCheck("store", "", err, storeRemedy(store, err))
		}
		if !there {
			return passedCheck("store", store.String()+", will be made at the start")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	inspector, err := engine.Inspect(ctx, string(store))
	if err == nil {
		err = inspector.Close()
	}
	switch {
	case errors.Is(err, engine.ErrEmpty):
		return passedCheck("store", store.String()+", empty, will be set up at the start")
	case errors.Is(err, engine.ErrOlder):
		return passedCheck("store", store.String()+", of an older version, will be brought up to date at the start")
	case err != nil:
		return failedCheck("store", "", err, storeRemedy(store, err))
	}
	return passedCheck("store", store.String())
}

// storeRemedy is what to do about a store that does not open.
func storeRemedy(store config.Store, err error) string {
	_, unwritable := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, engine.ErrLocked):
		return "Stop the other bot, or set roombot.store to another file; several share only a PostgreSQL database."
	case errors.Is(err, engine.ErrNewer):
		return "Run that version, or set roombot.store to a new one."
	case store.Shared():
		return "Check the address in roombot.store, and that the database lets this user in."
	case unwritable:
		return "Give the bot's user the right to write there, or set roombot.store."
	}
	return "Let roombot.store name a file of the bot's own, or one that is not there yet."
}

// writable tells whether the file is there. It is an error when it cannot be written
// to, or not be made; of its folder the bot makes as much as is missing.
func writable(file string) (there bool, err error) {
	folder := filepath.Dir(file)
	for missing(folder) && folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
	}
	probe, err := os.CreateTemp(folder, ".roombot-check-*")
	if err != nil {
		return false, err
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return false, err
	}
	if missing(file) {
		return false, nil
	}
	opened, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return true, err
	}
	return true, opened.Close()
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
