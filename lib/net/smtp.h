/* smtp.h -- mails handed to a mail server (RFC 5321), by libcurl.
 *
 * One connection is kept for the mails that follow. What became of a mail is decided by the
 * server's replies and the command that they answer, not by libcurl's codes. */
#ifndef SMTP_H
#define SMTP_H

#include <stddef.h>

struct smtp_settings {
	const char *url;  /* smtp://host:port/name or smtps://…; the name is said in EHLO */
	const char *user; /* "" = nobody */
	const char *password;
	const char *ca_file; /* "" = the system's certificates */
	int timeout_s;	     /* of the whole of one mail */
	/* smtp:// without TLS: for a server on this machine only, and never with a user. */
	int plain;
};

enum smtp_outcome {
	SMTP_TAKEN,
	SMTP_LATER,   /* the server wants this mail another time, or never said whether it has it */
	SMTP_REFUSED, /* for good */
	SMTP_AWAY,    /* the server, not the mail: it took no mail at all */
};

enum { SMTP_TEXT_BYTES = 201 };

struct smtp_reply {
	enum smtp_outcome outcome;
	int code;		    /* of the reply that decided; 0: there was none */
	char status[12];	    /* its enhanced code, such as 5.1.1 (RFC 3463), or "" */
	char text[SMTP_TEXT_BYTES]; /* the reply, or what went wrong; printable ASCII, addresses
				       masked */
	int misconfigured;	    /* TLS, certificate or login: somebody has to mend it */
};

struct smtp;

/* `settings` must outlive it. */
struct smtp *smtp_new(const struct smtp_settings *settings);
void smtp_free(struct smtp *smtp);

/* Hands over one mail, whose lines end in CRLF. Both addresses are such as envelope_is_address()
 * takes (asserted). */
struct smtp_reply smtp_send(struct smtp *smtp, const char *from, const char *to, const char *mail,
			    size_t len);

#endif
