package config

import (
	"errors"
	"slices"

	"roombot/bot/config/schema"
	"roombot/bot/engine"
	"roombot/bot/policy"
)

func decode(root schema.Value, commands []string) (*Config, error) {
	c := &Config{}
	unused, faults := root.Decode(c)
	faults = append(faults, c.loadPolicy(commands)...)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	c.ignored = unused
	c.inherit()
	if file := c.Roombot.Store.File(); file != "" {
		c.Roombot.Store.Address = engine.FileAddress(root.Resolve(file))
	}
	return c, nil
}

// inherit replaces what components leave open by the global values.
func (c *Config) inherit() {
	for _, client := range []*Client{&c.Pod, &c.Agent.Client, &c.KeyManager, &c.SessionAuth} {
		client.inherit(c.Server)
	}
	c.KeyAuth.inherit(c.KeyManager.Server)
}

// loadPolicy compiles the rules, which stand in the file itself or in the one it names.
func (c *Config) loadPolicy(commands []string) Faults {
	rules := c.Roombot.Policy
	if rules.IsText() {
		var file schema.File
		if _, faults := rules.Decode(&file); len(faults) > 0 {
			return faults
		}
		var err error
		if rules, err = schema.Read(string(file), rules.Env()); err != nil {
			return asFaults(err)
		}
	}
	compiled, err := policy.Compile(rules, policy.Options{Commands: slices.Clone(commands), Contact: c.Roombot.Replies.Contact})
	c.Policy = compiled
	return asFaults(err)
}

func asFaults(err error) Faults {
	faults, _ := errors.AsType[Faults](err)
	return faults
}
