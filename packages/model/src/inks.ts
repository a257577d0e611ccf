// What the names of colours look like in files, where no stylesheet of ours says it.

import type { Color } from './attributes.js';

/** Readable on white, as files are opened. */
export const inks = {
  gray: '#5d584d',
  red: '#b3261e',
  orange: '#a04800',
  yellow: '#7a5c00',
  green: '#1d7a46',
  blue: '#2f4bd8',
  purple: '#7a35b5',
  pink: '#b0256f',
} as const satisfies Record<Color, string>;
