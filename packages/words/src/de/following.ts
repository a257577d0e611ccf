export const youFollow = (name: string) => `Das Fenster geht mit ${name} mit. Escape beendet es.`;
export const isReading = (name: string) =>
  `${name} liest und hat keine Einfügemarke im Text. Das Fenster geht mit, sobald es eine gibt. Escape beendet es.`;
export const noMore = (name: string) => `Das Fenster geht nicht mehr mit ${name} mit.`;
export const hasLeft = (name: string) => `${name} ist gegangen.`;
export const following = <Shown>(name: Shown) => ['Unterwegs mit ', name];
export const stopFollowing = 'Nicht mehr mitgehen';
export const stop = 'Beenden';
