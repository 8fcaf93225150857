package main

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeShowsTheRealScreen: the picture in the README is the golden screen of the seed question, to the letter.
func TestReadmeShowsTheRealScreen(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	screen, err := os.ReadFile("ui/testdata/seed-120x40.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```text\n"+string(screen)+"```\n") {
		t.Error("the picture in README.md is not ui/testdata/seed-120x40.txt; copy that in")
	}
}
