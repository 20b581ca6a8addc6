// Package liveredis keeps on Redis what may be lost without harm: counts for rate limits, and word of what changed for open pages. It owns
// the keys and channels that begin with "leadagent:limit:" and "leadagent:live:". Everything goes on without Redis, inside one process. It
// must not know what is limited or what a page shows, and neither keys nor messages hold personal data.
package liveredis
