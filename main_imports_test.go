package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows are the imports allowed among our own packages, and why the others are not.
var arrows = []struct {
	from string
	to   []string
	why  string
}{
	{"", []string{"why401/gcp", "why401/gcp/demo", "why401/token", "why401/ui"}, "main wires, and is the only place that knows all"},
	{"ui", []string{"why401/gcp", "why401/token"}, "the screen joins what is read with what is judged; it does not know that there is a demo"},
	{"gcp", nil, "reading Google's cloud needs to know neither tokens nor the screen"},
	{"gcp/demo", nil, "the embedded cloud speaks the APIs' own messages, or it would test our reading of them with our reading of them"},
	{"token", nil, "judging a token is pure: whoever reads the rules need read nothing else"},
}

// source is one Go file that is no test.
type source struct {
	dir, name string
	file      *ast.File
}

func sources(t *testing.T) (files []source) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(path))
		if dir == "." {
			dir = ""
		}
		files = append(files, source{dir, entry.Name(), file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func imports(f *ast.File) (paths []string) {
	for _, s := range f.Imports {
		path, _ := strconv.Unquote(s.Path.Value)
		paths = append(paths, path)
	}
	return paths
}

// TestImports holds the arrows of the design.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range sources(t) {
		at := slices.IndexFunc(arrows, func(a struct {
			from string
			to   []string
			why  string
		}) bool {
			return a.from == s.dir
		})
		if at < 0 {
			t.Errorf("%s/%s: the house has the rooms main, ui, gcp, gcp/demo and token, and no other", s.dir, s.name)
			continue
		}
		seen[s.dir] = true
		a := arrows[at]
		for _, path := range imports(s.file) {
			ours := path == "why401" || strings.HasPrefix(path, "why401/")
			if ours && !slices.Contains(a.to, path) {
				t.Errorf("%s/%s imports %s: %s", s.dir, s.name, path, a.why)
			}
			for _, rule := range []struct {
				broken bool
				why    string
			}{
				{s.dir == "token" && strings.Contains(path, "."), "token stands on the standard library alone"},
				{s.dir == "token" && slices.Contains([]string{"os", "net", "net/http", "log", "os/exec", "embed"}, path), "token does no input and output"},
				{s.dir == "ui" && path != "google.golang.org/grpc/codes" && (strings.HasPrefix(path, "google.golang.org/") || strings.HasPrefix(path, "cloud.google.com/")), "no type of Google's leaves gcp, but for the code of an error"},
				{s.dir == "ui" && strings.HasPrefix(path, "charm.land/lipgloss") && s.name != "theme.go", "only theme.go names a colour"},
				{path == "testing" || strings.HasPrefix(path, "testing/"), "the program, the embedded cloud included, is no test"},
				{strings.HasPrefix(path, "github.com/charmbracelet/fang") || strings.Contains(path, "lipgloss/compat"), "it asks the terminal and waits for the answer before there is a screen"},
			} {
				if rule.broken {
					t.Errorf("%s/%s imports %s: %s", s.dir, s.name, path, rule.why)
				}
			}
		}
	}
	for _, a := range arrows {
		if !seen[a.from] {
			t.Errorf("nothing was looked at in %q", a.from)
		}
	}
}

// TestPlaces holds what may stand in one place only.
func TestPlaces(t *testing.T) {
	found := map[string][]string{} // "os.Exit" to the files that say it
	for _, s := range sources(t) {
		where := strings.TrimPrefix(s.dir+"/"+s.name, "/")
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if pkg, ok := n.X.(*ast.Ident); ok {
					found[pkg.Name+"."+n.Sel.Name] = append(found[pkg.Name+"."+n.Sel.Name], where)
				}
			case *ast.GoStmt:
				found["go"] = append(found["go"], where)
			}
			return true
		})
	}
	in := func(what, dir string) (files []string) {
		for _, f := range found[what] {
			if dir == "" || strings.HasPrefix(f, dir+"/") {
				files = append(files, f)
			}
		}
		return files
	}
	if got := in("os.Exit", ""); !slices.Equal(got, []string{"main.go"}) {
		t.Errorf("os.Exit in %q: main alone ends the process, so that everything else can be undone first", got)
	}
	if got := in("time.Now", "ui"); !slices.Equal(got, []string{"ui/cmd.go"}) {
		t.Errorf("time.Now in %q of ui: time is a value, read in one place, or the tests could not set it", got)
	}
	if got := in("time.Now", "token"); len(got) > 0 {
		t.Errorf("time.Now in %q: a token is judged at a moment that the caller names", got)
	}
	for _, f := range in("go", "ui") {
		if !strings.HasPrefix(f, "ui/terminal") {
			t.Errorf("a goroutine in %s: Bubble Tea's commands are the only ones, but for the guards of the terminal", f)
		}
	}
	if got := in("go", "token"); len(got) > 0 {
		t.Errorf("a goroutine in %q: token is pure", got)
	}
	if got := slices.Concat(in("lipgloss.HasDarkBackground", ""), in("log.Fatal", ""), in("log.Fatalf", "")); len(got) > 0 {
		t.Errorf("%q asks the terminal and waits, or ends the process", got)
	}
}

// TestTopLevel holds what stands in the project's root.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	allowed := []string{"main.go", "ui", "gcp", "token", "go.mod", "go.sum", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore", ".ci", ".git", "why401"}
	for _, e := range entries {
		if !slices.Contains(allowed, e.Name()) && !strings.HasSuffix(e.Name(), "_test.go") && e.Name() != "testdata" {
			t.Errorf("%s stands in the root: the house is flat and short", e.Name())
		}
	}
}
