/**
 * Outbox: keeps per viewing what is not acknowledged, through crash, kill, quit and quota.
 *
 * Two stores, because they fail in opposite cases: IndexedDB survives a kill, localStorage is written while the browser quits.
 */

import { createStore, promisifyRequest } from "idb-keyval";
import type { OnEvent } from "./events.ts";
import { acknowledge, isPending, merge, type Pending } from "./report.ts";

const PREFIX = "playhead:";
const MAX_RECORDS = 100;
const MAX_AGE_MS = 30 * 24 * 3_600_000;

export interface Outbox {
  /** Keep a record, its viewing's newest; survives a crash once this resolves. */
  put(record: Pending): Promise<void>;
  /** Keep it before this returns; survives the browser's end. */
  putNow(record: Pending): void;
  /** Forget what a report carried that was acknowledged, and nothing else. */
  settle(sent: Pending): Promise<void>;
  /** The user's records, one a viewing, oldest first; what is too old or too much is dropped and told. */
  list(userKey: string): Promise<Pending[]>;
  clear(userKey: string): Promise<void>;
}

type Change = (record: Pending | undefined) => Pending | undefined;

export function createOutbox(onEvent: OnEvent): Outbox {
  const disk = indexedDbTable();
  const slots = localStorageTable();

  const failed = (error: unknown) => onEvent({ type: "outbox", error });
  const changeSlot = (key: string, change: Change) => {
    try {
      slots.change(key, change);
    } catch (error) {
      failed(error);
    }
  };
  const putNow = (record: Pending) => changeSlot(keyOf(record), () => record);
  const put = async (record: Pending) => {
    try {
      await disk.change(keyOf(record), () => record);
    } catch (error) {
      failed(error);
      putNow(record);
    }
  };
  const change = async (record: Pending, change: Change) => {
    changeSlot(keyOf(record), change);
    await disk.change(keyOf(record), change).catch(failed);
  };
  const settle = (sent: Pending) =>
    change(sent, record => (isPending(record) ? acknowledge(record, sent) : undefined));
  const read = async (): Promise<Pending[]> => {
    const found = new Map<string, Pending>();
    for (const record of [...(await disk.all().catch(() => [])), ...slots.all()]) {
      if (!isPending(record)) continue;
      const other = found.get(keyOf(record));
      found.set(keyOf(record), other ? merge(other, record) : record);
    }
    return [...found.values()].sort((a, b) => a.at - b.at);
  };
  const remove = async (records: readonly Pending[]) => {
    for (const record of records) await change(record, () => undefined);
  };
  const list = async (userKey: string) => {
    const all = await read();
    const own = all.filter(record => record.userKey === userKey);
    const excess = own.slice(0, -MAX_RECORDS);
    const dropped = all.filter(record => excess.includes(record) || record.at < Date.now() - MAX_AGE_MS);
    if (dropped.length > 0) {
      await remove(dropped);
      onEvent({ type: "dropped", reports: dropped });
    }
    return own.filter(record => !dropped.includes(record));
  };
  const clear = async (userKey: string) =>
    remove((await read()).filter(record => record.userKey === userKey));
  return { put, putNow, settle, list, clear };
}

function keyOf({ userKey, session }: Pick<Pending, "userKey" | "session">): string {
  return `${PREFIX}${userKey}:${session}`;
}

/** IndexedDB; each change is one transaction. */
function indexedDbTable() {
  const store = createStore("playhead", "outbox");
  return {
    all: async () => store("readonly", table => promisifyRequest<unknown[]>(table.getAll())),
    change: async (key: string, change: Change) =>
      store("readwrite", table => {
        const asked = table.get(key);
        asked.onsuccess = () => {
          const record = change(asked.result);
          if (record) table.put(record, key);
          else table.delete(key);
        };
        return promisifyRequest<void>(table.transaction);
      }),
  };
}

/** localStorage: synchronous, one slot a viewing; where it is forbidden it is empty. */
function localStorageTable() {
  const parse = (text: string | null): unknown => {
    try {
      return JSON.parse(text ?? "null");
    } catch {
      return undefined;
    }
  };
  return {
    all(): unknown[] {
      try {
        const keys = Object.keys(localStorage).filter(key => key.startsWith(PREFIX));
        return keys.map(key => parse(localStorage.getItem(key)));
      } catch {
        return [];
      }
    },
    change(key: string, change: Change): void {
      const record = change(parse(localStorage.getItem(key)) as Pending | undefined);
      if (record) localStorage.setItem(key, JSON.stringify(record));
      else localStorage.removeItem(key);
    },
  };
}
