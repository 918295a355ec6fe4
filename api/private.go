package api

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// PrivateHosts are the hosts and networks beside the public internet that this server may connect to; the zero value has
// none.
type PrivateHosts struct {
	hosts    []string
	networks []netip.Prefix
}

// ParsePrivateHosts reads hosts, addresses and networks (10.1.0.0/16) with commas or blanks between them.
func ParsePrivateHosts(list string) (p PrivateHosts, err error) {
	for _, item := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		if network, err := netip.ParsePrefix(item); err == nil {
			p.networks = append(p.networks, network.Masked())
		} else if a, err := netip.ParseAddr(item); err == nil {
			p.networks = append(p.networks, netip.PrefixFrom(a, a.BitLen()))
		} else if strings.ContainsAny(item, "/:*@") {
			return p, fmt.Errorf("%q is no host, address or network", item)
		} else {
			p.hosts = append(p.hosts, strings.ToLower(item))
		}
	}
	return p, nil
}

// dial connects to public addresses only, whatever a name resolves to at that moment, and to those that p has. For others
// it fails with what refused makes of them.
func (p PrivateHosts) dial(refused func(netip.Addr) error) func(ctx context.Context, network, address string) (net.Conn, error) {
	open := net.Dialer{Timeout: dialTime}
	guarded := open
	guarded.Control = func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err == nil && !p.admit(at.Addr()) {
			err = refused(at.Addr().Unmap().WithZone(""))
		}
		return err
	}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if host, _, err := net.SplitHostPort(address); err == nil && slices.Contains(p.hosts, strings.ToLower(host)) {
			return open.DialContext(ctx, network, address)
		}
		return guarded.DialContext(ctx, network, address)
	}
}

// refuses reports whether a host is none of the public internet for sure, and none that p has: an address, or a name that only
// a network of one's own knows. What other names resolve to is seen when a connection is made.
func (p PrivateHosts) refuses(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if slices.Contains(p.hosts, host) {
		return false
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return !p.admit(a)
	}
	return !strings.Contains(host, ".") || strings.HasSuffix(host, ".localhost")
}

// admit reports whether a connection to an address may be made.
func (p PrivateHosts) admit(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return isPublic(a) || slices.ContainsFunc(p.networks, func(n netip.Prefix) bool { return n.Contains(a) })
}

// notPublic are the networks, beside those that netip names, in which no source of the public internet is: shared by
// carriers (metadata of clouds too), protocols and tests, translated and tunnelled addresses, which hide an IPv4 address.
var notPublic = func() (out []netip.Prefix) {
	for _, s := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
		"240.0.0.0/4", "168.63.129.16/32", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"} {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}()

// unicast6 is the part of IPv6 that is given out for the public internet.
var unicast6 = netip.MustParsePrefix("2000::/3")

func isPublic(a netip.Addr) bool {
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !unicast6.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(notPublic, func(n netip.Prefix) bool { return n.Contains(a) })
}
