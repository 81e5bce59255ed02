// What the dashboard can do more where scripts run: copy, select all, and show new events as they come.

import { copyFrom } from './copy-button.ts';
import { followEvents } from './live-list.ts';
import { selectAll } from './select-all.ts';

for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  copyFrom(button);
}
for (const box of document.querySelectorAll<HTMLInputElement>('input[data-selects]')) {
  selectAll(box);
}
for (const list of document.querySelectorAll<HTMLElement>('[data-live]')) void followEvents(list);
