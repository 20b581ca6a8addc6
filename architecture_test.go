package leadagent_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/leadagent/leadagent"

// listed is what `go list -json` says of a package (go help list).
type listed struct {
	ImportPath   string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Error        *struct{ Err string }
}

// path is the package's place in the repository: adapters/postgres; empty for the root.
func (p listed) path() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

// thePackages are all of the repository, listed once for all tests.
var thePackages = sync.OnceValues(func() ([]listed, error) {
	command := exec.Command("go", "list", "-e", "-json=ImportPath,Dir,Imports,TestImports,XTestImports,Error", "./...")
	var problems bytes.Buffer
	command.Stderr = &problems
	output, err := command.Output()
	if err != nil {
		return nil, errors.Join(err, errors.New(problems.String()))
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

func packages(t *testing.T) []listed {
	t.Helper()
	all, err := thePackages()
	require.NoError(t, err)
	require.Greater(t, len(all), 30)
	return all
}

// component is the unit of the import rules: the parts of one adapter, or of the pages, are one.
func component(path string) string {
	parts := strings.Split(path, "/")
	switch parts[0] {
	case "adapters", "app", "domain", "cmd":
		return strings.Join(parts[:min(2, len(parts))], "/")
	default:
		return parts[0]
	}
}

// seen are the components that one may see beside itself. A name that ends in a slash stands for everything below it.
func seen(of string) []string {
	switch {
	case of == "domain/workflows":
		return []string{"domain/fault", "domain/tenancy", "domain/leads"}
	case strings.HasPrefix(of, "domain/"):
		return []string{"domain/fault", "domain/tenancy"}
	case of == "ports":
		return []string{"domain/"}
	case strings.HasPrefix(of, "app/"):
		return []string{"domain/", "ports", "app/"}
	case of == "adapters/fiberhttp":
		return []string{"domain/", "ports", "app/", "web"}
	case of == "adapters/asynqueue":
		return []string{"domain/", "ports", "app/"}
	case of == "adapters/postgres":
		return []string{"domain/", "ports", "migrations"}
	case strings.HasPrefix(of, "adapters/"):
		return []string{"domain/", "ports"}
	case strings.HasPrefix(of, "cmd/"), of == "bench":
		return []string{"domain/", "ports", "app/", "adapters/", "web", "migrations"}
	}
	return nil // web, migrations and the root see nothing of ours
}

// modules are the other modules that a component may see; nil is any. Domain, ports and use cases stand on the standard library alone.
func modules(of string) []string {
	switch {
	case of == "web":
		return []string{"github.com/a-h/templ"}
	case strings.HasPrefix(of, "adapters/"), strings.HasPrefix(of, "cmd/"), of == "bench":
		return nil
	}
	return []string{}
}

// refusal says why the package may not import the other one, or is empty.
func refusal(importer, imported string, test bool) string {
	from := component(strings.TrimPrefix(strings.TrimPrefix(importer, module), "/"))
	if imported != module && !strings.HasPrefix(imported, module+"/") {
		if test || standard(imported) || imported == "C" {
			return ""
		}
		allowed := modules(from)
		if allowed == nil || slices.ContainsFunc(allowed, func(m string) bool { return imported == m || strings.HasPrefix(imported, m+"/") }) {
			return ""
		}
		return importer + " imports " + imported + ", and only adapters and cmd may see other modules"
	}
	to := component(strings.TrimPrefix(strings.TrimPrefix(imported, module), "/"))
	if from == to || allows(seen(from), to) {
		return ""
	}
	if test && (to == "adapters/embedded" || to == "adapters/sandbox" || from == "" && (strings.HasPrefix(to, "domain/") || to == "ports")) {
		return ""
	}
	return importer + " imports " + imported + ", which " + from + " must not see"
}

func allows(components []string, to string) bool {
	return slices.ContainsFunc(components, func(c string) bool { return c == to || strings.HasSuffix(c, "/") && strings.HasPrefix(to, c) })
}

// standard tells the standard library: the first part of no other import path is without a dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func TestEveryPackageCanBeListed(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Error != nil {
			t.Errorf("%s: %s", p.ImportPath, p.Error.Err)
		}
	}
}

func TestNoPackageImportsWhatItMustNotSee(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, imported := range p.Imports {
			if why := refusal(p.ImportPath, imported, false); why != "" {
				t.Error(why)
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if why := refusal(p.ImportPath, imported, true); why != "" {
				t.Error(why + ", nor its tests")
			}
		}
	}
}

// A package in a place that no rule speaks of would be free of all of them.
func TestEveryPackageHasItsPlace(t *testing.T) {
	t.Parallel()
	places := []string{"domain/", "app/", "adapters/", "cmd/", "bench", "ports", "migrations", "web", ""}
	for _, p := range packages(t) {
		require.True(t, allows(places, component(p.path())), "%s is in no place of the layout", p.ImportPath)
	}
}

// The rules themselves: what they allow and what they refuse.
func TestTheImportRules(t *testing.T) {
	t.Parallel()
	const testify = "github.com/stretchr/testify/require"
	for _, c := range []struct {
		from, to   string
		code, test bool
	}{
		{"domain/leads", "domain/fault", true, true},
		{"domain/leads", "domain/workflows", false, false},
		{"domain/workflows", "domain/leads", true, true},
		{"domain/fault", "ports", false, false},
		{"domain/billing", testify, false, true},
		{"ports", "domain/billing", true, true},
		{"ports", "app/review", false, false},
		{"app/review", "app/transition", true, true},
		{"app/review", "adapters/postgres", false, false},
		{"app/review", "adapters/embedded/pgtest", false, true},
		{"app/review", "github.com/google/uuid", false, true},
		{"web", "github.com/a-h/templ/runtime", true, true},
		{"web", "github.com/gofiber/fiber/v2", false, true},
		{"web", "domain/leads", false, false},
		{"web/preview", "web", true, true},
		{"adapters/slack", "ports", true, true},
		{"adapters/slack", "adapters/sandbox/slack", false, true},
		{"adapters/slack", "adapters/clerk", false, false},
		{"adapters/slack", "app/review", false, false},
		{"adapters/asynqueue", "app/pipeline", true, true},
		{"adapters/fiberhttp", "web", true, true},
		{"adapters/fiberhttp", "adapters/postgres", false, false},
		{"adapters/postgres", "adapters/postgres/dbmodel", true, true},
		{"adapters/postgres", "migrations", true, true},
		{"adapters/mail", "migrations", false, false},
		{"adapters/sandbox/clerk", "adapters/sandbox/faults", true, true},
		{"adapters/sandbox", "adapters/slack", false, false},
		{"cmd/leadagent", "adapters/postgres", true, true},
		{"cmd/leadagent", "bench", false, false},
		{"migrations", "domain/leads", false, false},
		{"", "domain/workflows", false, true},
	} {
		to := c.to
		if !strings.Contains(to, ".") {
			to = module + "/" + to
		}
		from := strings.TrimSuffix(module+"/"+c.from, "/")
		require.Equal(t, c.code, refusal(from, to, false) == "", "%s to %s", c.from, c.to)
		require.Equal(t, c.test, refusal(from, to, true) == "", "%s's tests to %s", c.from, c.to)
	}
}

func TestOnlyTestsImportTesting(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if slices.Contains(p.Imports, "testing") && p.path() != "adapters/embedded/pgtest" {
			t.Errorf("%s imports testing outside its tests", p.ImportPath)
		}
	}
}
