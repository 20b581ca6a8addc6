package webfetch

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// maxAddress bounds an address, in bytes.
const maxAddress = 2_048

// gate decides by its words alone which address may be asked for.
type gate struct {
	ports []int
}

// parse reads an address and checks everything that can be known without the network. The host comes back in lower case, in its ASCII form
// and without the final dot that a name may have.
func (g gate) parse(s string) (*url.URL, error) {
	if len(s) > maxAddress {
		return nil, refuse("That web address is too long.", nil)
	}
	u, err := url.Parse(s)
	if err != nil {
		// The cause would repeat the address.
		return nil, refuse("That is not a web address.", nil)
	}
	if err := g.tidy(u); err != nil {
		return nil, err
	}
	return u, nil
}

// tidy checks a parsed address, be it the first one or a redirect's.
func (g gate) tidy(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse("Only http and https pages are read.", nil)
	case u.User != nil:
		return refuse("An address with a user name is not followed.", nil)
	case u.Opaque != "" || u.Hostname() == "":
		return refuse("That is not a web address.", nil)
	case !g.portAllowed(u.Port()):
		return refuse("Only the usual ports of the web, 80 and 443, are read.", nil)
	}
	host, err := hostname(u.Hostname())
	if err != nil {
		return err
	}
	if u.Port() != "" {
		host += ":" + u.Port()
	}
	u.Host = host
	return nil
}

// portAllowed compares a port as it is written: resolvers of ports take 0080 and http too.
func (g gate) portAllowed(port string) bool {
	return port == "" || slices.ContainsFunc(g.ports, func(p int) bool { return strconv.Itoa(p) == port })
}

// hostname gives a host as the resolver will see it. IP addresses pass only in the four-part decimal notation: resolvers disagree about all
// others, and IPv6 is not spoken. Whether an address is public is not decided here but at the connection.
func hostname(s string) (string, error) {
	if strings.ContainsAny(s, ":%[]") {
		return "", refuse("Addresses of IP version 6 are not read.", nil)
	}
	ascii, err := idna.Lookup.ToASCII(s)
	if err != nil {
		return "", refuse("That host has no valid name.", nil)
	}
	ascii = strings.TrimSuffix(strings.ToLower(ascii), ".")
	if ip, err := netip.ParseAddr(ascii); err == nil && ip.Is4() {
		return ascii, nil
	}
	labels := strings.Split(ascii, ".")
	if numeric(labels[len(labels)-1]) {
		return "", refuse("That host is a number and no name.", nil)
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 {
			return "", refuse("That host has no valid name.", nil)
		}
	}
	return ascii, nil
}

// numeric tells a label by which old resolvers take the whole name for an IP address: decimal, octal or hexadecimal. It is how browsers tell,
// too (https://url.spec.whatwg.org/#ends-in-a-number-checker).
func numeric(label string) bool {
	digits, hex := strings.CutPrefix(label, "0x")
	if hex {
		return strings.Trim(digits, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}

// neverPublic are the top-level names that no public host has: RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, ICANN's .internal, and what
// routers and offices use without anybody's leave.
func neverPublic() []string {
	return []string{
		"localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "arpa",
		"test", "example", "invalid", "onion", "alt", "docker", "cluster", "consul",
	}
}

// publicName tells whether a name can be one of the public internet. A single label cannot: it is some machine nearby.
func publicName(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.Is4()
	}
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		return false
	}
	for _, top := range neverPublic() {
		if host[dot+1:] == top {
			return false
		}
	}
	return true
}
