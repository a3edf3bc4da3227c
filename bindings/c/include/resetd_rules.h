/* The four rules of resetd: e-mail addresses, customer IPs, expiries and API keys.
 *
 * The functions may be called from any thread at any time. None keeps anything that it is given.
 */
#ifndef RESETD_RULES_H
#define RESETD_RULES_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Applies a rule to an input and returns the answer as JSON: UTF-8, one line, ended by a NUL. Give it to resetd_free.
 *
 * rule     "email", "ip", "expiry" or "api-key", ended by a NUL.
 * input    input_length bytes of UTF-8; they need no NUL at the end and may have some within. NULL with a length of 0 is the
 *          empty input.
 * options  NULL, or a JSON object ended by a NUL: {"providers":[...]} for "email", {"refuseSample":true} for "api-key", as in
 *          conformance/schema.json.
 *
 * {"ok":true,...} has the members that conformance/ lists for the rule:
 *   email    normalized, canonical, provider, masked, localPart, domain, unicode
 *   ip       normalized, scope, budgetKey
 *   expiry   seconds, text, iso8601
 *   api-key  kind, masked, sha256, sample
 * {"ok":false,"error":{"code":...,"message":...,"position":...,"utf16":...}} is a refusal: position counts bytes, utf16 the code units
 * of UTF-16. An input that is no UTF-8 has the code "not-unicode". A call that is wrong in itself has one of the codes "unknown-rule" and
 * "invalid-options", and no position.
 *
 * An answer about an API key never holds the key, an error never the input.
 */
char *resetd_rule(const char *rule, const char *input, size_t input_length, const char *options);

/* Frees an answer of resetd_rule, once. NULL is fine. */
void resetd_free(char *answer);

/* The version of the rules, a year and a month: since when every input has had the answer it has now. Store it beside a canonical
 * form. The text is not freed.
 */
const char *resetd_rules_version(void);

#ifdef __cplusplus
}
#endif

#endif
