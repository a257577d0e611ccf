// Styles as text, as the build puts them in.
declare module '*.css?inline' {
  const text: string;
  export default text;
}
