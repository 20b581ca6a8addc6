package fiberhttp

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// proxies are the networks whose X-Forwarded-For counts.
type proxies []netip.Prefix

// parseProxies reads addresses and networks.
func parseProxies(list []string) (proxies, error) {
	var p proxies
	for _, raw := range list {
		network, err := netip.ParsePrefix(raw)
		if err != nil {
			address, err := netip.ParseAddr(raw)
			if err != nil {
				return nil, fmt.Errorf("trusted proxy %q is neither an address nor a network", raw)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		p = append(p, network)
	}
	return p, nil
}

func (p proxies) trust(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// client walks back from the peer over the addresses that each trusted proxy says it was called from, and ends at the first that no trusted proxy
// vouches for. What stands before that one the client may have made up.
func (p proxies) client(peer netip.Addr, forwarded string) netip.Addr {
	peer = peer.Unmap()
	hops := strings.Split(forwarded, ",")
	for i := len(hops) - 1; i >= 0 && p.trust(peer); i-- {
		hop := strings.TrimSpace(hops[i])
		before, err := netip.ParseAddr(hop)
		if err != nil {
			with, err := netip.ParseAddrPort(hop) // some proxies add the port
			if err != nil {
				break
			}
			before = with.Addr()
		}
		peer = before.Unmap().WithZone("")
	}
	return peer
}

// address is by what requests of one client are counted together: its IPv4 address, or the IPv6 network of 64 bits within which it may choose its
// address freely (RFC 4291, 2.5.1).
func (s *Server) address(c *fiber.Ctx) string {
	peer, ok := netip.AddrFromSlice(c.Context().RemoteIP())
	if !ok {
		return ""
	}
	var forwarded []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		forwarded = append(forwarded, string(line))
	}
	client := s.proxies.client(peer, strings.Join(forwarded, ","))
	if client.Is6() {
		if network, err := client.Prefix(64); err == nil {
			return network.String()
		}
	}
	return client.String()
}
