/* jwt.h -- JSON Web Tokens (RFC 7519) signed with HS256 (RFC 7515) and nothing else (RFC 8725).
 *
 * A set of keys lives as long as the process: the first key added signs, all of them verify, and
 * a token names its key by `kid`. Nothing in a token's payload is parsed before its signature has
 * been compared. A token has exactly one spelling. */
#ifndef JWT_H
#define JWT_H

#include "base/err.h"
#include "base/types.h"

#define JWT_MAX_BYTES 4096
#define JWT_EMAIL_BYTES 256

/* The clock skew between hosts that is forgiven. */
#define JWT_LEEWAY_S 30

enum jwt_type { JWT_ACCESS, JWT_REFRESH };

struct jwt_claims {
	struct uuid user;
	struct uuid session;
	char email[JWT_EMAIL_BYTES];
	enum jwt_type type;
	int64_t issued_s; /* 0 if the token does not say */
	int64_t expires_s;
	int64_t counter; /* refresh tokens only: which one of its session's it is */
};

/* What a token is worth; all but JWT_GOOD refuse it. */
enum jwt_verdict {
	JWT_GOOD,
	JWT_MALFORMED, /* no three parts, no JSON, a second spelling, or too long */
	JWT_ALGORITHM,
	JWT_CRIT,
	JWT_KID,
	JWT_SIGNATURE,
	JWT_TYPE,
	JWT_ISSUER,
	JWT_AUDIENCE,
	JWT_CLAIMS, /* one is missing or has a bad value */
	JWT_NOT_YET,
	JWT_EXPIRED,
};

/* The verdict's word for the log. Clients learn no more than jwt_err(). */
const char *jwt_word(enum jwt_verdict verdict);

/* ERR_TOKEN_EXPIRED if nothing but its time is wrong, ERR_UNAUTHORIZED for whatever else. */
enum err jwt_err(enum jwt_verdict verdict);

struct jwt_keys;

struct jwt_keys *jwt_keys_new(const char *issuer, const char *audience);

/* The first key added is the current one. `kid` and `secret` are not kept. */
void jwt_keys_add(struct jwt_keys *keys, const char *kid, const char *secret, size_t secret_len);

/* The secret that another issuer signs with, such as a front end that has its own login. */
void jwt_keys_add_foreign(struct jwt_keys *keys, const char *secret, size_t secret_len);
void jwt_keys_free(struct jwt_keys *keys);

/* The claims of a token of ours of this type. `out` is untouched when it is refused. */
enum jwt_verdict jwt_verify(const struct jwt_keys *keys, const char *token, size_t len,
			    enum jwt_type type, int64_t now_s, struct jwt_claims *out)
	__attribute__((warn_unused_result));

/* The user and email of a token of the other issuer: HS256 under its secret, `sub` or `user_id` a
 * UUID, `email` and `exp` there; `session` is unset. As jwt_verify() otherwise; refused when there
 * is no such issuer. */
enum jwt_verdict jwt_verify_foreign(const struct jwt_keys *keys, const char *token, size_t len,
				    int64_t now_s, struct jwt_claims *out)
	__attribute__((warn_unused_result));

/* Writes a token with a fresh `jti` and a NUL into `out`, which has room for JWT_MAX_BYTES, and
 * returns its length. */
size_t jwt_sign(const struct jwt_keys *keys, const struct jwt_claims *claims, char *out);

#endif
