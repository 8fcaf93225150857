package ui

import (
	"image/color"
	"math"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"why401/gcp/demo"
)

// bindingsOf counts the bindings of a key map that have keys.
func bindingsOf(km keyMap) (n int) {
	v := reflect.ValueOf(&km).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Type() == reflect.TypeFor[key.Binding]() {
			if !f.FieldByName("keys").IsNil() {
				n++
			}
		}
	}
	return n
}

func ctrl(letter rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: letter, Mod: tea.ModCtrl} }

// palettes are the sixteen colours as common terminals have them: xterm's, the Linux console's, GNOME's.
var palettes = map[string][16]uint32{
	"xterm": {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff},
	"tango": {0x2e3436, 0xcc0000, 0x4e9a06, 0xc4a000, 0x3465a4, 0x75507b, 0x06989a, 0xd3d7cf, 0x555753, 0xef2929, 0x8ae234, 0xfce94f, 0x729fcf, 0xad7fa8, 0x34e2e2, 0xeeeeec},
	"macOS": {0x000000, 0x990000, 0x00a600, 0x999900, 0x0000b2, 0xb200b2, 0x00a6b2, 0xbfbfbf, 0x666666, 0xe50000, 0x00d900, 0xe5e500, 0x0000ff, 0xe500e5, 0x00e5e5, 0xe5e5e5},
}

// luminance and contrast are those of WCAG 2.1.
func luminance(rgb uint32) float64 {
	l := 0.0
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} {
		c := float64(rgb>>(8*i)&0xff) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}

func contrast(a, b uint32) float64 {
	hi, lo := luminance(a), luminance(b)
	if hi < lo {
		hi, lo = lo, hi
	}
	return (hi + 0.05) / (lo + 0.05)
}

var sgr = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

// colours are the text's and the ground's colour by number, -1 for the terminal's own.
func coloursOf(st style) (text, ground int) {
	text, ground = -1, -1
	reverse := false
	for _, m := range sgr.FindAllStringSubmatch(st.on, -1) {
		for p := range strings.SplitSeq(m[1], ";") {
			switch n, _ := strconv.Atoi(p); {
			case n == 7:
				reverse = true
			case n >= 30 && n < 38:
				text = n - 30
			case n >= 90 && n < 98:
				text = n - 82
			case n >= 40 && n < 48:
				ground = n - 40
			case n >= 100 && n < 108:
				ground = n - 92
			}
		}
	}
	if reverse {
		text, ground = ground, text
	}
	return text, ground
}

// TestContrast measures every style of every theme on the backgrounds that it is for, with the colours of common terminals. The theme
// for high contrast has more than the 4.5 to 1 that WCAG asks of text, on any background. The others have what the sixteen colours
// give: some terminals have a red that is dark on black, and no colour is ever all that tells a status.
func TestContrast(t *testing.T) {
	for _, c := range []struct {
		theme  string
		ground map[string]uint32
		least  float64
	}{
		{themeDark, map[string]uint32{"black": 0x000000}, 2.2},
		{themeLight, map[string]uint32{"white": 0xffffff}, 3.9},
		{themeContrast, map[string]uint32{"black": 0x000000, "white": 0xffffff, "grey": 0x808080}, 5},
		{themeNone, map[string]uint32{"black": 0x000000, "white": 0xffffff}, 21},
	} {
		th := reflect.ValueOf(newTheme(c.theme, false))
		for i := range th.NumField() {
			if th.Type().Field(i).Name == "glyph" {
				continue
			}
			name := th.Type().Field(i).Name
			st := style{th.Field(i).Field(0).String(), th.Field(i).Field(1).String()}
			text, ground := coloursOf(st)
			if text < 0 && ground < 0 {
				continue // the user's own
			}
			for palette, colours := range palettes {
				for on, background := range c.ground {
					a, b := background, background
					if text >= 0 {
						a = colours[text]
					}
					if ground >= 0 {
						b = colours[ground]
					}
					if got := contrast(a, b); got < c.least {
						t.Errorf("%s: %s has a contrast of %.1f on %s with the colours of %s, want %.1f", c.theme, name, got, on, palette, c.least)
					}
				}
			}
		}
	}
}

// TestThemes: whatever the theme, the screen says the same; none of them uses more than the sixteen colours; and one uses none.
func TestThemes(t *testing.T) {
	for _, name := range Themes() {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) { o.Theme = name })
			d.keys("d")
			plainly := d.screen()
			coloured := 0
			for _, m := range sgr.FindAllStringSubmatch(d.root.View().Content, -1) {
				for p := range strings.SplitSeq(m[1], ";") {
					switch n, _ := strconv.Atoi(p); {
					case n == 38 || n == 48:
						t.Errorf("%s: %q is none of the sixteen colours", name, m[0])
					case n >= 30:
						coloured++
					}
				}
			}
			if (coloured == 0) != (name == themeNone) {
				t.Errorf("%s: %d colours", name, coloured)
			}
			d.root.paint(newTheme(themeDark, false))
			if d.screen() != plainly {
				t.Errorf("%s says something else than dark:\n%s", name, plainly)
			}
		})
	}
}

func TestTheThemeFollowsTheBackground(t *testing.T) {
	for _, c := range []struct {
		chosen string
		ground color.Color
		want   string
	}{
		{"", color.White, themeLight}, {themeAuto, color.White, themeLight}, {themeAuto, color.Black, themeDark},
		{themeDark, color.White, themeDark}, {themeContrast, color.White, themeContrast}, {themeNone, color.White, themeNone},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := drive(t, demo.New(demo.InMemory()), 120, 40, func(o *Options) { o.Theme = c.chosen })
			asked := false
			for _, m := range d.sent {
				asked = asked || typeName(m) == "tea.backgroundColorMsg"
			}
			if want := c.chosen == "" || c.chosen == themeAuto; asked != want {
				t.Errorf("%q: the terminal was asked: %v", c.chosen, asked)
			}
			d.keys("?")
			d.send(tea.BackgroundColorMsg{Color: c.ground})
			if want := newTheme(c.want, false); d.root.th != want || d.root.over.(*helpScreen).th != want || d.root.refused.th != want {
				t.Errorf("%q on %v is not %s", c.chosen, c.ground, c.want)
			}
		})
	}
}
