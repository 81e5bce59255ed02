// Work on one thing that must not overlap: each begins when the one before has ended, well or not.

export type InTurn = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;

export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();

  return async function inTurn(name, work) {
    const before = last.get(name);
    const turn = (async () => {
      await before?.catch(() => {});
      return work();
    })();
    last.set(name, turn);
    try {
      return await turn;
    } finally {
      if (last.get(name) === turn) last.delete(name);
    }
  };
}
