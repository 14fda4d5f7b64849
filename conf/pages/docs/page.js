"use strict";

/* Swagger UI over the document that this very server prints. The validator's badge would ask a
 * server elsewhere. */

const KEPT = "daybook-token";
const dark = matchMedia("(prefers-color-scheme: dark)");

function paint() {
	document.documentElement.classList.toggle("dark-mode", dark.matches);
}

/* The token outlives a reload, but not the tab. */
const keepToken = {
	statePlugins: {
		auth: {
			wrapActions: {
				authorize: (authorize) => (given) => {
					sessionStorage.setItem(KEPT, given.bearer.value);
					return authorize(given);
				},
				logout: (logout) => (names) => {
					sessionStorage.removeItem(KEPT);
					return logout(names);
				},
			},
		},
	},
};

paint();
dark.addEventListener("change", paint);
window.ui = SwaggerUIBundle({
	url: "/api/v1/openapi.json",
	dom_id: "#swagger-ui",
	deepLinking: true,
	displayRequestDuration: true,
	filter: true,
	persistAuthorization: false,
	plugins: [() => keepToken],
	validatorUrl: null,
	onComplete() {
		const token = sessionStorage.getItem(KEPT);
		if (token === null) return;
		const schema = { type: "http", scheme: "bearer" };
		window.ui.authActions.authorize({ bearer: { name: "bearer", schema, value: token } });
	},
});
