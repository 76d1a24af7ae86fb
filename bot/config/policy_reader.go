package config

import (
	"bytes"

	"roombot/bot/config/schema"
	"roombot/bot/policy"
)

// policyText is the text in which a policy stands as it was read at one moment, or why it could not
// be read: that of the policy's own file, or of the configuration.
type policyText struct {
	path    string
	content []byte
	err     error // a Problems
}

func readPolicyText(path string) policyText {
	content, err := schema.ReadFile(path)
	return policyText{path: path, content: content, err: err}
}

func (t policyText) equals(other policyText) bool {
	if t.err != nil || other.err != nil {
		return t.err != nil && other.err != nil && t.err.Error() == other.err.Error()
	}
	return bytes.Equal(t.content, other.content)
}

// PolicyReader reads the policy again when its text has changed.
type PolicyReader struct {
	config  *Config
	current policyText // whose policy was given last
	fresh   policyText // as it was at the last call
}

// PolicyReader begins with the text that the configuration was loaded with.
func (c *Config) PolicyReader() *PolicyReader {
	return &PolicyReader{config: c, current: c.policyText, fresh: c.policyText}
}

// Read gives the policy once its text has changed and was the same at two calls in a row, so that
// no half-written file is taken. It gives nil otherwise. The error is a Problems with everything
// that is wrong with a text, or why there is none, and is given once.
func (r *PolicyReader) Read() (*policy.Policy, error) {
	text := readPolicyText(r.current.path)
	isSettled := text.equals(r.fresh)
	r.fresh = text
	if !isSettled || text.equals(r.current) {
		return nil, nil
	}
	r.current = text
	if text.err != nil {
		return nil, text.err
	}
	if r.config.policyFile == "" {
		changed, err := Parse(text.path, text.content, r.config.env, r.config.commands...)
		if err != nil {
			return nil, err
		}
		return changed.Policy, nil
	}
	rules, err := policy.Parse(text.path, text.content, r.config.env)
	if err != nil {
		return nil, err
	}
	return r.config.compilePolicy(rules)
}
