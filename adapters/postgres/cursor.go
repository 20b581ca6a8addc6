package postgres

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/leadagent/leadagent/domain/fault"
	"github.com/leadagent/leadagent/domain/tenancy"
)

// position is where a page ended: the row's moment and, among rows of the same moment, its id.
type position struct {
	at time.Time
	id string
}

// The lists that have cursors. A cursor of one is of no use in another.
const (
	leadList = "l"
	runList  = "r"
)

// cursor writes the position as an opaque word. Postgres keeps microseconds, so nothing is lost.
func (p position) cursor(list string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(list + "." + strconv.FormatInt(p.at.UnixMicro(), 36) + "." + p.id))
}

// parseCursor reads a word that cursor wrote for the same list; any other is an Invalid fault.
func parseCursor(list, word string) (position, error) {
	bad := fault.InvalidFields(fault.Field{Name: "cursor", Message: "Use the cursor as the last page gave it, or none for the first page."})
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(word)
	if err != nil {
		return position{}, bad
	}
	parts := strings.Split(string(decoded), ".")
	if len(parts) != 3 || parts[0] != list {
		return position{}, bad
	}
	micros, err := strconv.ParseInt(parts[1], 36, 64)
	id, isUUID := tenancy.ParseUUID(parts[2])
	at := time.UnixMicro(micros).UTC()
	if err != nil || !isUUID || at.Year() < 1 || at.Year() > 9999 {
		return position{}, bad
	}
	return position{at: at, id: id}, nil
}

// pageSize keeps a page within 1 and 100 rows; without a wish it has 25.
func pageSize(wish int) int {
	if wish == 0 {
		return 25
	}
	return max(1, min(wish, 100))
}
