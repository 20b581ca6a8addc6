package webfetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/doyensec/safeurl"

	"github.com/leadagent/leadagent/domain/fault"
)

// tlsTimeout bounds a handshake.
const tlsTimeout = 5 * time.Second

// alsoBlocked are ranges beside those that safeurl blocks by itself: the address at which Azure's machines find their host's services, which
// is public by number only, and the last of the special ranges of IANA's registries. Those of version 6 are here although it is not spoken,
// so that no single slip opens them: compatible, translated (RFC 6052, RFC 8215) and 6to4 addresses carry one of version 4.
func alsoBlocked() []string {
	return []string{
		"168.63.129.16/32", "192.31.196.0/24", "192.52.193.0/24", "192.175.48.0/24",
		"::ffff:0:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "fec0::/10", "3fff::/20", "5f00::/16",
	}
}

// guarded puts safeurl's client together: its dialer looks at each address at the moment of connecting.
func guarded(g gate, own Dial) (*safeurl.WrappedClient, error) {
	blocked, err := ownAddresses()
	if err != nil {
		return nil, err
	}
	client := safeurl.Client(safeurl.GetConfigBuilder().
		SetAllowedSchemes("http", "https").
		SetAllowedPorts(g.ports...).
		SetBlockedIPsCIDR(alsoBlocked()...).
		SetBlockedIPs(blocked...).
		EnableIPv6(false).
		AllowSendingCredentials(false).
		SetCheckRedirect(g.checkRedirect).
		Build())
	transport, ok := client.Client.Transport.(*http.Transport)
	if !ok || transport.DialContext == nil {
		return nil, fault.New(fault.Internal, "The guard of the web fetcher is not what it was.")
	}
	d := dialer{own: own, guard: transport.DialContext}
	transport.DialContext, transport.DialTLSContext = d.dial, d.dialTLS
	transport.Proxy = nil
	transport.DisableKeepAlives = true
	transport.DisableCompression = true // unpacked by read, within bounds
	transport.MaxResponseHeaderBytes = maxHeader
	return client, nil
}

// ownAddresses are the public addresses of this machine, as of now: a service that listens on all of them may be meant for neighbours only.
func ownAddresses() ([]string, error) {
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "This machine's own addresses could not be listed.")
	}
	own := []string{}
	for _, a := range addresses {
		if network, ok := a.(*net.IPNet); ok {
			own = append(own, network.IP.String())
		}
	}
	return own, nil
}

// dialer lets a program's own hosts pass and sends every other host through the guard.
type dialer struct {
	own   Dial
	guard func(ctx context.Context, network, address string) (net.Conn, error)
}

func (d dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, _, err := d.connect(ctx, network, address)
	return conn, err
}

func (d dialer) dialTLS(ctx context.Context, network, address string) (net.Conn, error) {
	conn, taken, err := d.connect(ctx, network, address)
	if err != nil || taken {
		return conn, err
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	secured := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}})
	ctx, cancel := context.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("securing the connection: %w", err), conn.Close())
	}
	return secured, nil
}

func (d dialer) connect(ctx context.Context, network, address string) (net.Conn, bool, error) {
	if d.own != nil {
		if conn, taken, err := d.own(ctx, network, address); taken {
			return conn, true, err
		}
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil || !publicName(host) {
		return nil, false, refuse("That host is not on the public internet.", nil)
	}
	// Version 4 by name, so that a host with both versions is reached by the one that is spoken.
	conn, err := d.guard(ctx, "tcp4", address)
	return conn, false, err
}

// checkRedirect holds every address on the way to the same rules as the first.
func (g gate) checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return refuse("The page redirects too often.", nil)
	}
	if err := g.tidy(req.URL); err != nil {
		return err
	}
	req.Host = ""
	req.Header.Del("Referer")
	return nil
}

// stopped tells the guard's refusals from failures on the way.
func stopped(err error) bool {
	var (
		ip     *safeurl.AllowedIPError
		six    *safeurl.IPv6BlockedError
		port   *safeurl.AllowedPortError
		scheme *safeurl.AllowedSchemeError
		host   *safeurl.AllowedHostError
		none   *safeurl.InvalidHostError
		login  *safeurl.SendingCredentialsBlockedError
	)
	return errors.As(err, &ip) || errors.As(err, &six) || errors.As(err, &port) || errors.As(err, &scheme) ||
		errors.As(err, &host) || errors.As(err, &none) || errors.As(err, &login)
}
