// A sentence that comes in English, and for which the page has no words of its own, says so to whoever reads it aloud.

import { languageTag } from '@weft/words/writing';
import { html, type TemplateResult } from 'lit';

/** @param sentence  as it came @param shown  as the page says it, perhaps the same */
export const fromEnglish = (sentence: string, shown: string): string | TemplateResult =>
  shown === sentence && languageTag !== 'en' ? html`<span lang="en">${shown}</span>` : shown;
