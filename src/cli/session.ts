// What a command runs with: the streams, the environment, and Ctrl-C as a signal.

export type Session = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly isJson: boolean;
};

/** Where a terminal doesn't tell. */
const DEFAULT_COLUMNS = 80;

export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.columns || DEFAULT_COLUMNS;
}

/** Whether there is somebody to ask. */
export function isAttended({ stdin, stderr }: Session): boolean {
  return Boolean(stdin.isTTY && stderr.isTTY);
}

/** For people, beside the output: never in the way of what is piped. */
export function tell({ stderr }: Session, sentence: string): void {
  stderr.write(`${sentence}\n`);
}
