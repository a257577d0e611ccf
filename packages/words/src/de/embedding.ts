export const guest = 'Gast';

export const notLetIn = 'Der Server lässt diese Seite nicht ein';
export const wrongOrEnded =
  'Was die Seite als Nachweis zeigt, ist falsch oder abgelaufen. Bitte die Seite neu laden; hilft das nicht, weiß weiter, wer sie betreibt.';
export const endedKept =
  'Was die Seite als Nachweis zeigt, ist abgelaufen. Nicht Gespeichertes steht nur auf dieser Seite: bitte kopieren, dann die Seite neu laden.';

export const notKnown = 'Diese Seite konnte nicht erfahren, wer hier schreibt';
export const triesAgain = 'Es wird von selbst weiter versucht.';
export const triesAgainKept =
  'Es wird von selbst weiter versucht. Bis dahin Geschriebenes steht nur auf dieser Seite: bitte offen lassen.';
