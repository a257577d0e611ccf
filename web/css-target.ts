// The oldest browsers that have what our scripts use (URL.parse, popovers). For older ones styles would be rewritten into what means
// something else: `:dir(rtl)` into a list of languages.

export const cssTarget = ['chrome126', 'firefox126', 'safari18'];
