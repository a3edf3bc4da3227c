// Package domain applies the four rules of resetd through cgo.
package domain

/*
#cgo LDFLAGS: -lresetd_rules
#include <stdlib.h>
#include "resetd_rules.h"
*/
import "C"

import (
	"encoding/json"
	"fmt"
	"unsafe"
)

// RulesVersion tells since which year and month every input has had the answer it has now.
// Store it beside a canonical form.
func RulesVersion() string { return C.GoString(C.resetd_rules_version()) }

// RuleError says why a rule refused a text, and at which byte.
type RuleError struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Position int    `json:"position"`
}

func (e *RuleError) Error() string { return e.Message }

// Email is an address and the identity of its mailbox.
type Email struct {
	Normalized string `json:"normalized"`
	Canonical  string `json:"canonical"`
	// Provider is nil where the canonical form is the normalized one.
	Provider  *string `json:"provider"`
	Masked    string  `json:"masked"`
	LocalPart string  `json:"localPart"`
	Domain    string  `json:"domain"`
	Unicode   string  `json:"unicode"`
}

// Provider is what one mail provider ignores in its addresses.
type Provider struct {
	Name        string   `json:"name"`
	Source      string   `json:"source"`
	Domains     []string `json:"domains"`
	IgnoresDots bool     `json:"ignoresDots"`
	Tag         *string  `json:"tag"`
	MapsTo      *string  `json:"mapsTo"`
}

// IP is the one spelling of an address, where it lies, and what a budget counts.
type IP struct {
	Normalized string `json:"normalized"`
	Scope      string `json:"scope"`
	BudgetKey  string `json:"budgetKey"`
}

// Expiry is how long a link lives.
type Expiry struct {
	Seconds int    `json:"seconds"`
	Text    string `json:"text"`
	ISO8601 string `json:"iso8601"`
}

// APIKey is what a key tells; the key itself is not part of it.
type APIKey struct {
	Kind   string `json:"kind"`
	Masked string `json:"masked"`
	SHA256 string `json:"sha256"`
	Sample bool   `json:"sample"`
}

// ParseEmail reads an address by rules of one's own, where given, and then the built-in ones.
func ParseEmail(text string, providers ...Provider) (email Email, err error) {
	if providers == nil {
		providers = []Provider{}
	}
	err = apply("email", text, map[string]any{"providers": providers}, &email)
	return email, err
}

// ParseIP reads a customer's IP address.
func ParseIP(text string) (ip IP, err error) {
	err = apply("ip", text, nil, &ip)
	return ip, err
}

// ParseExpiry reads "3h 20m" or "PT3H20M".
func ParseExpiry(text string) (expiry Expiry, err error) {
	err = apply("expiry", text, nil, &expiry)
	return expiry, err
}

// ParseAPIKey reads a key.
func ParseAPIKey(text string, refuseSample bool) (key APIKey, err error) {
	err = apply("api-key", text, map[string]any{"refuseSample": refuseSample}, &key)
	return key, err
}

func apply(rule, text string, options map[string]any, into any) error {
	name := C.CString(rule)
	defer C.free(unsafe.Pointer(name))
	input := C.CString(text)
	defer C.free(unsafe.Pointer(input))
	var given *C.char
	if options != nil {
		encoded, err := json.Marshal(options)
		if err != nil {
			return err
		}
		given = C.CString(string(encoded))
		defer C.free(unsafe.Pointer(given))
	}

	answer := C.resetd_rule(name, input, C.size_t(len(text)), given)
	defer C.resetd_free(answer)
	line := []byte(C.GoString(answer))

	var outcome struct {
		OK    bool `json:"ok"`
		Error struct {
			RuleError
			Position *int `json:"position"`
		} `json:"error"`
	}
	if err := json.Unmarshal(line, &outcome); err != nil {
		return err
	}
	if outcome.OK {
		return json.Unmarshal(line, into)
	}
	if outcome.Error.Position == nil {
		return fmt.Errorf("resetd_rule: %s", outcome.Error.Message)
	}
	refusal := outcome.Error.RuleError
	refusal.Position = *outcome.Error.Position
	return &refusal
}
