// What names like `&nbsp;` stand for, asked of the browser, which knows them all. Stands in the place of the library that markdown-it
// asks (lean-scripts.ts), and that brings a table of them.

const field = document.createElement('textarea');

/** @param text  one such name, with its semicolon; as it was where nothing has it */
export function decodeHTML(text: string): string {
  field.innerHTML = text;
  return field.textContent;
}

/** Without those that once needed no semicolon, and so may begin another word. */
export function decodeHTMLStrict(text: string): string {
  const decoded = decodeHTML(text);
  return decoded.endsWith(';') && text !== '&semi;' ? text : decoded;
}
