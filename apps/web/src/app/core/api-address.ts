/** Where the server's REST API answers. */
export const API = '/api/v1';
