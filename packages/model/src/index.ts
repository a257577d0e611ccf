export { documentFromJson, type JsonMark, type JsonNode, readDocumentJson } from './document-json.js';
export { fromHtml, type ParseHtml } from './html-reader.js';
export { toHtml } from './html-writer.js';
export { fromMarkdown } from './markdown-reader.js';
export { toMarkdown } from './markdown-writer.js';
export { fromPlainText, toPlainText } from './plain-text.js';
export { safeImageSource, safeLinkHref } from './safe-url.js';
export { schema } from './schema.js';
