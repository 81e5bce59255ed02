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
.wide { display: block; }
.wide main { max-width: 72rem; margin: 0 auto; }
.docs { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: 3rem; align-items: start; }
.docs nav { position: sticky; top: 1.5rem; max-height: calc(100vh - 3rem); overflow: auto; font-size: .875rem; }
.docs nav h2 { font-size: .75rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1rem 0 .25rem; }
.docs nav ul { list-style: none; margin: 0; padding: 0; }
.docs nav a { display: block; padding: .125rem 0; color: inherit; text-decoration: none; }
.docs nav a:hover { text-decoration: underline; }
.docs header { display: grid; gap: .75rem; }
.docs h2 { margin: 2.5rem 0 .25rem; font-size: 1.25rem; }
.docs h3 { margin: 1.25rem 0 .25rem; font-size: 1rem; }
.docs .operation { border-top: 1px solid var(--line); margin-top: 2.5rem; }
.docs .operation h2, .docs section.operation > h3:first-child { margin-top: 1.5rem; }
.docs .endpoint { margin: .25rem 0 .5rem; color: inherit; overflow-wrap: anywhere; }
.docs table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
.docs th, .docs td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); font-weight: normal; overflow-wrap: anywhere; }
.docs th { width: 14rem; }
.docs small { display: block; color: var(--soft); font-size: .8125rem; }
.docs ul { margin: .25rem 0; padding-left: 1.125rem; color: var(--soft); }
.docs code { font: .9em ui-monospace, SFMono-Regular, Menlo, monospace; color: var(--ink); }
.docs a { color: inherit; }
.docs pre { margin: 1rem 0 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; overflow-x: auto; font-size: .875rem; line-height: 1.5; }
@media (max-width: 48rem) {
  .docs { grid-template-columns: minmax(0, 1fr); gap: 1rem; }
  .docs nav { position: static; max-height: none; }
  .docs th { width: 9rem; }
}
`.trim();
