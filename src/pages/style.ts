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
h1 bdi { overflow-wrap: anywhere; }
form { margin-top: 1.5rem; display: grid; gap: 1rem; justify-items: start; }
label { display: grid; gap: .25rem; width: 100%; }
input, button { font: inherit; border-radius: .5rem; border: 1px solid var(--line); padding: .625rem .875rem; }
input { width: 100%; background: transparent; color: inherit; border-color: var(--soft); }
button { background: var(--ink); color: var(--paper); border-color: var(--ink); cursor: pointer; font-weight: 600; }
:focus-visible { outline: 3px solid #3b82f6; outline-offset: 2px; }
p { margin: 0; color: var(--soft); text-wrap: pretty; }
`.trim();
