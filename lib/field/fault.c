#include "field/fault.h"

#include <assert.h>
#include <string.h>

/* A body may be full of mistakes, and a name that its client has made up may have any length: an
 * answer has so many bytes of them, each with as many around its name at least. */
enum { MAX_NAME_BYTES = 256, MAX_BYTES = 1 << 17, FRAME_BYTES = 40 };

static const struct {
	const char *word, *sentence;
} codes[FAULT_COUNT] = {
#define ROW(name, word, sentence) [name] = { word, sentence },
	FAULT_TABLE(ROW)
#undef ROW
};

const char *fault_word(enum fault_code code)
{
	assert(code > FAULT_NONE && code < FAULT_COUNT);
	return codes[code].word;
}

enum fault_code fault_find(const char *word)
{
	int code = FAULT_COUNT - 1;

	while (code > FAULT_NONE && strcmp(codes[code].word, word) != 0)
		code--;
	return (enum fault_code)code;
}

static const char *cut_name(struct arena *arena, const char *name)
{
	size_t len = MAX_NAME_BYTES;

	if (strnlen(name, MAX_NAME_BYTES + 1) <= MAX_NAME_BYTES)
		return name;
	while ((name[len] & 0xc0) == 0x80) /* within a character of UTF-8 */
		len--;
	return arena_copy(arena, name, len);
}

void fault_add(struct faults *faults, const char *field, struct fault fault)
{
	faults->count++;
	if (faults->bytes > MAX_BYTES)
		return; /* no answer would have it */
	struct noted_fault *noted = arena_alloc(faults->arena, sizeof *noted);

	if (!fault.message)
		fault.message = codes[fault.code].sentence;
	if (faults->prefix)
		field = arena_printf(faults->arena, "%s%s", faults->prefix, field);
	*noted = (struct noted_fault){ cut_name(faults->arena, field), fault, NULL };
	faults->bytes += FRAME_BYTES + strlen(noted->field);
	if (!faults->first)
		faults->first = noted;
	else
		faults->last->next = noted;
	faults->last = noted;
}

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, text, strlen(text)) : NULL;
}

void fault_copy_all(struct faults *to, const struct faults *from)
{
	for (const struct noted_fault *noted = from->first; noted; noted = noted->next) {
		struct fault fault = noted->fault;
		fault.message = copy(to->arena, fault.message);
		fault.min = copy(to->arena, fault.min);
		fault.max = copy(to->arena, fault.max);
		fault_add(to, copy(to->arena, noted->field), fault);
	}
}

const char *fault_sentence(const struct faults *faults)
{
	const struct noted_fault *first = faults->first;

	if (faults->count == 1)
		return arena_printf(faults->arena, "%s %s", first->field, first->fault.message);
	return arena_printf(faults->arena, "%s %s, and %u more", first->field, first->fault.message,
			    faults->count - 1);
}

static void put_limits(struct json *json, const struct fault *fault)
{
	if (fault->min)
		json_raw(json, "min", fault->min, strlen(fault->min));
	if (fault->max)
		json_raw(json, "max", fault->max, strlen(fault->max));
	if (fault->type)
		json_text(json, "type", fault->type);
	if (fault->format)
		json_text(json, "format", fault->format);
	if (fault->with)
		json_text(json, "with", fault->with);
	if (!fault->allowed)
		return;
	json_open(json, "allowed", '[');
	for (const char *const *word = fault->allowed; *word; word++)
		json_text(json, NULL, *word);
	json_close(json, ']');
}

void fault_put(struct json *json, const char *name, const struct faults *faults)
{
	size_t begin = json->out->len;

	json_open(json, name, '[');
	for (const struct noted_fault *noted = faults->first; noted; noted = noted->next) {
		if (json->out->len - begin > MAX_BYTES)
			break;
		json_open(json, NULL, '{');
		json_text(json, "field", noted->field);
		json_text(json, "code", fault_word(noted->fault.code));
		json_text(json, "message", noted->fault.message);
		put_limits(json, &noted->fault);
		json_close(json, '}');
	}
	json_close(json, ']');
}
