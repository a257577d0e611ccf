// Which addresses a document may lead to. Documents come from anybody, so an address is inert until it is known to be
// harmless: http, https, mailto, tel, relative or a fragment. What is refused stays in the document and is not rendered.

// Browsers skip these before and inside a scheme ("java\nscript:"), so they are not part of what is judged.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const ignoredByBrowsers = /[\u0000-\u0020\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]/g;
const scheme = /^[a-z][a-z0-9+.-]*:/i;

function safeUrl(text: unknown, schemes: readonly string[]): string | null {
  if (typeof text !== 'string') return null;
  const bare = text.replace(ignoredByBrowsers, '');
  if (bare === '') return null;
  const named = scheme.exec(bare)?.[0].toLowerCase();
  return named === undefined || schemes.includes(named) ? text.trim() : null;
}

/** The href to render for a link, or null when following it could do something other than open a page or a mail. */
export function safeLinkHref(href: unknown): string | null {
  return safeUrl(href, ['http:', 'https:', 'mailto:', 'tel:']);
}

/** The src to render for an image, or null when it is not fetched from the web. */
export function safeImageSource(source: unknown): string | null {
  return safeUrl(source, ['http:', 'https:']);
}
