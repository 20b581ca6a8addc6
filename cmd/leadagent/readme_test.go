package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/adapters/embedded/pgtest"
	"github.com/leadagent/leadagent/adapters/postgres"
	"github.com/leadagent/leadagent/migrations"
)

func readDocument(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("../..", name))
	require.NoError(t, err)
	return string(raw)
}

var aVariableRow = regexp.MustCompile("(?m)^\\| `([A-Z][A-Z0-9_]+)` \\| (?:`([^`]+)`|—) \\| (.*?) ?\\|$")

// The table of the environment has every variable with the default that it has.
func TestTheReadmeKnowsTheEnvironment(t *testing.T) {
	t.Parallel()
	var documented []string
	defaults, meanings := map[string]string{}, map[string]string{}
	for _, row := range aVariableRow.FindAllStringSubmatch(readDocument(t, "README.md"), -1) {
		documented = append(documented, row[1])
		defaults[row[1]], meanings[row[1]] = row[2], row[3]
	}
	slices.Sort(documented)
	require.Equal(t, variableNames(), documented)
	required := requiredVariables(t)
	for _, f := range variables() {
		name := f.Tag.Get("env")
		require.Equal(t, f.Tag.Get("envDefault"), defaults[name], name)
		require.Equal(t, slices.Contains(required, name), strings.HasPrefix(meanings[name], "required"), name)
		require.Equal(t, f.Tag.Get("list") != "", strings.Contains(meanings[name], "a list"), "%s is a list of secrets or it is not", name)
	}
}

var aLink = regexp.MustCompile(`\]\(([^)#:]+)\)`)

func TestTheDocumentsLinkToWhatThereIs(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"README.md", "docs/states.md", "docs/durability.md", "docs/database.md"} {
		for _, link := range aLink.FindAllStringSubmatch(readDocument(t, document), -1) {
			_, err := os.Stat(filepath.Join("../..", filepath.Dir(document), link[1]))
			require.NoError(t, err, "%s links to %s", document, link[1])
		}
	}
}

// The commands of the program that the documents name are commands of the program.
func TestTheDocumentsNameCommandsThatThereAre(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"README.md", "docs/states.md", "docs/durability.md", "docs/database.md"} {
		for _, used := range regexp.MustCompile("(?:`|/)leadagent ([a-z]+)").FindAllStringSubmatch(readDocument(t, document), -1) {
			require.Contains(t, []string{"dev", "serve", "work", "migrate", "doctor"}, used[1], document)
		}
	}
}

// The example of docs/database.md is a migration that passes every check.
func TestTheExampleOfANewTableIsSound(t *testing.T) {
	t.Parallel()
	example := regexp.MustCompile("(?s)```sql\n(   -- \\+goose Up.*?)```").FindStringSubmatch(readDocument(t, "docs/database.md"))
	require.NotNil(t, example)
	files := fstest.MapFS{"99999_notes.sql": {Data: []byte(strings.ReplaceAll(example[1], "\n   ", "\n")[3:])}}
	existing, err := fs.Glob(migrations.Files, "*.sql")
	require.NoError(t, err)
	for _, name := range existing {
		raw, err := fs.ReadFile(migrations.Files, name)
		require.NoError(t, err)
		maps.Copy(files, fstest.MapFS{name: {Data: raw}})
	}
	db := pgtest.New(t, nil)
	require.NoError(t, postgres.Migrate(t.Context(), db.OwnerURL, db.AppURL, postgres.MigrateOptions{Files: files}))
	pool, err := postgres.Connect(t.Context(), postgres.Options{URL: db.AppURL})
	require.NoError(t, err)
	defer pool.Close()
	findings, err := postgres.Inspect(t.Context(), pool)
	require.NoError(t, err)
	require.Len(t, findings, 1, "%v", findings)
	require.Contains(t, findings[0].What, "the schema is at version 99999", "and nothing else is wrong")
}
