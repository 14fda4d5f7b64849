/* field_put.c -- the values of a table's struct, written down again. */
#include <assert.h>

#include "base/instant.h"
#include "base/json.h"
#include "base/uuid.h"
#include "field/field.h"

static void put_integer(struct buf *buf, const struct integer *integer)
{
	if (integer->set)
		buf_put_int(buf, integer->value);
	else
		json_put_text(buf, NULL);
}

static void put_boolean(struct buf *buf, const struct boolean *boolean)
{
	if (boolean->set)
		json_put_bool(buf, boolean->value);
	else
		json_put_text(buf, NULL);
}

static void put_uuid(struct buf *buf, const struct uuid *uuid)
{
	char text[UUID_TEXT_BYTES];

	uuid_format(text, uuid->bytes);
	json_put_text(buf, uuid->set ? text : NULL);
}

static void put_instant(struct buf *buf, const struct instant *instant)
{
	char text[INSTANT_TEXT_BYTES];

	instant_format(text, instant->us);
	json_put_text(buf, instant->set ? text : NULL);
}

static void put_date(struct buf *buf, const struct date *date)
{
	char text[DATE_TEXT_BYTES];

	date_format(text, date->days);
	json_put_text(buf, date->set ? text : NULL);
}

static void put_strings(struct buf *buf, const struct strings *strings)
{
	if (!strings->set) {
		json_put_text(buf, NULL);
		return;
	}
	struct json json = { buf };

	json_open(&json, NULL, '[');
	for (size_t i = 0; i < strings->count; i++)
		json_text(&json, NULL, strings->items[i]);
	json_close(&json, ']');
}

void field_put(struct buf *buf, const struct field *field, const void *in)
{
	const void *place = (const char *)in + field->offset;
	const struct moment *moment = place;
	const struct reference *reference = place;

	switch (field->kind) {
	case KIND_BOOLEAN:
		put_boolean(buf, place);
		break;
	case KIND_INTEGER:
		put_integer(buf, place);
		break;
	case KIND_TEXT:
		json_put_text(buf, *(const char *const *)place);
		break;
	case KIND_UUID:
		put_uuid(buf, place);
		break;
	case KIND_INSTANT:
		put_instant(buf, place);
		break;
	case KIND_DATE:
		put_date(buf, place);
		break;
	case KIND_MOMENT:
		if (moment->date.set)
			put_date(buf, &moment->date);
		else
			put_instant(buf, &moment->instant);
		break;
	case KIND_REFERENCE:
		if (reference->none.set)
			json_put_text(buf, "none");
		else
			put_uuid(buf, &reference->id);
		break;
	case KIND_STRINGS:
		put_strings(buf, place);
		break;
	default:
		assert(!"a kind that requests have");
	}
}
