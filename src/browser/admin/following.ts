// Whether a page is kept up to date: it says so, can be paused, and says when it can't go on.

export type Following = {
  isPaused(): boolean;
  heard(isAnswered: boolean): void;
  end(): void;
};

/** On a page with `#following` and `#signed-out`; on any other it shows nothing. */
export function createFollowing(): Following {
  const bar = document.getElementById('following');
  const button = bar?.querySelector('button');
  const state = bar?.querySelector('[role=status]');
  const usual = state?.textContent ?? '';
  let isPaused = false;
  let isAnswered = true;

  function show(): void {
    const words = isPaused ? 'Paused' : isAnswered ? usual : 'No answer, still trying';
    // Written anew it would be read out anew.
    if (state && state.textContent !== words) state.textContent = words;
    if (button) button.textContent = isPaused ? 'Resume' : 'Pause';
  }

  button?.addEventListener('click', () => {
    isPaused = !isPaused;
    show();
  });
  return {
    isPaused: () => isPaused,
    heard(answered) {
      isAnswered = answered;
      show();
    },
    end() {
      bar?.remove();
      document.getElementById('signed-out')?.removeAttribute('hidden');
    },
  };
}
