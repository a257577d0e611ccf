// Colours of a file and the names that the model has for them. Ours are exact; of others the nearest name is taken, so that
// the page answers for how they can be read.

import { type Color, colors } from '../attributes.js';
import { inks } from '../inks.js';

/** The ground of highlighted text, as files are opened: on white. By name; '' where none was chosen. */
const grounds: Readonly<Record<Color | '', string>> = {
  '': 'FFF2A8',
  gray: 'E4E2DC',
  red: 'FBD3D0',
  orange: 'FFDFBF',
  yellow: 'FFEE8A',
  green: 'CDEBD8',
  blue: 'D5DCFB',
  purple: 'E6D6F5',
  pink: 'F9D3E6',
};

/** The sixteen that Word's marker pen has, where they are not named alike. */
const markers = new Map<string, Color>(
  Object.entries({
    cyan: 'blue',
    magenta: 'pink',
    darkBlue: 'blue',
    darkCyan: 'blue',
    darkGreen: 'green',
    darkMagenta: 'purple',
    darkRed: 'red',
    darkYellow: 'yellow',
    darkGray: 'gray',
    lightGray: 'gray',
  }),
);

export const inkOf = (color: Color): string => inks[color].slice(1).toUpperCase();
export const groundOf = (color: Color | null): string => grounds[color ?? ''];

/** Of text; null for black, and for what is nearly so. */
export function colorOfInk(hex: string | null): Color | null {
  if (hex === null || !/^[\da-f]{6}$/i.test(hex)) return null;
  return colors.find((color) => inkOf(color) === hex.toUpperCase()) ?? nearest(hex);
}

/** Of the ground behind text; undefined when it is no highlight. */
export function colorOfGround(hex: string | null): Color | null | undefined {
  const fill = hex?.toUpperCase();
  if (fill === undefined || !/^[\dA-F]{6}$/.test(fill) || fill === 'FFFFFF') return undefined;
  if (fill === groundOf(null)) return null;
  return colors.find((color) => groundOf(color) === fill) ?? nearest(fill) ?? 'gray';
}

/** @param name  as the marker pen calls it; undefined when it does not mark */
export function colorOfMarker(name: string | null): Color | null | undefined {
  if (name === null || name === 'none' || name === 'white') return undefined;
  return markers.get(name) ?? colors.find((color) => color === name) ?? null;
}

/** By hue; null for what has none. */
function nearest(hex: string): Color | null {
  const [red, green, blue] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as [
    number,
    number,
    number,
  ];
  const [most, least] = [Math.max(red, green, blue), Math.min(red, green, blue)];
  const range = most - least;
  if (range < 0.12) return most < 0.25 || most > 0.9 ? null : 'gray';
  const sector =
    most === red
      ? ((green - blue) / range + 6) % 6
      : most === green
        ? (blue - red) / range + 2
        : (red - green) / range + 4;
  const hue = sector * 60;
  const names: readonly (readonly [until: number, name: Color])[] = [
    [15, 'red'],
    [40, 'orange'],
    [65, 'yellow'],
    [165, 'green'],
    [255, 'blue'],
    [290, 'purple'],
    [345, 'pink'],
    [360, 'red'],
  ];
  return names.find(([until]) => hue <= until)?.[1] ?? null;
}
