// Checks that gates and KV have of each link what its ledger says, and repairs what differs.

import type { Hallpass } from '../../client/hallpass.ts';
import type { Finding } from '../../client/types.ts';
import { type Command, optionalText } from '../command.ts';
import { connect } from '../connect.ts';
import { counted, createProgress, type Progress } from '../output/progress.ts';
import { showList } from '../output/show.ts';
import type { Column } from '../output/table.ts';
import { type Session, tell } from '../session.ts';

type Found = Finding & { readonly app: string };

type Tally = { apps: number; links: number; findings: number; left: number };

const COLUMNS: readonly Column<Found>[] = [
  { title: 'APP', of: ({ app }) => app, giveUp: 1 },
  { title: 'LINK', of: ({ linkId }) => linkId, cut: 'end' },
  { title: 'FOUND', of: ({ kind }) => kind },
  {
    title: 'NOW',
    of: ({ repaired }) => (repaired ? 'repaired' : 'wrong'),
    format: ({ repaired }) => (repaired ? 'green' : 'red'),
  },
];

export const fsck: Command = {
  command: 'fsck',
  description: 'For operators: compare links with their gates and KV, and repair them',
  options: {
    app: {
      type: 'string',
      requiresArg: true,
      description: 'The id of one app; every app without it.',
    },
    repair: {
      type: 'boolean',
      description: 'Write again what differs. An end always wins; nothing is revived.',
    },
  },
  examples: [['$0 fsck --repair', 'after a ledger was restored']],
  async run(session, args) {
    const tally: Tally = { apps: 0, links: 0, findings: 0, left: 0 };
    const progress = createProgress(session);
    const check = { app: optionalText(args, 'app'), repair: args.repair === true };
    const rows = findings(session, connect(session), check, tally, progress);
    await showList(session, { rows, columns: COLUMNS, empty: 'Nothing differs.' });
    progress.end();
    const looked = `Checked ${counted(tally.links, 'link')} of ${counted(tally.apps, 'app')}`;
    const repaired = tally.findings - tally.left;
    tell(session, `${looked}: ${counted(tally.findings, 'finding')}, ${repaired} repaired.`);
    return tally.left > 0 ? 'refused' : undefined;
  },
};

async function* findings(
  { signal }: Session,
  hallpass: Hallpass,
  { app, repair }: { readonly app: string | undefined; readonly repair: boolean },
  tally: Tally,
  progress: Progress,
): AsyncGenerator<Found> {
  for await (const id of app === undefined ? everyApp(hallpass, signal) : [app]) {
    for await (const page of hallpass.apps.check(id, { repair, signal })) {
      tally.links += page.checked;
      tally.findings += page.findings.length;
      tally.left += page.findings.filter(({ repaired }) => !repaired).length;
      progress.update(`Checked ${counted(tally.links, 'link')}…`);
      if (page.findings.length > 0) progress.end();
      for (const finding of page.findings) yield { app: id, ...finding };
    }
    tally.apps += 1;
  }
}

async function* everyApp({ apps }: Hallpass, signal: AbortSignal): AsyncGenerator<string> {
  for await (const { id } of apps.list({ signal })) yield id;
}
