package webfetch

// NewOnPorts is New with other ports, so that tests can watch a listener of their own.
func NewOnPorts(o Options, ports ...int) (*Fetcher, error) { return newFetcher(gate{ports: ports}, o) }

// AlsoBlocked is the guard's own list.
func AlsoBlocked() []string { return alsoBlocked() }
