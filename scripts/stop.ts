// How a script ends early: one sentence, no stack. What 'exit' listeners tidy up is tidied up.

export function stop(sentence: string, exitCode = 1): never {
  console.error(sentence);
  process.exit(exitCode);
}
