// What somebody is called who has not said a name: the first of one with the second of another.

export const moods = [
  'Quiet',
  'Early',
  'Patient',
  'Bright',
  'Gentle',
  'Curious',
  'Steady',
  'Merry',
  'Northern',
  'Careful',
];

export const creatures = [
  'Heron',
  'Otter',
  'Finch',
  'Badger',
  'Plover',
  'Hare',
  'Swift',
  'Marten',
  'Wren',
  'Seal',
  'Owl',
  'Lynx',
];
