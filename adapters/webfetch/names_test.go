package webfetch_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
)

// names is the name server of the tests: what each name resolves to, question by question. The last answer is repeated.
var names = &nameServer{answers: map[string][][]string{
	"loopback.attacker.com.":   {{"127.0.0.1"}},
	"loopback2.attacker.com.":  {{"127.0.0.2"}},
	"zero.attacker.com.":       {{"0.0.0.0"}},
	"ten.attacker.com.":        {{"10.0.0.1"}},
	"office.attacker.com.":     {{"192.168.1.1"}},
	"metadata.attacker.com.":   {{"169.254.169.254"}},
	"azure.attacker.com.":      {{"168.63.129.16"}},
	"carrier.attacker.com.":    {{"100.100.100.200"}},
	"broadcast.attacker.com.":  {{"255.255.255.255"}},
	"many.attacker.com.":       {{"127.0.0.1", "10.0.0.1", "169.254.169.254", "127.0.0.2"}},
	"six.attacker.com.":        {{"::1"}},
	"mapped.attacker.com.":     {{"::ffff:127.0.0.1"}},
	"translated.attacker.com.": {{"64:ff9b::7f00:1"}},
	"both.attacker.com.":       {{"::1", "127.0.0.1"}},
	"rebind.attacker.com.":     {{"192.0.2.1"}, {"127.0.0.1"}},
	"turning.attacker.com.":    {{"127.0.0.1"}, {"192.0.2.1"}, {"127.0.0.1"}},
	"127.0.0.1.attacker.com.":  {{"127.0.0.1"}},
	"xn--mller-kva.com.":       {{"127.0.0.1"}},
}, asked: map[string]int{}}

type nameServer struct {
	conn net.PacketConn

	mu      sync.Mutex
	answers map[string][][]string
	asked   map[string]int // questions for A
}

func (n *nameServer) start() (func(), error) {
	conn, err := (&net.ListenConfig{}).ListenPacket(context.Background(), "udp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n.conn = conn
	go n.serve()
	return func() { _ = conn.Close() }, nil
}

func (n *nameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

func (n *nameServer) questions(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[name+"."]
}

func (n *nameServer) serve() {
	buffer := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		var question dnsmessage.Message
		if question.Unpack(buffer[:size]) != nil || len(question.Questions) != 1 {
			continue
		}
		if packed, err := n.answer(question); err == nil {
			_, _ = n.conn.WriteTo(packed, from)
		}
	}
}

func (n *nameServer) answer(m dnsmessage.Message) ([]byte, error) {
	q := m.Questions[0]
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: m.ID, Response: true, Authoritative: true, RecursionAvailable: true}, Questions: m.Questions}
	addresses, known := n.next(strings.ToLower(q.Name.String()), q.Type)
	if !known {
		reply.RCode = dnsmessage.RCodeNameError
	}
	for _, a := range addresses {
		header := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET}
		ip := netip.MustParseAddr(a)
		switch {
		case q.Type == dnsmessage.TypeA && ip.Is4():
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}})
		case q.Type == dnsmessage.TypeAAAA && !ip.Is4():
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	return reply.Pack()
}

func (n *nameServer) next(name string, kind dnsmessage.Type) ([]string, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if kind == dnsmessage.TypeA {
		n.asked[name]++
	}
	answers, known := n.answers[name]
	if !known {
		return nil, false
	}
	return answers[min(max(n.asked[name]-1, 0), len(answers)-1)], true
}
