//go:build unix

package embedded_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/leadagent/leadagent/adapters/embedded"
)

func TestAbandonedDirectoriesGoAtTheNextStart(t *testing.T) {
	t.Parallel()
	living := filepath.Dir(start(t, embedded.PostgresOptions{}).LogFile())
	abandoned, err := os.MkdirTemp("/tmp", "leadagent-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(abandoned) }) // gone already, as a rule
	young, err := os.MkdirTemp("/tmp", "leadagent-pg-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(young) })
	long := time.Now().Add(-time.Hour)
	for _, dir := range []string{living, abandoned} {
		if err := os.Chtimes(dir, long, long); err != nil {
			t.Fatal(err)
		}
	}
	start(t, embedded.PostgresOptions{})
	if !missing(abandoned) {
		t.Error("the abandoned one is still there")
	}
	if missing(living) {
		t.Error("a running server's went")
	}
	if missing(young) {
		t.Error("one that another program may be about to lock went")
	}
}
