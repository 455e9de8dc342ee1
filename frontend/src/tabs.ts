/** Tabs: a viewing's lock tells the others that it lives; the browser releases it on close and on crash. */

export interface Tabs {
  /** Hold a viewing's lock until the returned function is called. */
  hold(session: string): () => void;
  /** The viewings that live in any tab; undefined where the browser cannot tell. */
  alive(): Promise<ReadonlySet<string> | undefined>;
  /** Run the task unless another tab runs one of that name. */
  exclusively(name: string, task: () => Promise<void>): Promise<void>;
}

const LOCK = "playhead:session:";

export function createTabs(locks: LockManager | undefined = globalThis.navigator?.locks): Tabs {
  if (!locks)
    return { hold: () => () => {}, alive: async () => undefined, exclusively: (_name, task) => task() };
  return {
    hold(session) {
      let release = () => {};
      const held = new Promise<void>(resolve => {
        release = resolve;
      });
      locks.request(LOCK + session, () => held).catch(() => {});
      return release;
    },
    async alive() {
      const { held = [], pending = [] } = await locks.query();
      const names = [...held, ...pending].map(lock => lock.name ?? "");
      return new Set(names.filter(name => name.startsWith(LOCK)).map(name => name.slice(LOCK.length)));
    },
    async exclusively(name, task) {
      await locks.request(`playhead:${name}`, { ifAvailable: true }, lock => (lock ? task() : undefined));
    },
  };
}
