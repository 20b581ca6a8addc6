package web

import "encoding/json"

// Configuration of htmx. Nothing is evaluated or injected, and no page is kept in the browser's
// storage, as pages hold personal data. The response handling says which refusals are pages to be
// swapped in: a member's page shows conflicts and mistakes, the hosted form also says when it could
// not take a message.
const (
	memberHTMX = `{"allowEval":false,"includeIndicatorStyles":false,"allowScriptTags":false,` +
		`"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,"scrollBehavior":"auto",` +
		`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},` +
		`{"code":"4(09|22)","swap":true},{"code":"[45]..","swap":false,"error":true}]}`
	publicHTMX = `{"allowEval":false,"includeIndicatorStyles":false,"allowScriptTags":false,` +
		`"selfRequestsOnly":true,"historyCacheSize":0,"refreshOnHistoryMiss":true,` +
		`"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},` +
		`{"code":"4(04|10|13|22|29)","swap":true},{"code":"503","swap":true},{"code":"[45]..","swap":false,"error":true}]}`
)

// csrfHeaders is the value of hx-headers that sends the session's token with every request.
func csrfHeaders(token string) string {
	headers, err := json.Marshal(map[string]string{CSRFHeader: token})
	if err != nil {
		return "{}"
	}
	return string(headers)
}
