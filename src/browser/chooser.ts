// Where files are chosen or dropped; a drop beside the place counts too.

import { byId } from './dom.ts';

export type Chosen = { readonly files: readonly File[]; readonly folders: readonly string[] };

export function watchChooser(onChosen: (chosen: Chosen) => void): void {
  const chooser = byId('chooser');
  const input = byId<HTMLInputElement>('files');
  input.addEventListener('change', () => {
    onChosen({ files: [...(input.files ?? [])], folders: [] });
    // So that the same file can be chosen again.
    input.value = '';
  });
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = chooser.hidden ? 'none' : 'copy';
    chooser.classList.toggle('over', true);
  });
  addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) chooser.classList.remove('over');
  });
  addEventListener('drop', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    // Else the browser would open the file.
    event.preventDefault();
    chooser.classList.remove('over');
    if (!chooser.hidden) onChosen(droppedOn(event.dataTransfer));
  });
}

function droppedOn({ items }: DataTransfer): Chosen {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of items) {
    const file = item.getAsFile();
    if (!file) continue;
    if (item.webkitGetAsEntry()?.isDirectory) folders.push(file.name);
    else files.push(file);
  }
  return { files, folders };
}
