package main

import (
	"net"
	"strings"
	"testing"
)

func TestDoctorTellsWhatCanBeReached(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := ln.Addr().String()
	defer ln.Close()
	shut, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := shut.Addr().String()
	shut.Close()
	var c config
	c.OIDCIssuer, c.SMSURL = "http://"+open+"/realms/x", "http://"+closed+"/send?key=secret"
	for i, want := range []string{"oidc " + open + "，能连上", "mail 没有设置", "sms " + closed + "，连不上"} {
		if r := c.reaches(t.Context())[i]; !strings.HasPrefix(r.Service+" "+r.text(), want) || strings.Contains(r.text(), "secret") {
			t.Errorf("%s %s, want %s", r.Service, r.text(), want)
		}
	}
	for address, want := range map[string]string{"https://sms.example.cn/x?key=1": "sms.example.cn:443", "http://h": "h:80", "": "", "nothing": ""} {
		if got := hostOf(address); got != want {
			t.Errorf("%q is at %q, want %q", address, got, want)
		}
	}
}
