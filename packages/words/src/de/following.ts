export const youFollow = (name: string) => `Die Ansicht folgt ${name}. Escape beendet das.`;
export const isReading = (name: string) =>
  `${name} liest und hat keine Einfügemarke im Text. Die Ansicht folgt, sobald es eine gibt. Escape beendet das.`;
export const noMore = (name: string) => `Die Ansicht folgt ${name} nicht mehr.`;
export const hasLeft = (name: string) => `${name} ist gegangen.`;
export const following = <Shown>(name: Shown) => ['Ansicht folgt ', name];
export const stopFollowing = 'Nicht mehr folgen';
export const stop = 'Beenden';
