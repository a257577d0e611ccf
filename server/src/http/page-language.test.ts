import { expect, test } from 'vitest';
import { languageFor, languagesAmong } from './page-language.js';

test('the languages are those that there is a page in', () => {
  expect(languagesAmong(['index.html', 'index.de.html', 'service-worker.de.js', 'index.pt-BR.html', 'assets'])).toEqual(
    ['de', 'pt-BR'],
  );
});

test.each([
  ['what was chosen counts', 'weft-language=de', 'en', 'de'],
  ['beside other cookies, too', 'a=b; weft-language=de; c=d', 'en', 'de'],
  ['English is a choice like any other', 'weft-language=en', 'de', null],
  ['a language that there is not is no choice', 'weft-language=fr', 'de', 'de'],
  ['nor is another cookie', 'not-weft-language=de', 'en', null],
  ['else what the browser asks for', '', 'de-CH,de;q=0.9,en;q=0.8', 'de'],
  ['in its order, and not as it is written', '', 'en;q=0.5, de;q=0.9', 'de'],
  ['as far as there is such a page', '', 'fr-FR, fr;q=0.9, de;q=0.4, en;q=0.3', 'de'],
  ['what is asked for before German', '', 'fr, en;q=0.9, de;q=0.8', null],
  ['and not what is not wanted', '', 'de;q=0, en', null],
  ['nor what makes no sense', '', 'de;q=often', null],
  ['letters of any size', '', 'DE-at', 'de'],
  ['else English', '', '*', null],
  ['also when nothing is said', undefined, undefined, null],
])('%s', (_, cookie, accepted, language) => {
  expect(languageFor({ cookie, 'accept-language': accepted }, ['de'])).toBe(language);
});
