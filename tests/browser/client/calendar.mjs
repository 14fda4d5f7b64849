// A calendar as ical.js reads it: calendar.mjs FILE prints its properties, and those of each entry, as JSON.
import { readFileSync } from "node:fs";

import ICAL from "ical.js";

const properties = (component) =>
	Object.fromEntries(component.getAllProperties().map((property) => [property.name, String(property.getValues().join("|"))]));
const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));

console.log(JSON.stringify({
	calendar: properties(calendar),
	entries: calendar.getAllSubcomponents().map((entry) => ({ kind: entry.name, ...properties(entry) })),
}));
