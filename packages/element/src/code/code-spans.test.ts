import { describe, expect, test } from 'vitest';
import { codeLanguages } from './code-languages.js';
import { codeSpans } from './code-spans.js';

const parts = (code: string, language: string): string[] =>
  codeSpans(code, language).map(({ from, to, kind }) => `${kind} ${code.slice(from, to)}`);

describe('the parts of code', () => {
  test('are told by their places', () => {
    expect(parts('const a = "b"; // c', 'javascript')).toEqual(['keyword const', 'string "b"', 'comment // c']);
    expect(parts('def f(x):\n  return 12', 'python')).toEqual([
      'keyword def',
      'title f',
      'keyword return',
      'number 12',
    ]);
    expect(parts('{"a": [1, true]}', 'json')).toEqual(['name "a"', 'number 1', 'keyword true']);
  });

  test('are not what is put into a string', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    expect(parts('`a${b}`', 'javascript')).toEqual(['string `a', 'string `']);
  });

  test('are those of languages within, too', () => {
    const code = '<p class="a">x</p><script>let b = 1;</script><style>p { color: red }</style>';
    expect(parts(code, 'html')).toEqual(
      expect.arrayContaining(['title p', 'name class', 'string "a"', 'keyword let', 'number 1', 'name color']),
    );
  });

  test('follow each other, and stay in the code, in every language that there is to choose', () => {
    const code = '# a\n<b c="d">"e" 1 /* f */ // g\n{h: "\u{1f600}"} def fn(x) { return \'i\' } -- j\n';
    for (const [language] of codeLanguages) {
      let at = 0;
      const spans = codeSpans(code, language);
      expect(spans, language).not.toEqual([]);
      for (const { from, to } of spans) {
        expect(from, language).toBeGreaterThanOrEqual(at);
        expect(to, language).toBeGreaterThan(from);
        at = to;
      }
      expect(at, language).toBeLessThanOrEqual(code.length);
    }
  });

  test('are none where the language is not known', () => {
    expect(codeSpans('const a', 'klingon')).toEqual([]);
  });
});
