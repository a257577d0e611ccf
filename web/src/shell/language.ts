// The language of the app: the page comes in it, and says which it is. Somebody's choice is told to the server with every request, for it is
// the server that hands out the page.

import type { Language } from '@weft/words';

const KEPT_SECONDS = 365 * 24 * 60 * 60;

/** What is not saved yet is kept, or asked about, as on any way out of the page. */
export function chooseLanguage(language: Language): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the other way is there with TLS alone.
  document.cookie = `weft-language=${language};path=/;max-age=${KEPT_SECONDS};samesite=lax`;
  location.reload();
}
