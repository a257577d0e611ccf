// Going to another page of the app without a link.

/** As if a link to `path` had been followed: the app listens for `popstate`. */
export function goTo(path: string): void {
  history.pushState(null, '', path);
  dispatchEvent(new PopStateEvent('popstate'));
}
