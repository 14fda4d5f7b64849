// A calendar as ical.js reads it: calendar.mjs FILE prints its properties, and those of each entry with its first
// ten occurrences, as JSON.
import { readFileSync } from "node:fs";

import ICAL from "ical.js";

const properties = (component) =>
	Object.fromEntries(component.getAllProperties().map((property) => [property.name, String(property.getValues().join("|"))]));
const moment = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString());
const occurrences = (entry) => {
	if (!entry.hasProperty("rrule")) return entry.hasProperty("dtstart") ? [moment(entry.getFirstPropertyValue("dtstart"))] : [];
	const found = [], iterator = new ICAL.Event(entry).iterator();
	for (let next = iterator.next(); next && found.length < 10; next = iterator.next()) found.push(moment(next));
	return found;
};
const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));

console.log(JSON.stringify({
	calendar: properties(calendar),
	entries: calendar.getAllSubcomponents().filter((entry) => entry.name !== "vtimezone")
		.map((entry) => ({ kind: entry.name, ...properties(entry), occurrences: occurrences(entry) })),
}));
