package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"
)

//go:embed static
var embedded embed.FS

// StaticPrefix is the path under which the static files are served.
const StaticPrefix = "/static/"

// File is a static file with what is needed to serve it.
type File struct {
	// Path is where it is served, with the content's hash: "/static/app.1a2b3c4d5e6f.css". It may
	// be cached for ever.
	Path string
	// ContentType is the media type with the charset.
	ContentType string
	// Body must not be changed.
	Body []byte
}

// Static is the tree of the static files under their plain names, for tools that want a file
// system; the server uses Lookup.
func Static() fs.FS {
	sub, err := fs.Sub(embedded, "static")
	if err != nil {
		return embedded
	}
	return sub
}

// Asset is the address of a static file by its plain name: Asset("app.css") is something like
// "/static/app.1a2b3c4d5e6f.css". An unknown name gives its plain path, which answers 404.
func Asset(name string) string {
	if file, ok := assets().byName[name]; ok {
		return file.Path
	}
	return StaticPrefix + name
}

// Lookup finds a static file by the path that Asset gave, to be served with
// "Cache-Control: public, max-age=31536000, immutable".
func Lookup(path string) (File, bool) {
	file, ok := assets().byPath[path]
	return file, ok
}

// Named finds a static file by its plain name, for the few that have a fixed address, such as
// "embed.js" at /embed.js and "favicon.svg" at /favicon.ico.
func Named(name string) (File, bool) {
	file, ok := assets().byName[name]
	return file, ok
}

type index struct {
	byName map[string]File
	byPath map[string]File
}

// assets hashes the embedded files once, on first use.
var assets = sync.OnceValue(func() index {
	found := index{byName: map[string]File{}, byPath: map[string]File{}}
	static := Static()
	walk := func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := fs.ReadFile(static, name)
		if err != nil {
			return err
		}
		if kind, ok := contentType(name); ok {
			file := File{Path: hashed(name, body), ContentType: kind, Body: bytes.Clone(body)}
			found.byName[name], found.byPath[file.Path] = file, file
		}
		return nil
	}
	if err := fs.WalkDir(static, ".", walk); err != nil {
		// The tree is compiled in, so it cannot fail to be read.
		panic("web: embedded files: " + err.Error())
	}
	return found
})

func hashed(name string, body []byte) string {
	sum := sha256.Sum256(body)
	ext := path.Ext(name)
	return StaticPrefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
}

// contentType knows the kinds of file that are served; licences and notes are not.
func contentType(name string) (string, bool) {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8", true
	case ".js":
		return "text/javascript; charset=utf-8", true
	case ".svg":
		return "image/svg+xml", true
	default:
		return "", false
	}
}
