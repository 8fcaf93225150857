package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// overSSH starts the program through a real sshd on loopback, as this user. pid is the program's.
func overSSH(t *testing.T) (d *desk, pid func() int) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	find := func(name string) string {
		for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin") {
			full := filepath.Join(dir, name)
			if info, err := os.Stat(full); err == nil && info.Mode()&0o111 != 0 {
				return full
			}
		}
		t.Skip("this machine has no " + name)
		return ""
	}
	sshd, ssh, keygen := find("sshd"), find("ssh"), find("ssh-keygen")
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	for _, key := range []string{"host", "user"} {
		if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", file(key)).CombinedOutput(); err != nil {
			t.Skipf("no key for it: %v\n%s", err, out)
		}
	}
	port := freePort(t)
	config := fmt.Sprintf("ListenAddress 127.0.0.1\nPort %d\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n",
		port, file("host"), file("user.pub"))
	if err := os.WriteFile(file("sshd_config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	server := exec.Command(sshd, "-D", "-e", "-f", file("sshd_config"))
	var said strings.Builder
	server.Stderr = &said
	if err := server.Start(); err != nil {
		t.Skipf("start sshd: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = server.Wait(); close(ended) }()
	t.Cleanup(func() { _ = server.Process.Kill(); <-ended })
	for tries := 0; ; tries++ {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = c.Close()
			break
		}
		select {
		case <-ended:
			t.Skipf("sshd does not run here: %s", said.String())
		case <-time.After(50 * time.Millisecond):
		}
		if tries == 200 {
			t.Skip("sshd does not listen")
		}
	}
	command := fmt.Sprintf("echo $$ > %s; export LANG=C.UTF-8 HOME=%s XDG_CONFIG_HOME=%s; exec %s --demo", file("pid"), dir, dir, path)
	d = sitWith(t, 120, 40, []string{ssh, "-tt", "-F", "none", "-p", strconv.Itoa(port), "-i", file("user"), "-o", "IdentitiesOnly=yes",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "127.0.0.1", command})
	return d, func() int {
		read, _ := os.ReadFile(file("pid"))
		n, err := strconv.Atoi(strings.TrimSpace(string(read)))
		if err != nil {
			t.Fatalf("the program left no process id: %v", err)
		}
		return n
	}
}

// freePort is a port on loopback that nobody has.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skipf("no port on loopback: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func TestOverSSH(t *testing.T) {
	t.Parallel()
	d, _ := overSSH(t)
	d.shows("shop-api", "live")
	if !strings.Contains(d.output(), "\x1b[?2026$p") {
		t.Error("synchronized output was not asked for")
	}
	d.paste(longToken())
	d.judges()
	d.size(80, 24)
	d.shows("1 Services")
	d.press("q")
	if got := d.exit(); got != 0 {
		t.Errorf("exit status %d", got)
	}
	d.restored()
}

// TestALostSSHConnection: when the client is gone, so is the program.
func TestALostSSHConnection(t *testing.T) {
	t.Parallel()
	d, pid := overSSH(t)
	d.shows("shop-api", "live")
	n := pid()
	if gone(n) {
		t.Fatal("the program does not run")
	}
	_ = d.cmd.Process.Kill()
	d.exit()
	d.until("the end of the program", func() bool { return gone(n) })
}
