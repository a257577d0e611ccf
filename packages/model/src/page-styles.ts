// What a page that is pasted or imported says of its text in `style` attributes.

/**
 * Has them count where a policy of content forbids such attributes, as the app's does: a browser takes nothing from those of a page that it
 * parses, while a script may set the same (CSP 3, §8.5.2: the object model is not inline style). Of a page that is only parsed nothing is
 * drawn or loaded.
 */
export function readStyles(page: ParentNode): void {
  for (const element of page.querySelectorAll<HTMLElement>('[style]')) {
    if (element.style) element.style.cssText = element.getAttribute('style')!;
  }
}
