package domain_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	domain "resetd.example/domain"
)

type vector struct {
	ID      string          `json:"id"`
	Input   string          `json:"input"`
	Because string          `json:"because"`
	Gives   json.RawMessage `json:"gives"`
	Refused *struct {
		Code     string `json:"code"`
		Position int    `json:"position"`
	} `json:"refused"`
	Options struct {
		Providers    []domain.Provider `json:"providers"`
		RefuseSample bool              `json:"refuseSample"`
	} `json:"options"`
}

func check[T any](t *testing.T, rule string, parse func(vector) (T, error)) {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("../../../../conformance", rule+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Rules   string   `json:"rules"`
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(file, &document); err != nil {
		t.Fatal(err)
	}
	if len(document.Vectors) < 20 || document.Rules != domain.RulesVersion() {
		t.Fatalf("%d vectors of %s", len(document.Vectors), document.Rules)
	}
	for _, vector := range document.Vectors {
		got, err := parse(vector)
		var refusal *domain.RuleError
		switch {
		case errors.As(err, &refusal):
			if vector.Refused == nil || refusal.Code != vector.Refused.Code || refusal.Position != vector.Refused.Position {
				t.Errorf("%s (%s): refused as %s at %d", vector.ID, vector.Because, refusal.Code, refusal.Position)
			}
		case err != nil:
			t.Errorf("%s (%s): %v", vector.ID, vector.Because, err)
		default:
			var want T
			if vector.Gives == nil {
				t.Errorf("%s (%s): taken", vector.ID, vector.Because)
			} else if err := json.Unmarshal(vector.Gives, &want); err != nil {
				t.Error(err)
			} else if !reflect.DeepEqual(got, want) {
				t.Errorf("%s (%s): %+v, expected %+v", vector.ID, vector.Because, got, want)
			}
		}
	}
}

func TestEmail(t *testing.T) {
	check(t, "email", func(v vector) (domain.Email, error) { return domain.ParseEmail(v.Input, v.Options.Providers...) })
}

func TestIP(t *testing.T) {
	check(t, "ip", func(v vector) (domain.IP, error) { return domain.ParseIP(v.Input) })
}

func TestExpiry(t *testing.T) {
	check(t, "expiry", func(v vector) (domain.Expiry, error) { return domain.ParseExpiry(v.Input) })
}

func TestAPIKey(t *testing.T) {
	check(t, "api-key", func(v vector) (domain.APIKey, error) {
		return domain.ParseAPIKey(v.Input, v.Options.RefuseSample)
	})
}

func TestWrongCall(t *testing.T) {
	_, err := domain.ParseEmail("jan@example.com", domain.Provider{Name: "Bad", Domains: []string{"a..b"}})
	var refusal *domain.RuleError
	if err == nil || errors.As(err, &refusal) {
		t.Errorf("%v", err)
	}
}
