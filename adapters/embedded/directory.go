package embedded

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// directory is the data directory of one server, locked for this program.
type directory struct {
	path      string
	temporary bool
	lock      *os.File
}

// secrets are the passwords of the three roles that the cluster is created with.
type secrets struct {
	Superuser string `json:"superuser"`
	Owner     string `json:"owner"`
	App       string `json:"app"`
}

// runState is what the next start needs in order to clear up after a killed program.
type runState struct {
	PID       int    `json:"pid"`
	SocketDir string `json:"socket_dir"`
}

func (d *directory) data() string        { return filepath.Join(d.path, "data") }
func (d *directory) logFile() string     { return filepath.Join(d.path, "postgres.log") }
func (d *directory) secretsFile() string { return filepath.Join(d.path, "secrets.json") }
func (d *directory) runFile() string     { return filepath.Join(d.path, "run.json") }

const temporaryPrefix = "leadagent-pg-"

// temporaryBase is where throw-away directories go; /tmp keeps socket names below the 103 bytes that a
// sockaddr_un holds, which macOS' own temporary directory does not leave much of.
func temporaryBase() string {
	if runtime.GOOS == "windows" {
		return os.TempDir()
	}
	return "/tmp"
}

// openDirectory creates or reuses path, or makes a temporary directory when path is empty, and locks it.
func openDirectory(path string, as *account) (*directory, error) {
	d := &directory{path: path, temporary: path == ""}
	var err error
	if d.temporary {
		removeAbandoned()
		d.path, err = os.MkdirTemp(temporaryBase(), temporaryPrefix)
		err = errors.Join(err, openUp(d.path, as))
	} else if d.path, err = filepath.Abs(path); err == nil {
		err = ensureDirectory(d.path, as)
	}
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if d.lock, err = lockFile(filepath.Join(d.path, "lock")); err != nil {
		return nil, fmt.Errorf("another program runs on %s: %w", d.path, err)
	}
	if err := as.reaches(d.path); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

// ensureDirectory creates a missing directory; an existing one must be empty or ours, since it may be deleted
// one day to start afresh.
func ensureDirectory(path string, as *account) error {
	entries, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return fmt.Errorf("create: %w", err)
		}
		return openUp(path, as)
	}
	if err != nil {
		return fmt.Errorf("look inside: %w", err)
	}
	ours := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == "lock" })
	if len(entries) > 0 && !ours {
		return fmt.Errorf("%s holds something else: name an empty or a new directory", path)
	}
	return nil
}

// openUp closes a new directory to others, but for the server's account, which passes through it to data.
func openUp(path string, as *account) error {
	mode := fs.FileMode(0o700)
	if as != nil {
		mode = 0o711
	}
	if err := os.Chmod(path, mode); err != nil {
		return fmt.Errorf("permissions: %w", err)
	}
	return nil
}

// close gives the directory up, and removes it when it is a temporary one. A second call does nothing.
func (d *directory) close() error {
	if d.lock == nil {
		return nil
	}
	var removing error
	if d.temporary {
		removing = os.RemoveAll(d.path)
	}
	closing := d.lock.Close()
	d.lock = nil
	return errors.Join(removing, closing)
}

// version reads the major version that wrote the data; 0 when there is none yet.
func (d *directory) version() (int, error) {
	text, err := os.ReadFile(filepath.Join(d.data(), "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("version of the data: %w", err)
	}
	var major int
	if _, err := fmt.Sscanf(strings.TrimSpace(string(text)), "%d", &major); err != nil {
		return 0, fmt.Errorf("version of the data, %q: %w", text, err)
	}
	return major, nil
}

func newSecrets() secrets {
	random := func() string {
		raw := make([]byte, 16)
		_, _ = rand.Read(raw) // documented never to fail
		return hex.EncodeToString(raw)
	}
	return secrets{Superuser: random(), Owner: random(), App: random()}
}

func (d *directory) readSecrets() (secrets, error) {
	var s secrets
	if err := readJSON(d.secretsFile(), &s); err != nil {
		return s, fmt.Errorf("passwords of the private Postgres (start afresh with --reset): %w", err)
	}
	return s, nil
}

func readJSON(path string, into any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}

func writeJSON(path string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// abandonedAfter leaves another program the time between creating its directory and locking it.
const abandonedAfter = time.Minute

// removeAbandoned deletes the temporary directories of programs that were killed together with their reaper.
// What it cannot delete, another user's for one, it leaves.
func removeAbandoned() {
	candidates, err := filepath.Glob(filepath.Join(temporaryBase(), temporaryPrefix+"*"))
	if err != nil {
		return
	}
	for _, path := range candidates {
		info, err := os.Lstat(path)
		if err != nil || !info.IsDir() || time.Since(info.ModTime()) < abandonedAfter {
			continue
		}
		lock, err := lockFile(filepath.Join(path, "lock"))
		if err != nil {
			continue
		}
		d := &directory{path: path, temporary: true, lock: lock}
		var state runState
		if err := readJSON(d.runFile(), &state); err == nil && state.PID > 0 && alive(state.PID) {
			d.temporary = false // still shutting down, or a reused process id: the next start looks again
		}
		_ = d.close()
	}
}
