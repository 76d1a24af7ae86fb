package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
)

// finding is the outcome of one check.
type finding struct {
	Name   string `json:"name"`
	Level  level  `json:"level"`
	Detail string `json:"detail,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	err    error
}

// level says how bad a finding is.
type level string

const (
	fine    level = "ok"
	warning level = "warning" // everything else works without it
	broken  level = "failed"
)

func (l level) mark() string {
	return map[level]string{fine: "✓", warning: "!", broken: "✗"}[l]
}

// found is a finding that all is well, unless warnings are given.
func found(name, detail string, warnings ...string) finding {
	f := finding{Name: name, Level: fine, Detail: detail}
	for _, w := range warnings {
		f.Level = warning
		if f.Remedy != "" {
			f.Remedy += "; "
		}
		f.Remedy += w
	}
	return f
}

func failed(name, detail string, err error, remedy string) finding {
	cause := plain(err)
	if detail != "" {
		cause = detail + ": " + cause
	}
	return finding{Name: name, Level: broken, Detail: cause, Remedy: remedy, err: err}
}

// plain drops what http wraps around the cause.
func plain(err error) string {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	return err.Error()
}

// worst is the first failure, nil if there is none.
func worst(findings []finding) *finding {
	i := slices.IndexFunc(findings, func(f finding) bool { return f.Level == broken })
	if i < 0 {
		return nil
	}
	return &findings[i]
}

func report(io streams, findings []finding) {
	for _, f := range findings {
		fmt.Fprintf(io.out, "%s %-14s %s\n", f.Level.mark(), f.Name, f.Detail)
		if f.Remedy != "" {
			fmt.Fprintf(io.out, "  %-14s → %s\n", "", f.Remedy)
		}
	}
}
