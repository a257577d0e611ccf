// Signing in happens elsewhere: the address to go to.

/** Where signing in leads back to this page. @param asksAgain  one is to choose who one is, even if that is known */
export function signInAddress(signInUrl: string, asksAgain: boolean, to: string = here()): string {
  return `${signInUrl}?to=${encodeURIComponent(to)}${asksAgain ? '&again=1' : ''}`;
}

const here = (): string => location.pathname + location.search;
