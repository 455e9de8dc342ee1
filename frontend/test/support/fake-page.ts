/** The page's life in a process without one: document, visibility, connection, localStorage and locks. */

import { vi } from "vitest";

export class MemoryStorage {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? (this[key] as string) : null;
  }
  setItem(key: string, value: string): void {
    this[key] = value;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

/** Locks as the Web Locks API gives them out, as far as we use it. */
export class MemoryLocks {
  readonly held = new Set<string>();
  async request(name: string, ...rest: unknown[]): Promise<unknown> {
    const task = rest.at(-1) as (lock: object | null) => unknown;
    const ifAvailable = (rest[0] as { ifAvailable?: boolean }).ifAvailable ?? false;
    if (ifAvailable && this.held.has(name)) return task(null);
    this.held.add(name);
    try {
      return await task({ name });
    } finally {
      this.held.delete(name);
    }
  }
  async query() {
    return { held: [...this.held].map(name => ({ name })), pending: [] };
  }
}

export interface FakePage {
  document: EventTarget & { visibilityState: string };
  window: EventTarget;
  navigator: { onLine: boolean; locks: MemoryLocks | undefined };
  hide(): void;
  show(): void;
  /** Leave: both events come, in this order. */
  leave(): void;
  connect(online: boolean): void;
}

export function fakePage(): FakePage {
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const window = new EventTarget();
  const navigator = { onLine: true, locks: new MemoryLocks() };
  vi.stubGlobal("document", document);
  vi.stubGlobal("navigator", navigator);
  vi.stubGlobal("window", window);
  vi.stubGlobal("localStorage", new MemoryStorage());
  const visibility = (state: string) => {
    document.visibilityState = state;
    document.dispatchEvent(new Event("visibilitychange"));
  };
  return {
    document,
    window,
    navigator,
    hide: () => visibility("hidden"),
    show: () => visibility("visible"),
    leave() {
      window.dispatchEvent(new Event("pagehide"));
      visibility("hidden");
    },
    connect(online) {
      navigator.onLine = online;
      window.dispatchEvent(new Event(online ? "online" : "offline"));
    },
  };
}
