"use strict";

/* The search would need a worker from a blob: address, which our content security policy refuses. */
Redoc.init("/api/v1/openapi.json", {
	disableSearch: true,
	hideDownloadButton: false,
	nativeScrollbars: true,
	theme: {
		typography: {
			fontFamily: "system-ui, sans-serif",
			headings: { fontFamily: "system-ui, sans-serif" },
		},
	},
}, document.getElementById("redoc"));
