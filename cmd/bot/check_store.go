package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"roombot/bot/engine"
)

// checkStore tests that the folder and file of the store can be written, or that the database
// answers, and that what is there is a store. It warns of one that others can get at.
func checkStore(ctx context.Context, store engine.Address) checkResult {
	warnings := append(databaseWarnings(store), fileWarnings(anyRight, "600", storeFiles(store)...)...)
	return openStore(ctx, store).withWarnings(warnings...)
}

func openStore(ctx context.Context, store engine.Address) checkResult {
	if !store.IsPostgres() {
		there, err := isWritable(store.File())
		if err != nil {
			return failedCheck("store", "", err, storeRemedy(store, err))
		}
		if !there {
			return passedCheck("store", store.String()+", will be made at the start")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	inspector, err := engine.Inspect(ctx, store)
	if err == nil {
		err = errors.Join(inspector.CheckDamage(ctx), checkTriggers(ctx, inspector), inspector.Close())
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

// errTrigger says that the store has triggers.
var errTrigger = errors.New("they can keep entries out of the audit record, and change what the bot stores")

func checkTriggers(ctx context.Context, store *engine.Inspector) error {
	triggers, err := store.Triggers(ctx)
	if err != nil || len(triggers) == 0 {
		return err
	}
	var told []string
	for _, t := range triggers {
		told = append(told, t.String())
	}
	return fmt.Errorf("%s: %w", strings.Join(told, "; "), errTrigger)
}

// storeRemedy is what to do about a store that does not open.
func storeRemedy(store engine.Address, err error) string {
	_, unwritable := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, engine.ErrLocked):
		return "Stop the other bot, or set roombot.store to another file; several share only a PostgreSQL database."
	case errors.Is(err, engine.ErrDamaged):
		return "Stop the bot and restore a backup, as docs/operations.md says under Backup and restore."
	case errors.Is(err, errTrigger):
		return "Find out who has made it, and what is missing since then; then drop it."
	case errors.Is(err, engine.ErrDanglingLink):
		return "Set roombot.store to the file itself."
	case errors.Is(err, engine.ErrNewer):
		return "Run that version, or set roombot.store to a new one."
	case store.IsPostgres():
		return "Check the address in roombot.store, and that the database lets this user in."
	case unwritable:
		return "Give the bot's user the right to write there, or set roombot.store."
	}
	return "Let roombot.store name a file of the bot's own, or one that is not there yet."
}

// isWritable reports whether the file is there. It is an error when the file can neither be written
// nor made; the bot makes what is missing of its folder.
func isWritable(file string) (there bool, err error) {
	folder := filepath.Dir(file)
	for isMissing(folder) && folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
	}
	probe, err := os.CreateTemp(folder, ".roombot-check-*")
	if err != nil {
		return false, err
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return false, err
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Lstat(file); err == nil {
			return false, engine.ErrDanglingLink
		}
		return false, nil
	case err == nil && !info.Mode().IsRegular():
		return true, nil // refused by the engine; to open it might wait or do something
	}
	opened, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return true, err
	}
	return true, opened.Close()
}

func isMissing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
