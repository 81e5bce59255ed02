// Shows what is known of a link.

import { type Command, textOf } from '../command.ts';
import { connect } from '../connect.ts';
import { findLink } from '../link-name.ts';
import { linkDetails } from '../output/link.ts';
import { show } from '../output/show.ts';

export const inspect: Command = {
  command: 'inspect <link>',
  description: 'Show a link: its state, limits, opens and denials',
  positionals: { link: { type: 'string', description: 'Its id or its URL' } },
  async run(session, args) {
    const link = await findLink(connect(session), textOf(args, 'link'), session.signal);
    show(session, link, () => linkDetails(session, link));
    return undefined;
  },
};
