package domain_test

import (
	"errors"
	"fmt"

	domain "resetd.example/domain"
)

func Example() {
	email, _ := domain.ParseEmail("Jan.Barasek+shop@GoogleMail.com")
	fmt.Println(email.Canonical)

	var refusal *domain.RuleError
	if _, err := domain.ParseEmail("jan@example.com."); errors.As(err, &refusal) {
		fmt.Printf("%s at byte %d\n", refusal.Code, refusal.Position)
	}
	// Output:
	// janbarasek@gmail.com
	// trailing-dot at byte 15
}
