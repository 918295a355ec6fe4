// Command duijie is the whole service in one binary: it imports postings, matches them, and serves them. `duijie help`
// lists the commands; a command that finds a server running on its data folder works through it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"duijie/corpus"
)

// Exit codes are part of the program's contract.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // the command line or a setting is wrong; nothing was done
	exitRows   = 3 // done, but some rows were bad
)

// errRows ends a command whose good rows are in and whose bad ones were reported.
var errRows = errors.New("some rows are bad")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does one command and returns its exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errRows):
		return exitRows
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "duijie: interrupted; what was committed is kept")
		return exitFailed
	case a.working:
		fmt.Fprintln(stderr, "duijie:", explain(err))
		return exitFailed
	}
	fmt.Fprintf(stderr, "duijie: %v (see: duijie help)\n", err)
	return exitUsage
}

// explain is the error as a user needs it: of one that says how to mend it, the cause is left out.
func explain(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		switch {
		case errors.Is(p, fs.ErrNotExist):
			return p.Path + " does not exist (check the path)"
		case errors.Is(p, fs.ErrPermission):
			return p.Path + " may not be opened (check who may read and write it)"
		}
	}
	e, ok := err.(*corpus.Error)
	if !ok {
		return err.Error()
	}
	plain := *e
	plain.Err = nil
	return plain.Error()
}

// An app is one run of the program.
type app struct {
	config
	flags          *pflag.FlagSet
	stdin          io.Reader
	stdout, stderr io.Writer
	working        bool // the command line and the settings were right
	json           bool // --json, of commands that have it
}

// answers adds --json to the flags of a command that prints what the API answers.
func (a *app) answers(f *pflag.FlagSet) {
	f.BoolVar(&a.json, "json", false, "print the answer of the API")
}

func (a *app) root() *cobra.Command {
	root := group("duijie", "Matches scientific achievements to the needs of enterprises, and says why")
	root.SilenceErrors, root.SilenceUsage = true, true
	root.CompletionOptions.HiddenDefaultCmd = true
	addSettings(root.PersistentFlags())
	// The help of a command would have a screen of its own and four of those that all have.
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "Global Flags:\n{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}",
		`Settings that all commands take, such as --data, are listed by "duijie --help".`, 1))
	root.AddCommand(a.serveCommand(), a.importCommand(), a.importsCommand(), a.undoCommand(), a.mapsCommand(), a.feedsCommand(), a.recordsCommand(), a.reportCommand(), a.exportCommand(), a.publishCommand(), a.searchCommand(), a.matchCommand(), a.coachCommand(), a.evalCommand(), a.judgeCommand(), a.learnCommand(), a.numbersCommand(),
		a.duplicatesCommand(), a.mergeCommand(), a.mergesCommand(), a.unmergeCommand(),
		a.keyCommand(), a.accountCommand(), a.backupCommand(), a.restoreCommand(), a.reindexCommand(), a.reloadCommand(), a.listsCommand(), a.segmentCommand(),
		a.remindersCommand(), a.deliveriesCommand(), a.incompleteCommand(), a.editCommand(), a.doctorCommand(), a.configCommand(), a.versionCommand())
	return root
}

// group returns a command that has others and only helps itself.
func group(name, short string) *cobra.Command {
	return &cobra.Command{Use: name, Short: short, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
}

// does wraps the work of a command: it reads the settings first.
func (a *app) does(work func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		var err error
		a.flags = cmd.Flags()
		if a.config, err = loadConfig(a.flags); err != nil {
			return err
		}
		a.working = true
		return work(cmd.Context(), args)
	}
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  cobra.NoArgs,
		RunE: a.does(func(context.Context, []string) error {
			fmt.Fprintln(a.stdout, "duijie", version())
			return nil
		}),
	}
}

// version is the module's version or, of a build from a checkout, its commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
