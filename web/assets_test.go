package web_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/leadagent/leadagent/web"
)

func TestAssetsAreServedByTheirHash(t *testing.T) {
	t.Parallel()
	hashed := regexp.MustCompile(`^/static/(vendor/)?[a-z-]+\.[0-9a-f]{12}\.(css|js|svg)$`)
	for _, name := range []string{"app.css", "app.js", "theme.js", "form.js", "identity.js", "embed.js", "favicon.svg", "vendor/htmx.js", "vendor/htmx-ext-sse.js", "vendor/idiomorph.js"} {
		path := web.Asset(name)
		assert.Regexp(t, hashed, path)
		file, ok := web.Lookup(path)
		require.True(t, ok, name)
		assert.Equal(t, path, file.Path)
		assert.NotEmpty(t, file.Body)
		plain, err := fs.ReadFile(web.Static(), name)
		require.NoError(t, err)
		assert.Equal(t, plain, file.Body)
		named, ok := web.Named(name)
		assert.True(t, ok)
		assert.Equal(t, file, named)
	}
}

func TestAssetsNotServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/static/app.css", "/static/vendor/htmx.LICENSE", "/static/../doc.go", "/static/", "", "/static/app.000000000000.css"} {
		_, ok := web.Lookup(path)
		assert.False(t, ok, path)
	}
	assert.Equal(t, "/static/none.js", web.Asset("none.js"))
}

func TestVendoredFilesNameTheirLicence(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(web.Static(), "vendor/*.js")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		licence, err := fs.ReadFile(web.Static(), strings.TrimSuffix(name, ".js")+".LICENSE")
		require.NoError(t, err, name)
		assert.NotEmpty(t, licence)
	}
}

func TestStyleSheetLoadsNothingFromElsewhere(t *testing.T) {
	t.Parallel()
	sheet, err := fs.ReadFile(web.Static(), "app.css")
	require.NoError(t, err)
	for _, address := range regexp.MustCompile(`url\(([^)]*)\)`).FindAllStringSubmatch(string(sheet), -1) {
		assert.Regexp(t, `^["']?(data:|#)`, address[1])
	}
	assert.NotContains(t, string(sheet), "@import")
}
