package slack

import (
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const maxBody = 1 << 20

// args are the arguments of a call, whichever way they came: query, form or JSON.
// https://docs.slack.dev/apis/web-api (POST bodies)
type args struct {
	token  string
	values map[string]json.RawMessage
}

func parseArgs(r *http.Request) (args, *refusal) {
	out := args{token: bearer(r), values: map[string]json.RawMessage{}}
	query := r.URL.Query()
	// Slack no longer takes a token from the query string.
	query.Del("token")
	out.addForm(query)
	if r.Method == http.MethodGet {
		return out, nil
	}
	contentType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil && r.ContentLength != 0 {
		return args{}, refuse("missing_post_type")
	}
	switch contentType {
	case "application/json":
		// A token inside a JSON body does not count; it has to be in the header.
		return out, out.addJSON(r)
	case "application/x-www-form-urlencoded", "multipart/form-data", "":
		return out, out.addPosted(r, contentType)
	}
	return args{}, refuse("invalid_post_type")
}

func bearer(r *http.Request) string {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return token
}

func (a *args) addJSON(r *http.Request) *refusal {
	var body map[string]json.RawMessage
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&body); err != nil {
		return refuse("invalid_json")
	}
	for key, value := range body {
		if key != "token" && string(value) != "null" {
			a.values[key] = value
		}
	}
	return nil
}

func (a *args) addPosted(r *http.Request, contentType string) *refusal {
	var err error
	if contentType == "multipart/form-data" {
		err = r.ParseMultipartForm(maxBody)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		return refuse("invalid_form_data")
	}
	a.addForm(r.PostForm)
	if id, secret, ok := r.BasicAuth(); ok {
		a.addForm(url.Values{"client_id": {id}, "client_secret": {secret}})
	}
	return nil
}

func (a *args) addForm(form url.Values) {
	for key, values := range form {
		if key == "token" {
			if a.token == "" {
				a.token = values[0]
			}
			continue
		}
		// A string always marshals.
		encoded, _ := json.Marshal(values[0])
		a.values[key] = encoded
	}
}

func (a *args) has(key string) bool { return len(a.values[key]) > 0 }

// text is a scalar argument as a string, whether it came as a JSON string, number or boolean.
func (a *args) text(key string) string {
	raw := a.values[key]
	if len(raw) == 0 {
		return ""
	}
	var s string
	if err := json.Unmarshal(raw, &s); err == nil {
		return s
	}
	return string(raw)
}

func (a *args) flag(key string) bool {
	value := a.text(key)
	return value == "1" || value == "true"
}

func (a *args) number(key string, otherwise int) int {
	n, err := strconv.Atoi(a.text(key))
	if err != nil {
		return otherwise
	}
	return n
}

// document is a structured argument: JSON itself in a JSON body, JSON in a string in a form.
func (a *args) document(key string) json.RawMessage {
	raw := a.values[key]
	var inner string
	if err := json.Unmarshal(raw, &inner); err == nil {
		return json.RawMessage(inner)
	}
	return raw
}
