// Downloads what a link leads to. What is there already is kept beside the file, with the claim, so that
// the same command goes on after an interruption and spends no second use.

import { CliError, usageError } from '../cli-error.ts';
import { type Command, optionalText, textOf } from '../command.ts';
import { fetchToFile, fetchToStream } from '../download-file.ts';
import { isLinkUrl } from '../link-name.ts';
import { show } from '../output/show.ts';
import { readSecret } from '../prompt.ts';

export const download: Command = {
  command: 'download <url>',
  aliases: ['get', 'open'],
  description: 'Download what a link leads to; the same command again resumes. It needs no login',
  positionals: { url: { type: 'string', description: 'The link' } },
  options: {
    output: {
      alias: 'o',
      type: 'string',
      requiresArg: true,
      description: 'Where to; "-" is standard output. By default the name it is given, here.',
    },
    password: {
      type: 'string',
      description: 'The link’s password. Without a value it is asked for, hidden.',
    },
    force: { type: 'boolean', description: 'Overwrite a file that is there.' },
    restart: { type: 'boolean', description: 'Fetch it from the beginning.' },
  },
  async run(session, args) {
    const link = textOf(args, 'url');
    if (!isLinkUrl(link)) throw usageError('Give the URL of a link, such as https://….');
    const given = optionalText(args, 'password');
    const password = given === '' ? await readSecret(session, 'Password of the link: ') : given;
    const output = optionalText(args, 'output');
    if (output === '-') {
      if (session.isJson) throw usageError('Give --json or -o -, not both.');
      await fetchToStream(session, link, password);
      return undefined;
    }
    const isForced = args.force === true;
    const isRestarted = args.restart === true;
    const order = { link, password, output, isForced, isRestarted };
    const file = await fetchToFile(session, order).catch((error) => {
      throw session.signal.aborted ? resumable() : error;
    });
    show(session, file, () => [file.file]);
    return undefined;
  },
};

function resumable(): CliError {
  return new CliError('interrupted', 'Interrupted. The same command goes on from where it was.');
}
