// Fonts are imported for their stylesheets alone.
declare module '@fontsource-variable/*';
