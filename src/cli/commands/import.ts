// Imports what was exported of an app. A file that isn't whole is refused before anything is sent.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ExportRecord, Imported } from '../../client/types.ts';
import { exportRecord } from '../../schemas/backup.ts';
import { usageError } from '../cli-error.ts';
import { type Command, textOf } from '../command.ts';
import { connect } from '../connect.ts';
import { counted, createProgress } from '../output/progress.ts';
import { show } from '../output/show.ts';
import { type Session, tell } from '../session.ts';

const FORMAT = 'hallpass-export';
const VERSION = 1;

const NOTHING: Imported = { imported: 0, unchanged: 0, dropped: 0, unsettled: 0 };

type Contents = { readonly app: string; readonly records: number; readonly webhooks: number };

export const importCommand: Command = {
  command: 'import <file>',
  description: 'For operators: bring back what was exported of an app; nothing is revived',
  positionals: { file: { type: 'string', description: 'What `hallpass export` wrote' } },
  examples: [['$0 import 9fK2.ndjson', 'may be repeated: what is there already stays']],
  async run(session, args) {
    const { signal } = session;
    const file = textOf(args, 'file');
    const contents = await look(file);
    const { apps } = connect(session);
    const progress = createProgress(session);
    let sum = NOTHING;
    for await (const some of apps.import(contents.app, recordsOf(file), { signal })) {
      sum = {
        imported: sum.imported + some.imported,
        unchanged: sum.unchanged + some.unchanged,
        dropped: sum.dropped + some.dropped,
        unsettled: sum.unsettled + some.unsettled,
      };
      progress.update(`Imported ${counted(sum.imported + sum.unchanged, 'record')}…`);
    }
    progress.end();
    show(session, sum, () => [sentenceOf(contents.app, sum)]);
    advise(session, contents, sum);
    return sum.unsettled > 0 ? 'partial' : undefined;
  },
};

function sentenceOf(app: string, { imported, unchanged, dropped }: Imported): string {
  const others = [
    unchanged > 0 ? `${unchanged} had nothing new` : '',
    dropped > 0 ? `${counted(dropped, 'event')} had lost their place to others` : '',
  ].filter(Boolean);
  return `Imported ${counted(imported, 'record')} of ${[app, ...others].join('; ')}.`;
}

/** What an import can't bring back, where it brought anything. */
function advise(session: Session, { webhooks }: Contents, { imported, unsettled }: Imported): void {
  if (unsettled > 0) {
    tell(session, `${counted(unsettled, 'link')} will follow: the gateway goes on by itself.`);
  }
  if (imported === 0) return;
  tell(session, 'Claims and uploads under way are not in an export: spent uses stay spent.');
  if (webhooks > 0)
    tell(
      session,
      'Imported webhooks send nothing before `hallpass webhooks change <id> --enabled`.',
    );
}

/** Throws a usage error for what is no whole export. */
async function look(file: string): Promise<Contents> {
  let first: ExportRecord | undefined;
  let last: ExportRecord | undefined;
  let [records, webhooks] = [0, 0];
  for await (const record of recordsOf(file)) {
    first ??= record;
    last = record;
    records += 1;
    if (record.kind === 'webhook') webhooks += 1;
  }
  const { format, version, app } = first?.kind === 'header' ? first.data : {};
  if (format !== FORMAT || typeof app !== 'string') {
    throw usageError(`${file} is no export: its first line must be the header.`);
  }
  if (version !== VERSION) {
    throw usageError(
      `${file} is an export of version ${version}; this command line knows ${VERSION}.`,
    );
  }
  if (last?.kind !== 'end') throw usageError(`${file} was cut off: its last line must be the end.`);
  return { app, records, webhooks };
}

async function* recordsOf(file: string): AsyncGenerator<ExportRecord> {
  const input = createReadStream(file);
  // Else a file that can't be opened is an event that nobody hears.
  const failed = new Promise<never>((_, reject) => {
    input.once('error', ({ code }: NodeJS.ErrnoException) =>
      reject(usageError(`${file} can’t be read: ${code}.`)),
    );
  });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const iterator = lines[Symbol.asyncIterator]();
  for (let number = 1; ; number++) {
    const { done, value } = await Promise.race([iterator.next(), failed]);
    if (done) return;
    if (value !== '') yield recordOf(file, number, value);
  }
}

function recordOf(file: string, number: number, line: string): ExportRecord {
  const { success, data } = exportRecord.safeParse(parsed(line));
  if (success) return data;
  throw usageError(`${file} is no export: line ${number} is no record.`);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
