//go:build unix

package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user that a server runs as; nil is ourselves.
type account struct {
	name     string
	uid, gid uint32
}

func runningAsRoot() bool { return os.Geteuid() == 0 }

// serverAccount picks the account for Postgres, which refuses to run as root: the postgres user, or nobody.
func serverAccount() (*account, error) {
	if !runningAsRoot() {
		return nil, nil //nolint:nilnil // no account means "as ourselves", which is the ordinary case
	}
	var missing []error
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			missing = append(missing, err)
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
		return &account{name: name, uid: uint32(uid), gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("no account to run as, since Postgres refuses root: %w", errors.Join(missing...))
}

// ownerOf is the account that existing data belongs to, so that a server goes on as it began: the postgres user may
// have been created after the data. Where we are not root, or there is no data, it is fallback.
func ownerOf(data string, fallback *account) (*account, error) {
	info, err := os.Stat(data)
	if fallback == nil || errors.Is(err, fs.ErrNotExist) {
		return fallback, nil
	}
	if err != nil {
		return nil, fmt.Errorf("owner of the data: %w", err)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return fallback, nil
	}
	return &account{name: fmt.Sprintf("with id %d", st.Uid), uid: st.Uid, gid: st.Gid}, nil
}

func (a *account) credential() *syscall.Credential {
	if a == nil {
		return nil
	}
	return &syscall.Credential{Uid: a.uid, Gid: a.gid}
}

// own hands one file or directory over to the account.
func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	if err := os.Lchown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("give %s to %s: %w", path, a.name, err)
	}
	return nil
}

// reaches fails when the account cannot enter one of the directories down to path. Directories that do not exist
// yet are passed over: they are about to be created open enough.
func (a *account) reaches(path string) error {
	if a == nil {
		return nil
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return fmt.Errorf("look at %s: %w", dir, err)
		case !a.mayEnter(info):
			return fmt.Errorf("the account %s, which Postgres runs as under root, cannot enter %s: choose a place outside of it", a.name, dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func (a *account) mayEnter(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return false
	case st.Uid == a.uid:
		return info.Mode()&0o100 != 0
	case st.Gid == a.gid:
		return info.Mode()&0o010 != 0
	default:
		return info.Mode()&0o001 != 0
	}
}
