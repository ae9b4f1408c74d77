/** An OpenAPI document, as JSON. */
export const openapi: import("../../src/dashboard/reference/json").JsonObject;
