// How the command line ends: scripts go by these, and `hallpass --help` lists them.

export const EXIT_CODES = {
  done: { code: 0, meaning: 'done' },
  refused: {
    code: 1,
    meaning: 'refused, by the gateway or by a store; or something was found wrong',
  },
  usage: { code: 2, meaning: 'wrong usage: nothing was sent' },
  unavailable: { code: 3, meaning: 'no answer: not reached, or it can’t tell now' },
  notFound: { code: 4, meaning: 'not found' },
  partial: { code: 5, meaning: 'done in part: the gateway is still at it' },
  interrupted: { code: 130, meaning: 'interrupted by Ctrl-C' },
} as const;

export type Exit = keyof typeof EXIT_CODES;
