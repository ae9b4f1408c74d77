/** What is open where the address names no call. */
export const OVERVIEW = "overview";

/** Where the server has its document. */
export const DOCUMENT = "/api/openapi.json";
