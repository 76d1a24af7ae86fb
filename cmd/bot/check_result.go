package main

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"roombot/symphony"
)

// checkResult is the outcome of one check.
type checkResult struct {
	Name   string     `json:"name"`
	Level  checkLevel `json:"level"`
	Detail string     `json:"detail,omitempty"`
	Remedy string     `json:"remedy,omitempty"`
	err    error
}

// checkLevel says whether a check passed.
type checkLevel string

const (
	levelOK      checkLevel = "ok"
	levelWarning checkLevel = "warning" // everything else works without it
	levelFailed  checkLevel = "failed"
)

func (l checkLevel) mark() string {
	return map[checkLevel]string{levelOK: "✓", levelWarning: "!", levelFailed: "✗"}[l]
}

// passedCheck is the result of a check that passed, or passed with warnings.
func passedCheck(name, detail string, warnings ...string) checkResult {
	return checkResult{Name: name, Level: levelOK, Detail: detail}.withWarnings(warnings...)
}

// withWarnings adds warnings to a check that did not fail.
func (f checkResult) withWarnings(warnings ...string) checkResult {
	if f.Level == levelFailed {
		return f
	}
	for _, w := range warnings {
		f.Level = levelWarning
		if f.Remedy != "" {
			f.Remedy += "; "
		}
		f.Remedy += w
	}
	return f
}

func failedCheck(name, detail string, err error, remedy string) checkResult {
	cause := withoutURL(err)
	if detail != "" {
		cause = detail + ": " + cause
	}
	return checkResult{Name: name, Level: levelFailed, Detail: cause, Remedy: remedy, err: err}
}

// withoutURL is the error's text without the method and address that net/http adds.
func withoutURL(err error) string {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	return symphony.ErrorDetail(err)
}

// firstFailure returns the first failed check, or nil.
func firstFailure(results []checkResult) *checkResult {
	i := slices.IndexFunc(results, func(f checkResult) bool { return f.Level == levelFailed })
	if i < 0 {
		return nil
	}
	return &results[i]
}

func printResults(io streams, results []checkResult) {
	for _, f := range results {
		fmt.Fprintf(io.out, "%s %-14s %s\n", f.Level.mark(), f.Name, f.Detail)
		if f.Remedy != "" {
			fmt.Fprintf(io.out, "  %-14s → %s\n", "", f.Remedy)
		}
	}
}
