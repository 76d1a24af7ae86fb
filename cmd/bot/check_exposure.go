package main

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"roombot/bot/config"
	"roombot/bot/engine"
)

// What the bot works with although strangers may get at it.

// isOnThisMachine reports whether what goes to the host stays on this machine: it is a loopback
// address, or a Unix socket.
func isOnThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasPrefix(host, "/") || ip != nil && ip.IsLoopback()
}

// plainComponents are those components by address that the bot calls over plain http although they
// are on other machines.
func plainComponents(c *config.Config) []string {
	routes := c.Endpoints()
	used := append([]string{routes.Pod}, routes.Agents...)
	if usesCertificate(c) {
		used = append(used, routes.SessionAuth, routes.KeyAuth)
	} else {
		used = append(used, routes.KeyManager)
	}
	plain := slices.DeleteFunc(used, func(address string) bool { return !isPlain(address) })
	slices.Sort(plain)
	return slices.Compact(plain)
}

// isPlain reports whether the base URL of a component is plain http to another machine.
func isPlain(address string) bool {
	rest, plain := strings.CutPrefix(address, "http://")
	authority, _, _ := strings.Cut(rest, "/")
	host, _, err := net.SplitHostPort(authority)
	return plain && (err != nil || !isOnThisMachine(host))
}

// refusePlainHTTP is an error where the bot would send tokens and messages in the clear and the
// configuration does not say that this is wanted.
func refusePlainHTTP(c *config.Config) error {
	plain := plainComponents(c)
	if len(plain) == 0 || c.Roombot.Insecure {
		return nil
	}
	const remedy = "set scheme to https, or roombot.insecure to true where the way is protected otherwise"
	return fmt.Errorf("%s: plain http shows tokens and messages to everybody on the way; %s", joinNames(plain), remedy)
}

// plainHTTPWarnings are the warnings about a component's address.
func plainHTTPWarnings(address string, insecure bool) []string {
	if !isPlain(address) {
		return nil
	}
	warning := "plain http shows tokens and messages to everybody on the way: set scheme to https"
	if !insecure {
		warning += "; " + programName + " run refuses it unless roombot.insecure is true"
	}
	return []string{warning}
}

// databaseWarnings are the warnings about the way to the database.
func databaseWarnings(store engine.Address) []string {
	hosts := slices.DeleteFunc(store.UnverifiedHosts(), isOnThisMachine)
	if len(hosts) == 0 {
		return nil
	}
	return []string{joinNames(hosts) + " need not prove to be the database, or may be spoken to in the clear: add sslmode=verify-full to roombot.store"}
}

// listenWarnings are the warnings about the address of the health page. Addresses of private
// networks are taken to be within the company.
func listenWarnings(listen string) []string {
	host, _, err := net.SplitHostPort(listen)
	ip := net.ParseIP(host)
	if err != nil || isOnThisMachine(host) || ip != nil && ip.IsPrivate() {
		return nil
	}
	return []string{"the page asks for no password, and other networks may reach it there: listen on 127.0.0.1 or an address of your own network"}
}

// Rights that nobody else should have to a file, as permission bits.
const (
	anyRight    fs.FileMode = 0o077 // of a file with secrets or texts
	writeRight  fs.FileMode = 0o022 // of a file without secrets
	changeRight fs.FileMode = 0o026 // of a file of rules, which the bot's group may read
)

// fileWarnings are the warnings about the files to which others have one of the rights, and about
// their folders. Files that are not there have none. The bits mean nothing on Windows.
func fileWarnings(rights fs.FileMode, mode string, paths ...string) []string {
	var warnings []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&rights != 0 {
			warnings = append(warnings, fmt.Sprintf("other users can read or change %s: run chmod %s on it", path, mode))
		}
	}
	return append(warnings, folderWarnings(paths...)...)
}

// folderWarnings are the warnings about folders in which others can put another file in the place
// of one that is there.
func folderWarnings(paths ...string) []string {
	var open []string
	for _, path := range paths {
		if path == "" || isMissing(path) {
			continue
		}
		if folder := writableFolder(filepath.Dir(path)); folder != "" && !slices.Contains(open, folder) {
			open = append(open, folder)
		}
	}
	var warnings []string
	for _, folder := range open {
		warnings = append(warnings, fmt.Sprintf("other users can write to the folder %s and put another file in the place of this one: run chmod go-w on it", folder))
	}
	return warnings
}

// configFileWarnings are the warnings about the rights to the configuration: whoever can change it
// can become the bot, and whoever can read a secret in it too.
func configFileWarnings(c *config.Config, path string) []string {
	secrets := c.LiteralSecrets()
	if len(secrets) == 0 {
		return fileWarnings(writeRight, "go-w", path)
	}
	warnings := fileWarnings(anyRight, "600", path)
	if len(warnings) > 0 {
		warnings = append(warnings, "it holds secrets: "+joinNames(secrets)+" (better by ${NAME}, or in a file of their own)")
	}
	return warnings
}

// storeFiles are the files of a store, none for a database.
func storeFiles(store engine.Address) []string {
	if store.IsPostgres() {
		return nil
	}
	return []string{store.File(), store.File() + "-wal", store.File() + "-shm"}
}
