package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Manual is the manual page of a program in roff, made of the definitions of its commands: Use, Long, the options, and what Annotations has as
// "details". It is plain ASCII, and man, mandoc and groff all read it.
func Manual(root *cobra.Command, version string) string {
	var r roff
	r.line(fmt.Sprintf(`.TH %s 1 "" "%s" "%s manual"`, strings.ToUpper(root.Name()), roffText(root.Name()+" "+version), root.Name()))
	r.section("NAME")
	r.text(root.Name() + " - " + root.Short)
	r.section("SYNOPSIS")
	r.command(root)
	var commands []*cobra.Command
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			commands = append(commands, c)
			r.line(".br")
			r.command(c)
		}
	}
	r.section("DESCRIPTION")
	r.text(root.Long)
	r.text(root.Annotations["details"])
	r.section("OPTIONS")
	r.options(root.LocalFlags())
	r.section("COMMANDS")
	for _, c := range commands {
		r.line(".SS " + roffText(c.CommandPath()))
		r.command(c)
		r.text(c.Long)
		r.options(c.LocalFlags())
		r.text(c.Annotations["details"])
	}
	r.section("SETTINGS")
	r.text(SettingsHelp)
	r.section("KEYS")
	r.text("Each with the name that the settings file has for it, and the panes in which it counts where it does not in all.")
	km := newKeyMap()
	for _, a := range km.actions() {
		r.item(strings.Join(a.binding.Keys(), ", "), a.binding.Help().Desc+" ("+a.name+")"+a.in.words())
	}
	r.item("ctrl+c", "quit, in every state; it cannot be changed")
	r.section("ENVIRONMENT")
	for _, k := range knownSettings() {
		r.item(k.variable(), "outranks "+k.name+" of the settings file")
	}
	for _, v := range variables {
		r.item(v.name, v.text)
	}
	return r.b.String()
}

// variables are what else of the environment counts.
var variables = []struct{ name, text string }{
	{"NO_COLOR", "with any value that is not empty: no colours"},
	{"LC_ALL, LC_CTYPE, LANG", "where they name no UTF-8, the screen is plain ASCII"},
	{"CLOUDSDK_CORE_PROJECT, GOOGLE_CLOUD_PROJECT", "the project, where --project is left out"},
	{"CLOUDSDK_CONFIG, CLOUDSDK_ACTIVE_CONFIG_NAME", "gcloud's directory and configuration, where they are not the usual ones"},
	{"GOOGLE_APPLICATION_CREDENTIALS", "the file with the credentials, as for Google's other clients"},
	{"GOOGLE_CLOUD_QUOTA_PROJECT", "the project whose quota the calls use; else that of the credentials file; else, for a person's login, the one that is shown"},
	{"CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN, ..._LOGGING and so on", "where an API is reached, as for gcloud"},
	{"HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE", "the proxy on the way to Google, and the certificates to trust"},
}

// roff takes the lines of a manual page.
type roff struct{ b strings.Builder }

func (r *roff) line(s string) { r.b.WriteString(s + "\n") }

func (r *roff) section(title string) { r.line(".SH " + title) }

// command is how a command is called.
func (r *roff) command(c *cobra.Command) { r.line(`\fB` + roffText(c.UseLine()) + `\fR`) }

// text writes paragraphs. One that is indented keeps its lines: a table, an example.
func (r *roff) text(s string) {
	for paragraph := range strings.SplitSeq(strings.Trim(s, "\n"), "\n\n") {
		if paragraph == "" {
			continue
		}
		r.line(".PP")
		kept := strings.HasPrefix(paragraph, " ") || strings.Contains(paragraph, "\n ")
		if kept {
			r.line(".nf")
		}
		for l := range strings.SplitSeq(paragraph, "\n") {
			r.line(roffText(l))
		}
		if kept {
			r.line(".fi")
		}
	}
}

// item is a word and what it means.
func (r *roff) item(word, text string) {
	r.line(".TP")
	r.line(`\fB` + roffText(word) + `\fR`)
	r.line(roffText(text))
}

func (r *roff) options(set *pflag.FlagSet) {
	set.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		takes, usage := pflag.UnquoteUsage(f)
		word := "--" + f.Name
		if f.Shorthand != "" {
			word = "-" + f.Shorthand + ", " + word
		}
		if takes != "" {
			word += " " + takes
		}
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "[]" {
			usage += " (default " + f.DefValue + ")"
		}
		r.item(word, usage)
	})
}

// roffText is a line of text in which nothing is a command, a hyphen stays one, and whatever is no ASCII is named by its number.
func roffText(s string) string {
	var b strings.Builder
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		b.WriteString(`\&`)
	}
	for _, c := range s {
		switch {
		case c == '\\':
			b.WriteString(`\e`)
		case c == '-':
			b.WriteString(`\-`)
		case c == '"':
			b.WriteString(`\(dq`)
		case c >= utf8.RuneSelf:
			fmt.Fprintf(&b, `\[u%04X]`, c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
