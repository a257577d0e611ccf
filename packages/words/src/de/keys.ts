export const names: Readonly<Record<string, string>> = {
  Mod: 'Strg',
  Shift: 'Umschalt',
  Enter: 'Eingabe',
  Backspace: 'Rücktaste',
  Delete: 'Entf',
  Space: 'Leertaste',
};
