package api

import (
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies are the networks of proxies whose word for who asks is taken.
type Proxies []netip.Prefix

// ParseProxies reads a list of addresses and networks: 127.0.0.0/8,::1.
func ParseProxies(list string) (p Proxies, err error) {
	for _, item := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' }) {
		network, err := netip.ParsePrefix(item)
		if a, e := netip.ParseAddr(item); e == nil {
			network, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no address or network", item)
		}
		p = append(p, network.Masked())
	}
	return p, nil
}

// Asker names who sent a request, for rates: the address of the connection, or the one that a proxy of ours tells of it; of
// IPv6 the network, for everybody has all of that.
func (p Proxies) Asker(r *http.Request) string {
	a := p.address(r)
	if !a.IsValid() {
		return r.RemoteAddr
	}
	if network, err := a.Prefix(64); err == nil && a.Is6() {
		return network.String()
	}
	return a.String()
}

// address is where a request comes from; the zero Addr where the connection has none.
func (p Proxies) address(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	a := at.Addr().Unmap().WithZone("")
	told := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, t := range slices.Backward(told) { // each proxy adds whom it heard; before the first that isn't ours all may be invented
		if !slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(a) }) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(t))
		if err != nil {
			break
		}
		a = next.Unmap().WithZone("")
	}
	return a
}
