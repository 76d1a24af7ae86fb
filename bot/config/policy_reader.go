package config

import (
	"bytes"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
)

// PolicyReader reads the policy again when its text has changed: that of the policy's own file, or
// of the configuration where the policy stands in it.
type PolicyReader struct {
	config  *Config
	path    string
	current []byte // the text that was read last
	fresh   []byte // a text that differs, until it was seen twice
	failure string // why the text could not be read the last time
}

// PolicyReader begins with the text as it is now.
func (c *Config) PolicyReader() *PolicyReader {
	r := &PolicyReader{config: c, path: c.policyFile}
	if r.path == "" {
		r.path = c.file
	}
	r.current, _ = schema.ReadFile(r.path)
	return r
}

// Read gives the policy once its text has changed and was the same at two calls in a row, so that
// no half-written file is taken. It gives nil otherwise. The error is a Problems with everything
// that is wrong; each text's is given once.
func (r *PolicyReader) Read() (*policy.Policy, error) {
	content, err := schema.ReadFile(r.path)
	if err != nil {
		return nil, r.noteFailure(err)
	}
	r.failure = ""
	switch {
	case bytes.Equal(content, r.current):
		r.fresh = nil
		return nil, nil
	case !bytes.Equal(content, r.fresh):
		r.fresh = content
		return nil, nil
	}
	r.current, r.fresh = content, nil
	if r.config.policyFile == "" {
		changed, err := Parse(r.path, content, r.config.env, r.config.commands...)
		if err != nil {
			return nil, err
		}
		return changed.Policy, nil
	}
	rules, err := schema.Parse(r.path, content, r.config.env)
	if err != nil {
		return nil, err
	}
	return r.config.compilePolicy(rules)
}

// noteFailure returns an error that is new and was seen twice: a file may be away for a moment
// while it is replaced.
func (r *PolicyReader) noteFailure(err error) error {
	const once = "seen once: "
	switch text := err.Error(); r.failure {
	case text:
		return nil
	case once + text:
		r.failure = text
		return err
	default:
		r.failure = once + text
		return nil
	}
}
