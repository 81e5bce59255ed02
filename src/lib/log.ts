// A line for the log of operators: what happened, as `noun.past_tense`, and what helps to find out why.

export type LogLine = { readonly event: string; readonly [field: string]: unknown };

export type LogLevel = 'log' | 'warn' | 'error';

/** Never throws, and is never waited for. */
export type Log = (level: LogLevel, line: LogLine) => void;
