// The one stylesheet of every page.

export const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d21; --soft: #5b5e66; --paper: #fafaf8; --line: #e4e4df; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececea; --soft: #a3a6ad; --paper: #17181b; --line: #2c2e33; }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main { max-width: 32rem; width: 100%; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; text-wrap: balance; }
p { margin: 0; color: var(--soft); text-wrap: pretty; }
`.trim();
