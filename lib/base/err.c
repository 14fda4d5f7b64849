#include "base/err.h"

#include <assert.h>

static const struct err_info errors[ERR_COUNT] = {
#define ROW(name, status, word, sentence, final) [name] = { status, word, sentence, final },
	ERR_TABLE(ROW)
#undef ROW
};

const struct err_info *err_info(enum err err)
{
	assert(err > OK && err < ERR_COUNT);
	return &errors[err];
}
