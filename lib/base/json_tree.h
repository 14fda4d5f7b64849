/* json_tree.h -- JSON in memory, as a tree of json-c. */
#ifndef JSON_TREE_H
#define JSON_TREE_H

#include <json-c/json.h>
#include <stddef.h>

/* More than any field takes: what lies behind would only take memory. */
#define JSON_TREE_TEXT_CHARS (1 << 17)

/* The value of a text that json_scan() has passed; json_object_put() ends it. NULL is `null`. Names
 * and texts in it are cut after JSON_TREE_TEXT_CHARS characters. */
struct json_object *json_tree(const char *text, size_t len);

#endif
