package leadagent_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// source is a parsed file of the repository.
type source struct {
	*ast.File
	path string // of the package
	name string // of the file, within the repository
	test bool
	set  *token.FileSet
}

func (s source) at(n ast.Node) string {
	p := s.set.Position(n.Pos())
	return s.name + ":" + strings.TrimPrefix(strings.TrimPrefix(p.String(), p.Filename), ":")
}

// theSources are all Go files of all packages for every platform, but for generated ones.
var theSources = sync.OnceValues(func() ([]source, error) {
	all, err := thePackages()
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	var files []source
	for _, p := range all {
		names, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			file, err := parser.ParseFile(set, name, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			if !ast.IsGenerated(file) {
				short := filepath.Join(p.path(), filepath.Base(name))
				files = append(files, source{file, p.path(), short, strings.HasSuffix(name, "_test.go"), set})
			}
		}
	}
	return files, nil
})

func sources(t *testing.T) []source {
	t.Helper()
	files, err := theSources()
	require.NoError(t, err)
	require.Greater(t, len(files), 200)
	return files
}

// selects tells whether the expression is pkg.name, whatever the name when it is empty.
func selects(e ast.Node, pkg, name string) (string, bool) {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	x, ok := s.X.(*ast.Ident)
	return s.Sel.Name, ok && x.Name == pkg && (name == "" || s.Sel.Name == name)
}

// A package that is generated as a whole says so in each of its files.
func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		wanted := "Package " + s.Name.Name + " "
		if s.Name.Name == "main" {
			wanted = "Command "
		}
		said[s.path] = said[s.path] || strings.HasPrefix(s.Doc.Text(), wanted)
	}
	for path, has := range said {
		if !has {
			t.Errorf("%s has no doc comment that begins with its name", path)
		}
	}
}

// Every interface of ports is promised by an adapter in so many words: var _ ports.X = …
func TestEveryPortHasAnAdapter(t *testing.T) {
	t.Parallel()
	interfaces, promised := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		for _, d := range s.Decls {
			general, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if _, is := spec.Type.(*ast.InterfaceType); is && s.path == "ports" {
						interfaces[spec.Name.Name] = true
					}
				case *ast.ValueSpec:
					if name, is := selects(spec.Type, "ports", ""); is && spec.Names[0].Name == "_" && strings.HasPrefix(s.path, "adapters/") {
						promised[name] = true
					}
				}
			}
		}
	}
	require.Greater(t, len(interfaces), 25)
	for name := range interfaces {
		if !promised[name] {
			t.Errorf("no adapter says var _ ports.%s = …", name)
		}
	}
}

func TestNoPackageHasInit(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		for _, d := range s.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "init" && f.Recv == nil {
				t.Errorf("%s: init; set it up where it is needed", s.at(f))
			}
		}
	}
}

func TestNoTestSleeps(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		ast.Inspect(s.File, func(n ast.Node) bool {
			if _, sleeps := selects(n, "time", "Sleep"); sleeps {
				t.Errorf("%s: time.Sleep; wait for a signal, or poll with a deadline", s.at(n))
			}
			return true
		})
	}
}

// A package-level variable is an error, a compiled pattern or template, something made once, an embedded file, a blank promise, or a table that
// nothing writes to.
func TestNoPackageHasAVariableThatChanges(t *testing.T) {
	t.Parallel()
	byPackage := map[string][]source{}
	for _, s := range sources(t) {
		if !s.test {
			byPackage[s.path] = append(byPackage[s.path], s)
		}
	}
	for _, files := range byPackage {
		for _, s := range files {
			for _, d := range s.Decls {
				if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
					checkVariables(t, s, g, files)
				}
			}
		}
	}
}

func checkVariables(t *testing.T, s source, g *ast.GenDecl, files []source) {
	t.Helper()
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		if embeds(g.Doc) || embeds(v.Doc) {
			continue
		}
		for i, name := range v.Names {
			var value ast.Expr
			if i < len(v.Values) {
				value = v.Values[i]
			}
			if name.Name != "_" && !constant(value) && (!table(name, value) || written(name.Name, files)) {
				t.Errorf("%s: the package-level variable %s could change", s.at(name), name.Name)
			}
		}
	}
}

func embeds(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// constant tells values that never change once made.
func constant(value ast.Expr) bool {
	call, ok := value.(*ast.CallExpr)
	if !ok {
		return false
	}
	for _, maker := range [][2]string{
		{"errors", "New"}, {"fmt", "Errorf"}, {"fault", "New"}, {"regexp", "MustCompile"}, {"template", "Must"}, {"strings", "NewReplacer"},
		{"sync", "OnceValue"}, {"sync", "OnceValues"}, {"sync", "OnceFunc"}, {"netip", "MustParsePrefix"}, {"netip", "MustParseAddr"},
	} {
		if _, is := selects(call.Fun, maker[0], maker[1]); is {
			return true
		}
	}
	return false
}

// table tells an unexported list or map that is written out where it stands.
func table(name *ast.Ident, value ast.Expr) bool {
	literal, ok := value.(*ast.CompositeLit)
	if !ok || name.IsExported() {
		return false
	}
	switch literal.Type.(type) {
	case *ast.ArrayType, *ast.MapType:
		return true
	}
	return false
}

// written tells whether anything in the package assigns to the variable or to a part of it, takes its address, or deletes from it.
func written(name string, files []source) bool {
	found := false
	is := func(e ast.Expr) bool { return root(e) == name }
	for _, s := range files {
		ast.Inspect(s.File, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.AssignStmt:
				found = found || n.Tok != token.DEFINE && slices.ContainsFunc(n.Lhs, is)
			case *ast.IncDecStmt:
				found = found || is(n.X)
			case *ast.UnaryExpr:
				found = found || n.Op == token.AND && is(n.X)
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && len(n.Args) > 0 && slices.Contains([]string{"append", "clear", "copy", "delete"}, f.Name) {
					found = found || is(n.Args[0])
				}
			}
			return !found
		})
	}
	return found
}

// root is the variable that an expression such as x[i].f[j:k] is a part of.
func root(e ast.Expr) string {
	for {
		switch inner := e.(type) {
		case *ast.Ident:
			return inner.Name
		case *ast.IndexExpr:
			e = inner.X
		case *ast.SliceExpr:
			e = inner.X
		case *ast.SelectorExpr:
			e = inner.X
		case *ast.ParenExpr:
			e = inner.X
		case *ast.StarExpr:
			e = inner.X
		default:
			return ""
		}
	}
}

// written is itself held against code that writes.
func TestWritesAreFound(t *testing.T) {
	t.Parallel()
	for code, writes := range map[string]bool{
		"x = nil": true, "x[0] = 1": true, "x[0].f = 1": true, "x[0]++": true, "_ = &x": true, "_ = &x[1]": true, "delete(x, 1)": true,
		"_ = append(x[:0], 1)": true, "clear(x)": true, "y := x; _ = y": false, "y[x] = 1": false, "_ = append(y, x...)": false, "x := 1; _ = x": false,
	} {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "x.go", "package x\nfunc f() {\n"+code+"\n}", 0)
		require.NoError(t, err, code)
		require.Equal(t, writes, written("x", []source{{File: file, set: set}}), code)
	}
}

func TestTheRootHasOnlyTests(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range names {
		if name != "doc.go" && !strings.HasSuffix(name, "_test.go") {
			t.Errorf("%s does not belong here: the program is in its folders", name)
		}
	}
	_, err = os.Stat("go.mod")
	require.NoError(t, err)
}
