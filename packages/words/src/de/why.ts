export const said = (code: string | number, sentence: string): string => sentences.get(`${code}`) ?? sentence;

// A map: a code is whatever a server sends, `constructor` too.
const sentences: ReadonlyMap<string, string> = new Map(
  Object.entries({
    malformed: 'Der Server konnte diese Änderung nicht lesen.',
    'too-large': 'Diese Änderung ist zu groß.',
    'cannot-merge': 'Diese Änderung braucht Text, den der Server nicht hat.',
    'read-only': 'Dieses Dokument lässt sich nur lesen.',
    'client-id-taken': 'Dieser Text ließ sich nicht neu schreiben.',
    tangled: 'An einer Stelle kam zu viel zusammen.',
    'document-full': 'Dieses Dokument ist so lang, wie es werden darf.',
    replaced: 'Das Dokument wurde ersetzt; dieser Text fehlt darin.',
    diverged: 'Seite und Server zeigten nicht dasselbe.',
    'another-person': 'Dies war nicht gespeichert, als sich jemand anderes anmeldete.',
    4400: 'Seite und Server verstehen einander nicht.',
    4401: 'Die Anmeldung gilt nicht mehr.',
    4403: 'Es gibt keinen Zugang mehr.',
    4406: 'Diese Seite ist älter als der Server.',
    4409: 'So kann ein Dokument nicht heißen.',
    4413: 'Das ist mehr, als der Server auf einmal annimmt.',
  }),
);
