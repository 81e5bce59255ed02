// A button that copies what stands in a field, and says so.

const SAID_FOR_MS = 2_000;

/** Its `data-copy` is the id of the field. */
export function copyFrom(button: HTMLButtonElement): void {
  const field = document.getElementById(button.dataset.copy ?? '');
  if (!(field instanceof HTMLInputElement)) return;
  const words = button.textContent ?? '';
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = 'Copied';
    } catch {
      // Without the permission the field is at least ready to be copied by hand.
      field.select();
      button.textContent = 'Press Ctrl+C';
    }
    setTimeout(() => {
      button.textContent = words;
    }, SAID_FOR_MS);
  });
}
