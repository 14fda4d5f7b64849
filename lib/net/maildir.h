/* maildir.h -- mails as files of a folder, for machines that send none. The form is that of qmail
 * (https://cr.yp.to/proto/maildir.html): any mail program reads it. */
#ifndef MAILDIR_H
#define MAILDIR_H

#include <stdbool.h>
#include <stddef.h>

/* Puts a mail into FOLDER/new under `name`, and makes the folder's parts if they are missing. The
 * mail is never seen in part, and replaces one of that name. False, and errno, when that fails. */
bool maildir_put(const char *folder, const char *name, const char *data, size_t len)
	__attribute__((warn_unused_result));

#endif
