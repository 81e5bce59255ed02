// Exports an app as lines of JSON: its settings, events, API keys' hashes, webhooks and links.

import { once } from 'node:events';
import { type Command, textOf } from '../command.ts';
import { connect } from '../connect.ts';
import { counted } from '../output/progress.ts';
import { tell } from '../session.ts';

export const exportCommand: Command = {
  command: 'export',
  description: 'For operators: write all that a ledger keeps of an app, as lines of JSON',
  options: {
    app: {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      description: 'The id of the app.',
    },
  },
  examples: [['$0 export --app 9fK2 > 9fK2.ndjson', 'a backup of an app']],
  async run(session, args) {
    const { stdout, signal } = session;
    let lines = 0;
    for await (const record of connect(session).apps.export(textOf(args, 'app'), { signal })) {
      if (!stdout.write(`${JSON.stringify(record)}\n`)) await once(stdout, 'drain', { signal });
      lines += 1;
    }
    const kept = 'It tells who shared what with whom: keep it as safe as the files themselves.';
    tell(session, `Exported ${counted(lines, 'line')}. ${kept}`);
    return undefined;
  },
};
