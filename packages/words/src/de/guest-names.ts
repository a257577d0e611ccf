export const moods = [
  'Stiller',
  'Früher',
  'Geduldiger',
  'Heller',
  'Sanfter',
  'Neugieriger',
  'Wacher',
  'Froher',
  'Nordischer',
  'Achtsamer',
];

export const creatures = [
  'Reiher',
  'Otter',
  'Fink',
  'Dachs',
  'Kiebitz',
  'Hase',
  'Segler',
  'Marder',
  'Zaunkönig',
  'Seehund',
  'Uhu',
  'Luchs',
];
