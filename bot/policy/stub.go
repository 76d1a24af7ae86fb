package policy

import "roombot/bot/config/schema"

type rule struct{}

func compile(schema.Value, Options) (*Policy, error) { return &Policy{}, nil }

// Decide answers ask.
func (p *Policy) Decide(Ask) Decision { return Decision{} }
