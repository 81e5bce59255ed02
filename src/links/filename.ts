// Names of files, as no file system and no reader takes them for something else.

/** Drops what would pass for a path, a control or another reading direction. */
export function safeFilename(filename: string): string {
  return orDownload(
    filename
      .toWellFormed()
      .replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '')
      .replace(/[/\\]/g, '_'),
  );
}

/** Nothing but dots and spaces is no name: a folder to some systems, empty to others. */
export function orDownload(name: string): string {
  return /^[\s.]*$/.test(name) ? 'download' : name;
}
