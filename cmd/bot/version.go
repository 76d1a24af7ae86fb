package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// releaseVersion is the version of this source: the newest one in CHANGELOG.md.
const releaseVersion = "v0.1.0"

// version and commit are set by make, and by builds that have a version of their own:
// -ldflags "-X main.version=v0.1.0-acme.1 -X main.commit=0123456789ab". A commit may end in -dirty.
var version, commit string

// versionInfo is what bot version prints.
type versionInfo struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Modified bool   `json:"modified,omitempty"` // the source differs from the commit
	Go       string `json:"go"`
}

func currentBuild() versionInfo {
	v := versionInfo{Version: cmp.Or(version, releaseVersion), Go: runtime.Version()}
	v.Commit, v.Modified = strings.CutSuffix(commit, "-dirty")
	info, ok := debug.ReadBuildInfo()
	if !ok || commit != "" {
		return v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = s.Value[:min(12, len(s.Value))]
		case "vcs.modified":
			v.Modified = s.Value == "true"
		}
	}
	return v
}

// String is the version on one line, such as "v0.1.0 (0123456789ab, modified) go1.26.0".
func (v versionInfo) String() string {
	source := v.Commit
	if v.Modified {
		source += ", modified"
	}
	if source == "" {
		return v.Version + " " + v.Go
	}
	return v.Version + " (" + source + ") " + v.Go
}

func versionCommand(io streams) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := currentBuild()
			if asJSON {
				return json.NewEncoder(io.out).Encode(v)
			}
			_, err := fmt.Fprintln(io.out, "roombot", v)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}
