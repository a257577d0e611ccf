export { documentFromJson, type JsonMark, type JsonNode, readDocumentJson } from './document-json.js';
export { fromMarkdown } from './markdown-reader.js';
export { toMarkdown } from './markdown-writer.js';
export { safeImageSource, safeLinkHref } from './safe-url.js';
export { schema } from './schema.js';
