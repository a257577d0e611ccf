// HTML parsed without a browser, for tests.

import { parseHTML } from 'linkedom';

export const parseInNode = (html: string): HTMLElement =>
  parseHTML(`<!doctype html><html><body>${html}`).document.body as unknown as HTMLElement;
