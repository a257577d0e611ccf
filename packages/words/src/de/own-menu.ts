export const you = 'Eigenes Menü';
export const thisMenu = 'Dieses Menü';
export const isYou = (name: string) => `${name} (das bin ich)`;
export const opensAccount = (name: string) => `${name} (das bin ich): eigenes Konto`;
export const opensGuest = (name: string) => `${name} (das bin ich): Name oder Farbe ändern`;

export const yourName = 'Eigener Name';
export const yourColour = 'Eigene Farbe';
export const colours = {
  blue: 'Blau',
  red: 'Rot',
  green: 'Grün',
  amber: 'Bernstein',
  violet: 'Violett',
  teal: 'Petrol',
  rust: 'Rost',
  olive: 'Oliv',
  pink: 'Rosa',
  slate: 'Schiefer',
};
export const language = 'Sprache';
export const languageThen = 'Mit „Fertig“ wird die Seite in dieser Sprache neu geladen.';

export const othersSeeName = 'Andere sehen den Namen an der Einfügemarke.';
export const othersSeeBoth = 'Andere sehen Name und Farbe an der Einfügemarke. Dieser Browser merkt sich beides.';
export const staysYours = 'Was ein Gast schreibt, gehört nach dem Anmelden weiter derselben Person.';
export const leavesUnsaved = 'Manches ist noch nicht gespeichert und geht beim Abmelden aus diesem Browser verloren.';

export const signIn = 'Anmelden';
export const signOut = 'Abmelden';
export const signOutAnyway = 'Trotzdem abmelden';
export const done = 'Fertig';
export const forgetAll = 'Auf diesem Gerät alles vergessen …';
