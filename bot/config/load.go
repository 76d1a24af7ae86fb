package config

import (
	"errors"
	"slices"

	"roombot/bot/config/schema"
	"roombot/bot/engine"
	"roombot/bot/policy"
	"roombot/bot/policy/request"
)

func decode(root schema.Value, content []byte, commands []string) (*Config, error) {
	c := &Config{commands: commands, policyText: policyText{path: root.File(), content: content}}
	return c.decode(root, func() Problems { return c.loadPolicy(commands) })
}

func (c *Config) decode(root schema.Value, loadPolicy func() Problems) (*Config, error) {
	c.env = root.Env()
	unused, problems := root.Decode(c)
	problems = append(problems, loadPolicy()...)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	c.ignoredKeys, c.literalSecrets = unused, root.LiteralSecrets()
	c.inherit()
	if file := c.Roombot.Store.File(); file != "" {
		c.Roombot.Store.Address = engine.FileAddress(root.ResolvePath(file))
	}
	if file := c.Roombot.Audit.File; file != "" {
		c.Roombot.Audit.File = root.ResolvePath(file)
	}
	return c, nil
}

// inherit gives components the global values of the keys that they do not set.
func (c *Config) inherit() {
	for _, component := range []*ComponentServer{&c.Pod, &c.Agent.ComponentServer, &c.KeyManager, &c.SessionAuth} {
		component.inherit(c.Server)
	}
	c.KeyAuth.inherit(c.KeyManager.Server)
}

// loadPolicy compiles the rules of the file itself or of the file that it names.
func (c *Config) loadPolicy(commands []string) Problems {
	rules := c.Roombot.Policy
	if rules.IsText() {
		var file schema.FilePath
		if _, problems := rules.Decode(&file); len(problems) > 0 {
			return problems
		}
		c.policyFile = string(file)
		var err error
		if c.policyText = readPolicyText(c.policyFile); c.policyText.err != nil {
			return asProblems(c.policyText.err)
		}
		if rules, err = policy.Parse(c.policyFile, c.policyText.content, rules.Env()); err != nil {
			return asProblems(err)
		}
	}
	compiled, err := c.compilePolicy(rules)
	c.Policy = compiled
	return asProblems(err)
}

// compilePolicy compiles the rules, and runs the tests that stand in them.
func (c *Config) compilePolicy(rules schema.Value) (*policy.Policy, error) {
	p, err := policy.Compile(rules, policy.Options{Commands: slices.Clone(c.commands), Contact: c.Roombot.Replies.Contact})
	if err != nil {
		return nil, err
	}
	if err := p.RunTests(request.Reader()).Err(); err != nil {
		return nil, err
	}
	return p, nil
}

func asProblems(err error) Problems {
	problems, _ := errors.AsType[Problems](err)
	return problems
}
