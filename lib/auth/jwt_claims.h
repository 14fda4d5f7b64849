/* jwt_claims.h -- the inside of jwt.h: payloads whose signature has been compared. */
#ifndef JWT_CLAIMS_H
#define JWT_CLAIMS_H

#include <json-c/json.h>

#include "auth/jwt.h"
#include "base/buf.h"

/* `typ` of each kind of token. */
extern const char *const jwt_type_words[];

/* Writes the payload of a token of ours; `parties` are its members `iss` and `aud`, with a comma in
 * front of each. */
void jwt_put_own(struct buf *payload, const struct jwt_claims *claims, const char *parties);

/* Reads an access token's payload in exactly the form of jwt_put_own(), which nearly all have, in
 * a tenth of the time that JSON takes. Its times are not checked yet. False says nothing of its
 * worth: jwt_read_own() knows, and wherever this reads, that reads the same. */
bool jwt_scan_own(const char *payload, size_t len, const char *parties, struct jwt_claims *out);

/* Hands the claims on if their times are good (RFC 7519 section 4.1), with the forgiven skew. As
 * jwt_verify() answers. */
enum jwt_verdict jwt_check_times(const struct jwt_claims *claims, int64_t not_before_s,
				 int64_t now_s, struct jwt_claims *out);

/* Whether a value is this text. */
bool jwt_is_text(json_object *value, const char *text);

/* Reads the claims of our own tokens, or those of another issuer: `sub` or `user_id`, `email`,
 * `exp`. As jwt_verify() answers. */
enum jwt_verdict jwt_read_own(json_object *payload, const char *issuer, const char *audience,
			      enum jwt_type type, int64_t now_s, struct jwt_claims *out);
enum jwt_verdict jwt_read_foreign(json_object *payload, int64_t now_s, struct jwt_claims *out);

#endif
