// Package policy decides who may run which command, and says why. It is pure: no file, no clock, no network.
//
// Everything is denied that no rule allows, /help aside, which is open to everybody. Any deny rule that matches wins;
// otherwise the first allow rule that matches admits. What cannot be known (an e-mail address that Symphony does not show)
// never admits anybody, and refuses where a deny rule turns on it.
package policy

import "roombot/bot/config/schema"

// Policy is a set of rules, ready to decide. It never changes and may be used from any number of goroutines.
// The zero value and nil allow /help only.
type Policy struct {
	deny, allow []rule
	contact     string
}

// Options is what the rules are checked against and how refusals speak.
type Options struct {
	Commands []string // the commands that rules may name, without slash; empty: any
	Contact  string   // whom a refused user should ask; default "your Symphony administrators"
}

// Compile reads the rules {deny: […], allow: […]}. A missing value gives a policy that allows /help only.
// The error is a schema.Faults with everything that is wrong.
func Compile(rules schema.Value, o Options) (*Policy, error) { return compile(rules, o) }
