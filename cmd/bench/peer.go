package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
)

// engineFigures is how long an engine takes to find documents for whole needs, with one thread.
type engineFigures struct {
	Name          string  `json:"name"`
	Version       string  `json:"version,omitempty"`
	LoadPerSecond float64 `json:"load_per_s,omitempty"` // from words and vectors given
	Words         times   `json:"words"`
	Meaning       times   `json:"meaning"` // 0 of an engine without vectors
	Both          times   `json:"both"`
	Recall        float64 `json:"recall50,omitempty"`
	Note          string  `json:"note,omitempty"`
	LeftOut       string  `json:"left_out,omitempty"` // why it was not measured
}

// askPeer runs `command name tokens recall`, whose last line of output is engineFigures as JSON. One that fails is left
// out, with the last line that it told.
func askPeer(ctx context.Context, command, name, tokens string, recall float64) engineFigures {
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, command, name, tokens, fmt.Sprintf("%.4f", recall))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	f := engineFigures{}
	if err == nil {
		if err = json.Unmarshal([]byte(lastLine(stdout.String())), &f); err == nil && f.Words.P50 == 0 {
			err = fmt.Errorf("it told no times")
		}
	}
	f.Name = name
	if err != nil {
		f = engineFigures{Name: name, LeftOut: err.Error()}
		if last := lastLine(stderr.String()); last != "" {
			f.LeftOut = last
		}
		tell("%s is left out: %s", name, f.LeftOut)
	}
	return f
}

// lastLine returns the last line that is not empty.
func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
