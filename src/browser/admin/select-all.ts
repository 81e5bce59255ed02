// A box that checks all boxes of a name at once.

/** Its `data-selects` is the name of the boxes. */
export function selectAll(box: HTMLInputElement): void {
  const boxes = () =>
    document.querySelectorAll<HTMLInputElement>(`input[name="${box.dataset.selects}"]`);
  box.addEventListener('change', () => {
    for (const each of boxes()) each.checked = box.checked;
  });
}
