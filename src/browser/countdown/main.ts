// Counts down what a page says one has to wait for, then opens the page anew.

import { countdown } from '../../lib/countdown.ts';

const SECOND_MS = 1_000;

for (const timer of document.querySelectorAll<HTMLElement>('[data-seconds]')) {
  // By a clock of its own: that of the machine may be wrong, or be set meanwhile.
  const endsAt = performance.now() + Number(timer.dataset.seconds) * SECOND_MS;
  const tick = () => {
    const left = Math.ceil((endsAt - performance.now()) / SECOND_MS);
    if (left <= 0) {
      // As a visit, not as the form that may have led here.
      location.replace(location.href);
      return;
    }
    timer.textContent = countdown(document.documentElement.lang, left);
    setTimeout(tick, SECOND_MS);
  };
  tick();
}
