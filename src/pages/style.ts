// The one stylesheet of every page. Nothing is centred from top to bottom: what comes late would move the rest.

export const STYLE = `
:root { color-scheme: light dark; --ink: #1c1d21; --soft: #5b5e66; --paper: #fafaf8; --line: #e4e4df;
  --edge: #85888f; --go: #2563eb; --good: #15803d; --bad: #b42318; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececea; --soft: #a3a6ad; --paper: #17181b; --line: #2c2e33;
    --edge: #7d8089; --go: #60a5fa; --good: #4ade80; --bad: #f8897d; }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: start center;
  padding: clamp(1.5rem, 16vh, 10rem) 1.5rem 1.5rem;
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
[role=timer] { display: inline-block; min-width: 4ch; font-variant-numeric: tabular-nums; }
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.fault:not(:empty) { margin-top: 1rem; }
.fault p { color: var(--bad); overflow-wrap: anywhere; }
.upload form { grid-template-columns: minmax(0, 1fr) auto; align-items: end; }
.upload form label:only-child, .upload form label:has(+ [hidden]) { grid-column: 1 / -1; }
.chooser { position: relative; margin-top: 1.5rem; }
.chooser input { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; }
.chooser label { display: grid; gap: .25rem; place-items: center; text-align: center; padding: 2.25rem 1rem; border: 2px dashed var(--edge); border-radius: .75rem; color: var(--soft); }
.chooser strong { color: var(--paper); background: var(--ink); border-radius: .5rem; padding: .625rem 1.25rem; font-weight: 600; }
.chooser:hover label, .chooser.over label { border-color: var(--ink); }
.chooser.over label { background: var(--line); }
.chooser input:focus-visible + label { outline: 3px solid #3b82f6; outline-offset: 2px; }
.files { list-style: none; margin: 1.5rem 0 0; padding: 0; display: grid; gap: 1rem; }
.files:empty { display: none; }
.files li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: .5rem 1rem; align-items: start; padding: 1rem; border: 1px solid var(--line); border-radius: .75rem; }
.files .title { grid-column: 1 / -1; display: flex; justify-content: space-between; gap: 1rem; align-items: baseline; }
.files .name { font-weight: 600; overflow-wrap: anywhere; }
.files .size { color: var(--soft); white-space: nowrap; font-size: .9375rem; font-variant-numeric: tabular-nums; }
.files progress { grid-column: 1 / -1; appearance: none; width: 100%; height: .5rem; border: 0; border-radius: .25rem; background: var(--line); overflow: hidden; color: var(--go); }
.files progress::-webkit-progress-bar { background: var(--line); }
.files progress::-webkit-progress-value { background: var(--go); }
.files progress::-moz-progress-bar { background: var(--go); }
.files .figures { grid-column: 1 / -1; color: var(--soft); font-size: .9375rem; font-variant-numeric: tabular-nums; min-height: 1.5em; }
.files .state { font-size: .9375rem; overflow-wrap: anywhere; align-self: center; }
.files [data-phase=done] .state { color: var(--good); font-weight: 600; }
.files [data-phase=done] .state::before { content: ""; display: inline-block; width: .35em; height: .7em; margin: 0 .5em .1em .2em; border: solid; border-width: 0 .15em .15em 0; rotate: 40deg; }
.files [data-phase=failed] .state { color: var(--bad); }
.files [data-phase=paused], .files [data-phase=failed], .files [data-phase=unfinished] { --go: var(--edge); }
.files [data-phase=done] { --go: var(--good); }
.files [data-phase=done] .figures, .files [data-phase=password] .figures, .files .figures:empty:is([data-phase=failed] *, [data-phase=unfinished] *) { display: none; }
.files .actions { display: flex; gap: .5rem; }
.files [data-phase=done] .actions { display: none; }
.quiet { background: transparent; color: var(--ink); border-color: var(--edge); padding: .375rem .75rem; font-size: .9375rem; }
.quiet:hover { border-color: var(--ink); }
noscript { display: block; margin-top: 1.5rem; }
summary { cursor: pointer; margin-top: 1rem; }
details pre, pre.code { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; font-size: .8125rem; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (scripting: none) { .upload > :not(h1, #limits) { display: none; } }
@media (max-width: 30rem) {
  .files .figures { min-height: 3em; }
  .files .state, .files .actions { grid-column: 1 / -1; }
}
@media (forced-colors: active) { .files progress { appearance: auto; } }
.wide { display: block; padding: 1.5rem; }
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
.admin { display: block; place-items: normal; padding: 0; font-size: 1rem; }
.admin main { max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
.admin a { color: inherit; }
.admin h2 { font-size: 1.125rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem 1rem; z-index: 1; }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.5rem; padding: .75rem 1.5rem; border-bottom: 1px solid var(--line); }
.bar nav { display: flex; flex-wrap: wrap; flex: 1; gap: .25rem 1.25rem; }
.bar nav a { color: var(--soft); text-decoration: none; padding: .25rem 0; border-bottom: 2px solid transparent; }
.bar nav a:hover { color: var(--ink); }
.bar nav [aria-current] { color: var(--ink); border-color: var(--ink); }
.bar .brand { font-weight: 700; text-decoration: none; }
.bar form, .action, .actions form { margin: 0; display: block; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .5rem 1.5rem; margin-bottom: 1rem; }
.top h1 { margin: 0; overflow-wrap: anywhere; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.button { display: inline-block; text-decoration: none; border: 1px solid var(--ink); border-radius: .5rem; padding: .375rem .75rem; font-weight: 600; font-size: .9375rem; }
a.button.main { background: var(--ink); color: var(--paper); }
.danger { background: transparent; color: var(--bad); border-color: var(--bad); padding: .375rem .75rem; font-size: .9375rem; }
.danger.main, .danger:hover { background: var(--bad); color: var(--paper); }
select, textarea { font: inherit; color: inherit; background: var(--paper); width: 100%; border: 1px solid var(--soft); border-radius: .5rem; padding: .625rem .875rem; }
.admin form input, .admin select, .admin textarea, .admin form button { padding: .4375rem .75rem; }
.admin form { justify-items: stretch; }
.admin form > button { justify-self: start; }
[aria-invalid] { border-color: var(--bad); }
small { color: var(--soft); font-size: .875rem; }
small.error { color: var(--bad); }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; gap: .5rem; }
legend { padding: 0; margin-bottom: .25rem; }
.check { display: flex; gap: .625rem; align-items: baseline; width: auto; }
.check input { width: auto; flex: none; }
.check small { display: block; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 1rem; width: 100%; align-items: start; }
.field { display: grid; gap: .25rem; }
.pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: .5rem; }
.filters > details, .filters .filters { grid-column: 1 / -1; }
.filters .filters { margin: .5rem 0 0; }
.filters summary { margin: 0; color: var(--soft); }
.filters { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 10rem), 1fr)); gap: .75rem; align-items: end; margin: 0 0 1rem; font-size: .9375rem; }
.notice { border: 1px solid var(--line); border-left: .25rem solid var(--good); border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; overflow-wrap: anywhere; }
.notice.bad { border-left-color: var(--bad); }
.notice ul { margin: .25rem 0 0; padding-left: 1.25rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 8rem), 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
.tiles > * { border: 1px solid var(--line); border-radius: .75rem; padding: .875rem 1rem; color: var(--soft); font-size: .9375rem; }
.tiles b { display: block; color: var(--ink); font-size: 1.5rem; font-variant-numeric: tabular-nums; line-height: 1.25; }
.rows { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: .75rem; }
.rows > li { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; padding: .625rem 1rem; border-top: 1px solid var(--line); font-size: .9375rem; }
.rows > li:first-child { border-top: 0; }
.rows .what { flex: 1 1 16rem; min-width: 0; overflow-wrap: anywhere; }
.rows .what a { font-weight: 600; text-decoration: none; }
.rows .what a:hover { text-decoration: underline; }
.rows .more { color: var(--soft); flex: 0 1 auto; overflow-wrap: anywhere; }
.rows input[type=checkbox] { width: auto; align-self: center; }
.badge { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .625rem; font-size: .8125rem; color: var(--soft); white-space: nowrap; }
.badge.good { color: var(--good); border-color: currentColor; }
.badge.bad { color: var(--bad); border-color: currentColor; }
details.confirm { margin-top: 1rem; }
details.confirm > summary { display: inline-block; margin: 0; list-style: none; }
details.confirm[open] { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; }
details.confirm > p { margin-top: .75rem; }
details.confirm form { margin-top: 1rem; }
.stack { display: grid; gap: 1rem; margin-top: 1rem; }
.lookup { grid-template-columns: minmax(0, 1fr) auto; align-items: end; gap: .5rem; margin: 0 0 1rem; max-width: 40rem; }
.admin .list { margin: 0; display: block; }
.list .actions { margin-bottom: .75rem; }
.next, .after { margin-top: 1rem; }
.card { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; margin-top: 1rem; }
.card h2 { margin: 0; }
ul.plain { list-style: none; padding: 0; display: grid; gap: .375rem; }
.kind { min-width: 8rem; text-align: center; }
.stays { position: sticky; top: .5rem; z-index: 1; background: var(--paper); }
:root:has([data-live]) { overflow-anchor: none; }
.sheet { max-width: 40rem; }
.sheet .notice { margin: 0; }
.rows > :target { box-shadow: inset .25rem 0 var(--go); }
.manage { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 1rem; }
details.confirm > p { margin-top: .75rem; }
.manage > details { margin: 0; }
.manage > details[open] { flex: 1 0 100%; }
.columns { width: 100%; }
.columns fieldset { grid-template-columns: repeat(auto-fill, minmax(min(100%, 11rem), 1fr)); }
.columns fieldset > small { grid-column: 1 / -1; }
.empty { border: 1px dashed var(--edge); border-radius: .75rem; padding: 2rem 1rem; text-align: center; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .375rem 1.5rem; margin: 1rem 0 0; font-size: .9375rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.secret { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .5rem; }
.secret input { flex: 1 1 16rem; font-family: ui-monospace, SFMono-Regular, Menlo, monospace; font-size: .9375rem; }
.qr { width: 12rem; height: 12rem; margin-top: 1rem; border-radius: .5rem; overflow: hidden; }
.chart { display: block; width: 100%; height: auto; margin-top: .5rem; }
.chart text { fill: var(--soft); font-size: 10px; }
.chart .axis { stroke: var(--line); }
.chart .good { fill: var(--go); }
.chart .bad { fill: var(--bad); }
.admin table { border-collapse: collapse; font-size: .9375rem; font-variant-numeric: tabular-nums; }
.admin th, .admin td { text-align: left; font-weight: normal; padding: .25rem 1.5rem .25rem 0; border-top: 1px solid var(--line); }
.actions [aria-current] { font-weight: 600; text-decoration: none; }
.scroll { overflow-x: auto; }
.legend { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; font-size: .875rem; }
.legend span { width: .75rem; height: .75rem; border-radius: .125rem; background: var(--go); }
.legend .bad { background: var(--bad); margin-left: .75rem; }
@media (max-width: 48rem) { .bar { padding: .75rem 1rem; } .bar nav { order: 1; flex-basis: 100%; } .bar form { margin-left: auto; } .admin main { padding: 1.25rem 1rem; } .chart text { font-size: 20px; } }
@media (max-width: 30rem) { .kind { min-width: 0; } .facts { grid-template-columns: minmax(0, 1fr); gap: 0; } .facts dd { margin-bottom: .5rem; } }
@media (scripting: none) { .scripted { display: none; } }
@media (forced-colors: active) { .chart .good { fill: LinkText; } .chart .bad { fill: Mark; } }
@media (prefers-reduced-motion: no-preference) { .rows > .new { animation: new 2s; } @keyframes new { from { background: var(--line); } } }
`.trim();

/** Of another style another path, so that none is kept beside a page that it isn't for. */
export const STYLE_PATH = `/style.css?v=${checksum(STYLE)}`;

/** Enough to tell one style from the next (Adler-32, RFC 1950). */
function checksum(text: string): string {
  let [a, b] = [1, 0];
  for (let index = 0; index < text.length; index++) {
    a = (a + text.charCodeAt(index)) % 65_521;
    b = (b + a) % 65_521;
  }
  return (b * 65_536 + a).toString(36);
}
