package pagetest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// axe-core of the npm registry: the version, and the digest of its package.
const (
	axePackage  = "axe-core@4.14.1"
	axeDigest   = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
	axePatience = 2 * time.Minute
)

// FindAxe gives the source of axe-core. Where npm or the network is missing the test is skipped,
// or fails where CI=true.
func FindAxe(t *testing.T) string {
	t.Helper()
	source, err := downloadAxe()
	if err != nil && os.Getenv("CI") != "true" {
		t.Skip("axe-core cannot be downloaded: ", err)
	}
	require.NoError(t, err)
	return source
}

var downloadAxe = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "axe")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, cancel := context.WithTimeout(context.Background(), axePatience)
	defer cancel()
	pack := exec.CommandContext(ctx, "npm", "pack", axePackage, "--loglevel=error", "--prefer-offline", "--ignore-scripts",
		"--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=3000", "--pack-destination", dir)
	if output, err := pack.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, output)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("npm pack made %q: %w", found, err)
	}
	archive, err := os.ReadFile(found[0])
	if err != nil {
		return "", err
	}
	if sum := sha512.Sum512(archive); base64.StdEncoding.EncodeToString(sum[:]) != axeDigest {
		return "", errors.New("axe-core is not what this test pins")
	}
	return unpackFile(archive, "package/axe.min.js")
})

func unpackFile(archive []byte, name string) (string, error) {
	plain, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return "", err
	}
	files := tar.NewReader(plain)
	for {
		header, err := files.Next()
		if err != nil {
			return "", fmt.Errorf("find %s: %w", name, err)
		}
		if header.Name == name {
			content, err := io.ReadAll(files)
			return string(content), err
		}
	}
}

// AxeFinds gives what axe-core calls serious or critical on the page as it is, with the places.
const AxeFinds = `axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations
	.filter((v) => ["serious", "critical"].includes(v.impact))
	.flatMap((v) => v.nodes.map((node) => v.id + ": " + node.target.join(" ") + "  " + node.html.slice(0, 160) + "  " + node.any.map((check) => check.message).join("; "))))`
