package clerk

import (
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

// FrontendAPI decodes a publishable key into the host of the instance's Frontend API: what follows pk_test_ or pk_live_ is the host and a
// dollar sign in base64 (https://clerk.com/docs/guides/how-clerk-works/overview, publishable key).
func FrontendAPI(publishableKey string) (string, error) {
	mistake := errors.New("the publishable key is not pk_test_… or pk_live_… as Clerk's dashboard shows it")
	encoded, test := strings.CutPrefix(publishableKey, "pk_test_")
	if !test {
		var live bool
		if encoded, live = strings.CutPrefix(publishableKey, "pk_live_"); !live {
			return "", mistake
		}
	}
	decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return "", mistake
	}
	host, ended := strings.CutSuffix(string(decoded), "$")
	u, err := url.Parse("https://" + host)
	if !ended || err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Host+u.Path != host ||
		strings.ContainsAny(host, "$<>\"' \t\r\n\\") {
		return "", mistake
	}
	return host, nil
}
