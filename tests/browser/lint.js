/* Lints an OpenAPI document with the rules that "redocly lint" recommends, of which this package is
 * the heart: without its telemetry and its question for a newer version. Usage: node lint.js FILE */
import { createConfig, formatProblems, getTotals, lint } from "@redocly/openapi-core";

const config = await createConfig({
	extends: ["recommended"],
	// Whoever runs a Daybook decides that.
	rules: { "info-license": "off" },
});
const problems = await lint({ ref: process.argv[2], config });
const { errors, warnings } = getTotals(problems);

formatProblems(problems, { format: "stylish", totals: { errors, warnings, ignored: 0 } });
process.exitCode = problems.length > 0 ? 1 : 0;
