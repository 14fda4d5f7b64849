// The compiler's options decide whether imports have an extension; the path must be an absolute one.
export default {
	input: "openapi.json",
	output: { path: "heyapi", tsConfigPath: new URL("tsconfig.json", import.meta.url).pathname },
	plugins: ["@hey-api/client-fetch", "@hey-api/sdk", "@hey-api/typescript"],
};
