// What a data folder holds for more than one part of Weft. The rest of its files are named by the parts they belong to.

import { join } from 'node:path';

/** The store of the log. */
export const storeFolder = (dataFolder: string): string => join(dataFolder, 'store');

/** See alarms.ts. */
export const alarmsFile = (dataFolder: string): string => join(dataFolder, 'alarms.log');
