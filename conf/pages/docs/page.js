"use strict";

/* Swagger UI over the document that this very server prints. The validator's badge would ask a
 * server elsewhere. */
window.ui = SwaggerUIBundle({
	url: "/api/v1/openapi.json",
	dom_id: "#swagger-ui",
	deepLinking: true,
	displayRequestDuration: true,
	persistAuthorization: false,
	validatorUrl: null,
});
