package webfetch_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/leadagent/leadagent/adapters/webfetch"
	"github.com/leadagent/leadagent/domain/fault"
)

// hostile are addresses that must never be asked for. PORT stands for the port of a listener on loopback, which the fetcher under test may
// use, so that only the host, the scheme or the credentials stand in the way.
func hostile() []string {
	list := []string{
		"", " ", "northwind", "/etc/passwd", "//127.0.0.1:PORT/", "http:", "http:127.0.0.1:PORT", "http://", "http:///x", "http://:PORT/", "http://[]/", "http://?/",
		"file:///etc/passwd", "file://127.0.0.1/etc/passwd", "ftp://127.0.0.1:PORT/", "gopher://127.0.0.1:PORT/_x", "dict://127.0.0.1:PORT/x", "ldap://127.0.0.1:PORT/",
		"ws://127.0.0.1:PORT/", "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/info", "javascript:alert(1)", "data:text/html,<p>x</p>",
		"about:blank", "view-source:http://127.0.0.1:PORT/", "jar:http://127.0.0.1:PORT/!/x", "mailto:ana@northwind.example",
		"http://user@127.0.0.1:PORT/", "http://user:pass@127.0.0.1:PORT/", "http://northwind.com@127.0.0.1:PORT/", "http://@127.0.0.1:PORT/", "http://user:pass@northwind.com/",
		"http://127.0.0.1:22/", "http://127.0.0.1:5432/", "http://127.0.0.1:6379/", "http://127.0.0.1:0/", "http://127.0.0.1:0PORT/", "http://127.0.0.1:99999/", "http://127.0.0.1:http/",
		"http://northwind.com:8080/", "https://northwind.com:25/", "http://127.0.0.1:-PORT/",
		"http://127.0.0.1\\@northwind.com/", "http://127.0.0.1%00.northwind.com/", "http://127.0.0.1%2f.northwind.com/", "http://127.0.0.1\t:PORT/", "http://127.0.0.1\r\nHost: x:PORT/",
		"http://127.0.0.1 :PORT/", "http://127.0.0.1:PORT\u200b/", "http://-.com:PORT/", "http://a..b.com:PORT/", "http://" + strings.Repeat("a", 64) + ".com/", "http://northwind.com/" + strings.Repeat("a", 3000),
	}
	hosts := []string{
		// Version 4 in every notation that some resolver takes.
		"127.0.0.1", "127.0.0.1.", "127.0.0.2", "127.255.255.254", "127.1", "127.0.1", "0127.0.0.1", "127.0.0.01", "127.000.000.001", "0177.0.0.1", "0177.0.0.01", "017700000001",
		"2130706433", "2130706433.", "02130706433", "0x7f000001", "0X7F000001", "0x7f.0.0.1", "0x7f.0x0.0x0.0x1", "0x7f.1", "0x7f000001.", "00000177.0.0.1", "0", "0x0", "00", "0.0.0.0", "0.0.0.1", "0x",
		"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1",
		"198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.31.196.1",
		// Version 6, mapped, compatible, translated, 6to4, with zones.
		"[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[0000::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]",
		"[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::]", "[2001::1]", "[fe80::1]", "[fe80::1%25lo]", "[::1%25lo]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[100::1]", "[2001:db8::1]", "[v1.x]",
		// Other scripts' digits, dots and letters that become the same.
		"１２７.0.0.1", "127。0。0。1", "127．0．0．1", "①②⑦.⓪.⓪.①", "ｌｏｃａｌｈｏｓｔ", "ℓocalhost", "loc\u00adalhost", "169｡254｡169｡254",
		// Names that are never public.
		"localhost", "LOCALHOST", "LocalHost.", "foo.localhost", "localhost.localdomain", "ip6-localhost", "metadata", "metadata.google.internal", "METADATA.GOOGLE.INTERNAL.", "instance-data.ec2.internal",
		"kubernetes", "kubernetes.default.svc.cluster.local", "redis", "postgres", "db.local", "router.lan", "nas.home", "printer.home.arpa", "host.docker.internal", "vault.service.consul",
		"1.0.0.127.in-addr.arpa", "wiki.corp", "git.intranet", "x.test", "x.example", "x.invalid", "x.onion", "x.alt",
		// Names of the public internet that lead inside.
		"loopback.attacker.com", "LOOPBACK.Attacker.COM", "loopback.attacker.com.", "loopback2.attacker.com", "zero.attacker.com", "ten.attacker.com", "office.attacker.com", "metadata.attacker.com", "azure.attacker.com",
		"carrier.attacker.com", "broadcast.attacker.com", "many.attacker.com", "both.attacker.com", "rebind.attacker.com", "turning.attacker.com", "127.0.0.1.attacker.com", "müller.com", "MÜLLER。com",
	}
	for _, host := range hosts {
		list = append(list, "http://"+host+":PORT/latest/meta-data/", "https://"+host+":PORT/", "HTTP://"+host+"/")
	}
	return list
}

// TestNothingPrivateIsReached asks for each hostile address directly, and has a public page redirect to it.
func TestNothingPrivateIsReached(t *testing.T) {
	t.Parallel()
	secret := newTrap(t)
	public := corpus(t, func(w http.ResponseWriter, r *http.Request) {
		switch to := r.URL.Query().Get("to"); {
		case r.URL.Path == "/first":
			http.Redirect(w, r, "https://www.corpus.example/second?"+r.URL.RawQuery, http.StatusFound)
		default:
			w.Header()["Location"] = []string{to}
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	})
	f, err := webfetch.NewOnPorts(webfetch.Options{Dial: public}, 80, 443, secret.port)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, address := range hostile() {
		address = strings.ReplaceAll(address, "PORT", strconv.Itoa(secret.port))
		tried++
		if got, err := f.Fetch(t.Context(), address); !fault.Is(err, fault.Refused) || got.Text != "" {
			t.Errorf("%q: %q, %v", address, got.Text, err)
		}
		if strings.ContainsAny(address, "\r\n\t ") || address == "" || relative(address) {
			continue // no redirect can carry it, or it leads back to the public page
		}
		for _, start := range []string{"http://corpus.example/second?to=", "http://corpus.example/first?to="} {
			got, err := f.Fetch(t.Context(), start+escaped(address))
			if unreadable := err != nil && strings.Contains(err.Error(), "parse Location header"); got.Text != "" || !(fault.Is(err, fault.Refused) || unreadable) {
				t.Errorf("redirect to %q: %q, %v", address, got.Text, err)
			}
		}
	}
	if tried < 60 {
		t.Errorf("only %d addresses", tried)
	}
	if n := secret.hits.Load(); n != 0 {
		t.Errorf("the private listener was reached %d times", n)
	}
}

func relative(address string) bool {
	return !strings.Contains(address, ":") || strings.HasPrefix(address, "/")
}

func escaped(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// TestNamesOfVersionSixOnly has hosts that this fetcher simply cannot see.
func TestNamesOfVersionSixOnly(t *testing.T) {
	t.Parallel()
	secret := newTrap(t)
	f, err := webfetch.NewOnPorts(webfetch.Options{}, 80, 443, secret.port)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"six.attacker.com", "mapped.attacker.com", "translated.attacker.com", "unknown.attacker.com"} {
		if _, err := f.Fetch(t.Context(), "http://"+host+":"+strconv.Itoa(secret.port)+"/"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", host, err)
		}
	}
	if n := secret.hits.Load(); n != 0 {
		t.Errorf("the private listener was reached %d times", n)
	}
}

// TestTheTrapWorks makes sure that the listener would have noticed.
func TestTheTrapWorks(t *testing.T) {
	t.Parallel()
	secret := newTrap(t)
	f, err := webfetch.NewOnPorts(webfetch.Options{Dial: func(ctx context.Context, network, address string) (net.Conn, bool, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		return conn, true, err
	}}, secret.port)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Fetch(t.Context(), "http://"+secret.address+"/")
	if err != nil || got.Text != "secret" || secret.hits.Load() != 1 {
		t.Errorf("got %q, %v, %d hits", got.Text, err, secret.hits.Load())
	}
}

// TestOneQuestionPerConnection shows that there is no gap between check and use: the name is resolved once, and the answer is what is checked.
func TestOneQuestionPerConnection(t *testing.T) {
	t.Parallel()
	f := fetcher(t, webfetch.Options{})
	names.mu.Lock()
	names.answers["once.attacker.com."] = [][]string{{"192.0.2.1"}, {"127.0.0.1"}, {"127.0.0.1"}}
	names.asked["once.attacker.com."] = 0
	names.mu.Unlock()
	for want := 1; want <= 3; want++ {
		if _, err := f.Fetch(t.Context(), "http://once.attacker.com/"); !fault.Is(err, fault.Refused) {
			t.Errorf("got %v", err)
		}
		if got := names.questions("once.attacker.com"); got != want {
			t.Errorf("%d questions after %d fetches", got, want)
		}
	}
}

// TestTheOwnListSparesThePublic guards against a range that, read as one of version 4, would block everything.
func TestTheOwnListSparesThePublic(t *testing.T) {
	t.Parallel()
	for _, cidr := range webfetch.AlsoBlocked() {
		_, network, err := net.ParseCIDR(cidr)
		if err != nil {
			t.Fatal(err)
		}
		for _, public := range []string{"1.1.1.1", "8.8.8.8", "93.184.215.14", "168.63.129.17", "2606:4700::1111", "2a00:1450::1"} {
			if network.Contains(net.ParseIP(public)) {
				t.Errorf("%s blocks %s", cidr, public)
			}
		}
	}
}
