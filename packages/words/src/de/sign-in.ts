export const notSignedIn = 'Nicht angemeldet';
export const hasEnded = 'Die Anmeldung ist abgelaufen.';
export const wentWrong = 'Unterwegs ist etwas schiefgegangen.';

export const titles: Readonly<Record<string, string>> = {
  'other-person': 'Hier ist jemand anderes angemeldet',
  'ticket-used': 'Diese Adresse gilt nicht mehr',
};

export const problems: Readonly<Record<string, string>> = {
  expired: 'Es hat zu lange gedauert, oder es wurde in einem anderen Browser begonnen.',
  unreachable: 'Der Anmeldedienst ist gerade nicht erreichbar.',
  declined: 'Der Anmeldedienst hat die Anmeldung abgelehnt.',
  'not-trusted': 'Der Antwort des Anmeldedienstes ist nicht zu trauen. Wer diesen Server betreibt, weiß davon.',
  'other-person':
    'Diese Adresse gehört zu einem anderen Konto als dem, das hier benutzt wird und angemeldet bleibt. Zum Wechseln: in der Liste aller Dokumente oben rechts abmelden, dann die Adresse dort, wo sie herkam, nochmals öffnen.',
  'ticket-used':
    'Die Adresse gilt einmal und eine halbe Minute lang. Bitte dorthin zurückgehen, wo sie stand, und ihr nochmals folgen.',
};
