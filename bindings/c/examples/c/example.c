#include <stdio.h>
#include <string.h>

#include "resetd_rules.h"

int main(void) {
    const char *given[] = {"Jan.Barasek+shop@GoogleMail.com", "jan@example.com."};
    for (size_t i = 0; i < 2; i++) {
        char *answer = resetd_rule("email", given[i], strlen(given[i]), NULL);
        puts(answer);
        resetd_free(answer);
    }
    return 0;
}
