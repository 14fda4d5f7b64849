/* jwt_claims.h -- the inside of jwt.h: payloads whose signature has been compared. */
#ifndef JWT_CLAIMS_H
#define JWT_CLAIMS_H

#include <json-c/json.h>

#include "jwt.h"

/* `typ` of each kind of token. */
extern const char *const jwt_type_words[];

/* Whether a value is this text. */
bool jwt_is_text(json_object *value, const char *text);

/* Reads the claims of our own tokens, or those of another issuer: `sub` or `user_id`, `email`,
 * `exp`. As jwt_verify() answers. */
enum err jwt_read_own(json_object *payload, const char *issuer, const char *audience,
		      enum jwt_type type, int64_t now_s, struct jwt_claims *out);
enum err jwt_read_foreign(json_object *payload, int64_t now_s, struct jwt_claims *out);

#endif
