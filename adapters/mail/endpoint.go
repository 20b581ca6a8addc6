package mail

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// security is how the connection is protected.
type security int

const (
	implicitTLS security = iota // TLS from the first byte (RFC 8314, 3.3)
	startTLS                    // plain at first; nothing is said beyond EHLO before STARTTLS succeeded (RFC 3207)
	plain
)

// endpoint is the server that an SMTP_URL names.
type endpoint struct {
	host, port         string
	user, password     string
	security           security
	credentialsInClear bool // the operator asked for a connection without TLS
}

func (e endpoint) address() string { return net.JoinHostPort(e.host, e.port) }

// parseEndpoint reads smtp://[user:pass@]host[:port][?tls=none|starttls] or smtps://…. No error repeats the password.
func parseEndpoint(raw string) (endpoint, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return endpoint{}, errors.New("the SMTP URL cannot be read; it looks like smtp://user:password@host:587, special characters percent-encoded")
	}
	e := endpoint{host: u.Hostname(), port: u.Port()}
	if e.host == "" {
		return endpoint{}, errors.New("the SMTP URL names no host")
	}
	if (u.Path != "" && u.Path != "/") || u.Fragment != "" {
		return endpoint{}, errors.New("the SMTP URL has something behind the host and port")
	}
	if u.User != nil {
		e.user = u.User.Username()
		e.password, _ = u.User.Password()
		if e.user == "" || e.password == "" {
			return endpoint{}, errors.New("the SMTP URL has a user without a password, or the other way round")
		}
	}
	standardPort, err := e.secure(u)
	if err != nil {
		return endpoint{}, err
	}
	if e.port == "" {
		e.port = standardPort
	}
	return e, nil
}

// secure picks the protection and gives the port that goes with it (RFC 8314, 3).
func (e *endpoint) secure(u *url.URL) (port string, err error) {
	query := u.Query()
	choice := query.Get("tls")
	query.Del("tls")
	if len(query) > 0 {
		return "", errors.New("the SMTP URL has a parameter other than tls")
	}
	switch u.Scheme {
	case "smtps":
		if choice != "" {
			return "", errors.New("an smtps URL is always encrypted and takes no tls parameter")
		}
		e.security = implicitTLS
		return "465", nil
	case "smtp":
	default:
		return "", fmt.Errorf("the SMTP URL begins with %q; it has to be smtp or smtps", u.Scheme)
	}
	switch {
	case choice == "none", choice == "" && loopback(e.host):
		e.security, e.credentialsInClear = plain, true
	case choice == "", choice == "starttls":
		e.security = startTLS
	default:
		return "", fmt.Errorf("the SMTP URL has tls=%q; it can be none or starttls", choice)
	}
	return "587", nil
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
