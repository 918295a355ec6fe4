package main

import (
	"strings"

	"github.com/spf13/pflag"

	"duijie/api"
)

// addLimits makes the flags of what one request may take.
func addLimits(f *pflag.FlagSet) {
	for _, l := range api.AllLimits {
		what := "most bytes of "
		if strings.HasPrefix(l.Name, "time_") {
			what = "most time for "
		}
		f.String(strings.ReplaceAll(l.Name, "_", "-"), l.Text(l.Default), what+strings.TrimSuffix(l.What, ","))
	}
}

// addLimits gives a layer their defaults, which makes them known as settings.
func (l layer) addLimits() error {
	for _, limit := range api.AllLimits {
		if err := l.k.Set(limit.Name, limit.Text(limit.Default)); err != nil {
			return err
		}
	}
	return nil
}

// limits are those of the settings; an error names the first that can't be used.
func (c *config) limits() (api.Limits, error) {
	limits := api.Limits{PerAddress: c.RatePerAddress, PerKey: c.RatePerKey, Set: map[*api.Limit]int64{}}
	for _, l := range api.AllLimits {
		v, err := l.Parse(c.lookup(l.Name))
		if err != nil {
			return limits, c.bad(l.Name, err.Error())
		}
		limits.Set[l] = v
	}
	return limits, nil
}
