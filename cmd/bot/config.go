package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"roombot/bot/config"
	"roombot/commands"
)

// configFlag adds the flag that names the configuration file, to subcommands too.
func configFlag(c *cobra.Command, path *string) {
	c.PersistentFlags().StringVarP(path, "config", "c", "config.json", "configuration file, JSON or YAML")
	_ = c.MarkPersistentFlagFilename("config", "json", "yaml", "yml")
}

// loadConfig reads the configuration. Its policy may name existing commands only.
func loadConfig(path string) (*config.Config, error) {
	if err := checkConfigExists(path); err != nil {
		return nil, err
	}
	return config.Load(path, os.LookupEnv, commandNames()...)
}

// loadConfigWithoutPolicy reads the configuration for what is done beside a bot, such as an
// emergency stop. The text of the policy may be faulty, while the bot goes on with the one before.
func loadConfigWithoutPolicy(path string) (*config.Config, error) {
	if err := checkConfigExists(path); err != nil {
		return nil, err
	}
	return config.LoadWithoutPolicy(path, os.LookupEnv)
}

func checkConfigExists(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no configuration %s: name yours with --config (without one there is %s sandbox)", path, programName)
	}
	return nil
}

// commandNames are the commands that a policy may name.
func commandNames() []string { return new(commands.Env).Commands().Names() }
