// Package config reads the bot's configuration: the vendor's BDK keys, spelt as in the Java and
// Python kits, plus keys of ours: `roombot`, and passphrases. JSON and YAML are read by the same
// schema.
// Everything wrong with the file is reported at once, each problem with its path, line, column and
// what to write instead; secrets and values of environment variables are never printed.
package config

import (
	"roombot/bot/config/schema"
	"roombot/bot/policy"
)

// Problems is everything that is wrong with the configuration or the policy, in the order of the
// file. Load's error is of this type.
type Problems = schema.Problems

// Secret is a text that no log, error or encoder prints; Reveal gives it.
type Secret = schema.Secret

// Config is a whole configuration file, checked, its defaults filled in and its paths resolved.
type Config struct {
	schema.Keys
	Server

	Pod         ComponentServer `config:"pod" doc:"the pod, where it is not the global host"`
	Agent       Agent           `config:"agent" doc:"the agent, where it is not the global host"`
	KeyManager  ComponentServer `config:"keyManager" doc:"the key manager, where it is not the global host"`
	SessionAuth ComponentServer `config:"sessionAuth" doc:"the host of certificate logins"`
	KeyAuth     ComponentServer `config:"keyAuth" doc:"the key manager's host of certificate logins; the key manager's own by default"`

	Bot       ServiceAccount `config:"bot,required" doc:"the service account" eg:"{\"username\": \"roombot\", \"privateKey\": {\"path\": \"privatekey.pem\"}}"`
	SSL       SSL            `config:"ssl"`
	Retry     Retry          `config:"retry"`
	Datafeed  FeedSettings   `config:"datafeed"`
	CommonJWT CommonJWT      `config:"commonJwt"`

	App        schema.Value `config:"app,unused" doc:"extension app (BDK)"`
	Datahose   schema.Value `config:"datahose,unused" doc:"datahose (BDK)"`
	Manifest   schema.Value `config:"manifest,unused" doc:"manifest file (Python BDK)"`
	Version    schema.Value `config:"_version,unused" doc:"version of the file's form (BDK)"`
	Extensions schema.Value `config:"extensions,unused" doc:"BDK extensions"`

	Roombot Roombot `config:"roombot"`

	// Policy is what `roombot.policy` says, compiled. Without one it allows /help only.
	Policy *policy.Policy `config:"-"`

	ignoredKeys    []string
	literalSecrets []string
	policyFile     string

	policyText policyText
	env        func(name string) (string, bool)
	commands   []string // that rules may name
}

// PolicyFile is the path of the file that holds the rules, empty where the configuration itself
// holds them.
func (c *Config) PolicyFile() string { return c.policyFile }

// IgnoredKeys lists the paths of the keys in the file that the vendor's kits know and Roombot does
// not use, in the file's order.
func (c *Config) IgnoredKeys() []string { return c.ignoredKeys }

// LiteralSecrets lists the paths of the keys, passwords and headers that stand in the file itself
// and not by ${NAME}.
func (c *Config) LiteralSecrets() []string { return c.literalSecrets }

// Load reads the file at path, JSON or YAML, of at most a megabyte. Paths in it are relative to its
// folder; env answers `${NAME}` (os.LookupEnv in the program). The policy's rules may name only the
// given commands; with none given, any. The error is a Problems and holds everything that is wrong.
func Load(path string, env func(name string) (string, bool), commands ...string) (*Config, error) {
	content, err := schema.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, content, env, commands...)
}

// LoadWithoutPolicy is Load for what needs no policy: its faults do not count.
func LoadWithoutPolicy(path string, env func(name string) (string, bool)) (*Config, error) {
	content, err := schema.ReadFile(path)
	if err != nil {
		return nil, err
	}
	root, err := parse(path, content, env)
	if err != nil {
		return nil, err
	}
	return new(Config).decode(root, func() Problems { return nil })
}

// Parse is Load for content that the caller has read. The file that path names need not exist.
func Parse(path string, content []byte, env func(name string) (string, bool), commands ...string) (*Config, error) {
	root, err := parse(path, content, env)
	if err != nil {
		return nil, err
	}
	return decode(root, content, commands)
}

func parse(path string, content []byte, env func(name string) (string, bool)) (schema.Value, error) {
	root, err := schema.Parse(path, content, env)
	return root, schema.WithFixOfEmpty(err, `write at least "host" and "bot"`)
}

// Keys lists every key of the file, for documentation.
func Keys() []schema.Entry { return schema.Describe(Config{}) }
