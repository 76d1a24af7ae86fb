// Package page is the sandbox's chat client: static files that talk to the
// control API and the WebSocket of the pod that serves them.
//
// The files need no build step and load nothing from elsewhere. The policy sent
// with each of them refuses inline script and style, foreign hosts, frames, and
// markup that did not pass the one sanitizer in js/presentationml.js.
package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed static
var static embed.FS

// policy holds for every answer. Trusted types make the browser refuse each
// string-to-markup sink except the sanitizer's own parser.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types presentationml"

// Handler serves the page at "/" and its files beside it. Unknown paths are 404,
// methods other than GET and HEAD 405. Every file carries a strong ETag and is
// revalidated on each use, so that a new binary is never shown an old page.
func Handler() http.Handler {
	files := load()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD are served here", http.StatusMethodNotAllowed)
			return
		}
		f, ok := files[r.URL.Path]
		if !ok {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "no such page", http.StatusNotFound)
			return
		}
		f.serve(w, r)
	})
}

type file struct {
	name, contentType, etag string
	body                    []byte
}

func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", f.etag)
	http.ServeContent(w, r, f.name, time.Time{}, bytes.NewReader(f.body))
}

// load reads the embedded files once; they are part of the binary, so an error
// is a fault of the build.
func load() map[string]file {
	files := map[string]file{}
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		f := file{path.Base(name), contentType(name), `"` + hex.EncodeToString(sum[:12]) + `"`, body}
		files[strings.TrimPrefix(name, "static")] = f
		return nil
	})
	if err != nil {
		panic("page: embedded files: " + err.Error())
	}
	files["/"] = files["/index.html"]
	return files
}

// contentType does not ask the operating system: its table may call a module
// text/plain, which a browser under nosniff refuses to run.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return "application/octet-stream"
}

func secure(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}
