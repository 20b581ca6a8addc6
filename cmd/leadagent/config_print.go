package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"reflect"
)

// LogValue prints the configuration without its secrets.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	for _, shown := range c.shown() {
		attrs = append(attrs, slog.String(shown[0], shown[1]))
	}
	return slog.GroupValue(attrs...)
}

// String is LogValue for print statements.
func (c Config) String() string { return c.LogValue().String() }

// Format keeps every verb of package fmt from printing the fields themselves.
func (c Config) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }

// MarshalJSON keeps encoders from writing the fields themselves.
func (c Config) MarshalJSON() ([]byte, error) {
	fields := map[string]string{}
	for _, shown := range c.shown() {
		fields[shown[0]] = shown[1]
	}
	return json.Marshal(fields)
}

// shown are the variables that have a value, each with what may be seen of it.
func (c Config) shown() [][2]string {
	var all [][2]string
	value := reflect.ValueOf(c)
	for _, f := range variables() {
		v := value.FieldByIndex(f.Index)
		text := fmt.Sprint(v.Interface())
		switch {
		case v.IsZero():
			continue
		case f.Tag.Get("secret") == "yes":
			text = "***"
		case f.Tag.Get("secret") == "url":
			text = placeOf(text)
		}
		all = append(all, [2]string{f.Tag.Get("env"), text})
	}
	return all
}

// placeOf leaves scheme, host and path of an address. User and parameters may hold secrets; what is no such address may be one altogether.
func placeOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" {
		return "***"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}
