package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// long makes the crash test run in its long form: make test-long.
var long = flag.Bool("long", false, "run the long forms of tests")

// binDir is where binary builds the program.
var binDir = filepath.Join(os.TempDir(), fmt.Sprintf("duijie-test-%d", os.Getpid()))

// binary builds the program as make build does, once for all tests that need a process of its own.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(binDir, "duijie")
	out, err := buildCommand(path).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return path, err
})

func buildCommand(path string, flags ...string) *exec.Cmd {
	return exec.Command("go", slices.Concat([]string{"build", "-trimpath", "-o", path}, flags, []string{"."})...)
}

// tidy removes the built program after all tests.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	code := t.M.Run()
	if err := os.RemoveAll(binDir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){"duijie": main})
}

// A program runs duijie commands in an empty folder with an empty HOME and nothing else in the environment.
type program struct {
	t         *testing.T
	path, dir string
	env       []string // beside HOME
}

func newProgram(t *testing.T) *program {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return &program{t: t, path: path, dir: t.TempDir()}
}

func (p *program) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, args...)
	cmd.Dir, cmd.Env = p.dir, append([]string{"HOME=" + p.dir}, p.env...)
	return cmd
}

// run returns the standard output of a command that must do.
func (p *program) run(args ...string) string {
	p.t.Helper()
	return p.runTo(exitDone, args...)
}

// runTo returns the standard output of a command that must end with this exit code.
func (p *program) runTo(code int, args ...string) string {
	p.t.Helper()
	cmd := p.command(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != code {
		p.t.Fatalf("duijie %s: %v, want exit code %d\n%s%s", strings.Join(args, " "), err, code, out, stderr.Bytes())
	}
	return string(out)
}

// A server is a running `duijie serve`.
type server struct {
	t   *testing.T
	cmd *exec.Cmd
	url string
}

// serve starts a server on a free port and waits for its address.
func (p *program) serve() *server { return p.serveTo(os.Stderr) }

// serveTo is serve with the log going elsewhere.
func (p *program) serveTo(log io.Writer) *server {
	p.t.Helper()
	cmd := p.command("serve", "--listen", "127.0.0.1:0", "--log-level", "warn")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		p.t.Fatalf("the server told no address: %v", err)
	}
	return &server{p.t, cmd, strings.TrimSpace(line)}
}

func (s *server) kill() {
	s.t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	s.cmd.Wait() // says that it was killed
}

// get decodes the answer to a GET, which must be 200, into out.
func (s *server) get(path string, out any) {
	s.t.Helper()
	resp, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		s.t.Fatalf("GET %s: %s: %s", path, resp.Status, body)
	}
	if err := json.Unmarshal(body, out); err != nil {
		s.t.Fatalf("GET %s: %v: %.200s", path, err, body)
	}
}

// ready waits until everything stored can be found.
func (s *server) ready() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Minute)
	defer cancel()
	for ctx.Err() == nil {
		resp, err := http.Get(s.url + "/readyz")
		if err != nil {
			s.t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode == http.StatusOK {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatal("the index did not catch up")
}

// TestProgramNeedsNothingElse: dictionary, model and pages are in the binary, whose build left no path behind.
func TestProgramNeedsNothingElse(t *testing.T) {
	p := newProgram(t)
	cmd := p.command("import", "-")
	cmd.Stdin = strings.NewReader(`{"kind":"achievement","id":"A1","title":"玉米秸秆裹膜青贮","text":"延长存放时间，防止霉变。"}`)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out := p.run("match", "--text", "秸秆打包后霉变，想延长存放时间"); !strings.Contains(out, "A1") {
		t.Errorf("the only achievement is not found:\n%s", out)
	}
	s := p.serve()
	s.ready()
	resp, err := http.Get(s.url + "/achievements/A1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); err != nil || !strings.Contains(string(body), "玉米秸秆裹膜青贮") {
		t.Errorf("the page of the achievement: %s, %v\n%.500s", resp.Status, err, body)
	}
}

// sampleServer runs a server with the sample and returns it with the secret of an admin key.
func sampleServer(t *testing.T) (*server, string) {
	p := newProgram(t)
	p.env = []string{"DUIJIE_BASE_URL=https://portal.example"}
	files, err := filepath.Glob("sample/*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no sample: %v", err)
	}
	for i := range files {
		if files[i], err = filepath.Abs(files[i]); err != nil {
			t.Fatal(err)
		}
	}
	p.run(append([]string{"import"}, files...)...)
	var key struct{ Key string }
	if err := json.Unmarshal([]byte(p.run("key", "create", "--role", "admin", "--name", "sample", "--json")), &key); err != nil || key.Key == "" {
		t.Fatalf("no key: %v", err)
	}
	s := p.serve()
	s.ready()
	return s, key.Key
}
