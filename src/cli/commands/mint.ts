// Mints a link. In a pipe its URL alone is printed.

import type { Mint, MintedLink } from '../../client/types.ts';
import { mintBody } from '../../schemas/mint.ts';
import { usageError } from '../cli-error.ts';
import { type Command, textOf } from '../command.ts';
import { connect, settingsOf } from '../connect.ts';
import { bodyOf } from '../flags/body.ts';
import { fieldsOf } from '../flags/field.ts';
import { optionsOf } from '../flags/options.ts';
import { withSecrets } from '../flags/secrets.ts';
import { linkDetails } from '../output/link.ts';
import { qrOf } from '../output/qr.ts';
import { show, styleOf } from '../output/show.ts';
import type { Session } from '../session.ts';

const DEFAULT_OPERATION: Mint['operation'] = 'download';

export const mintFields = fieldsOf(mintBody, ['key']);

export const mint: Command = {
  command: 'mint <key>',
  description: 'Mint a link to an object',
  positionals: { key: { type: 'string', description: 'The object’s key' } },
  options: {
    ...optionsOf(mintFields),
    qr: { type: 'boolean', description: 'Also show the URL as a QR code.' },
  },
  examples: [
    ['$0 mint reports/q3.pdf --ttl 10m --max-uses 1', 'once, within ten minutes'],
    ['$0 mint q3.pdf --ttl 1d --password', 'ask for a password, hidden'],
    ['$0 mint inbox/ --operation upload --upload-max-bytes 10000000 --ttl 1d', 'take files'],
  ],
  async run(session, args) {
    const hallpass = connect(session);
    const given = await withSecrets(session, mintFields, args);
    const body = bodyOf(mintBody, mintFields, given, {
      key: textOf(args, 'key'),
      store: args.store ?? storeOf(session),
      operation: args.operation ?? DEFAULT_OPERATION,
    });
    const link = await hallpass.links.mint(body, { signal: session.signal });
    show(session, link, () => linesOf(session, link, args.qr === true));
    return undefined;
  },
};

function storeOf(session: Session): string {
  const { store } = settingsOf(session);
  if (store) return store;
  throw usageError(
    'Say which store with --store, HALLPASS_STORE, or once for all with `hallpass login --store`.',
  );
}

function linesOf(session: Session, link: MintedLink, isQrWanted: boolean): string[] {
  const qr = isQrWanted ? [qrOf(session, link.url)] : [];
  if (!session.stdout.isTTY) return [link.url, ...qr];
  const url = styleOf(session)('bold', link.url);
  return [url, ...qr, '', ...linkDetails(session, link)];
}
