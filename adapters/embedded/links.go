package embedded

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
)

// link says that Target is a symbolic link to Source, both relative to where Postgres is unpacked.
type link struct {
	Source string `json:"source"`
	Target string `json:"target"`
}

// parseLinks reads the package's list and refuses links that lead out of it.
func parseLinks(raw []byte) ([]link, error) {
	var links []link
	if err := json.Unmarshal(raw, &links); err != nil {
		return nil, fmt.Errorf("list of links: %w", err)
	}
	for i := range links {
		for _, name := range []*string{&links[i].Source, &links[i].Target} {
			*name = strings.TrimPrefix(*name, "native/")
			if !filepath.IsLocal(*name) {
				return nil, fmt.Errorf("list of links: %q is outside of the package", *name)
			}
		}
	}
	return links, nil
}
