export { safeImageSource, safeLinkHref } from './safe-url.js';
export { schema } from './schema.js';
