/** An outbox in memory, held to the same laws as the real one by test/unit/outbox.test.ts. */

import type { Outbox } from "../../src/outbox.ts";
import { acknowledge, merge, type Pending } from "../../src/report.ts";

/** Two stores with one key a viewing; hand the same `records` to a second outbox to see what survives a crash. */
export function memoryOutbox(
  records = new Map<string, Pending>(),
  slots = new Map<string, Pending>(),
): Outbox {
  const all = () => {
    const found = new Map(records);
    for (const [key, slot] of slots) {
      const other = found.get(key);
      found.set(key, other ? merge(other, slot) : slot);
    }
    return [...found.values()].sort((a, b) => a.at - b.at);
  };
  return {
    async put(record) {
      records.set(record.session, record);
    },
    putNow(record) {
      slots.set(record.session, record);
    },
    async settle(sent) {
      for (const table of [records, slots]) {
        const record = table.get(sent.session);
        const rest = record && acknowledge(record, sent);
        if (rest) table.set(sent.session, rest);
        else table.delete(sent.session);
      }
    },
    list: async userKey => all().filter(record => record.userKey === userKey),
    async clear() {
      records.clear();
      slots.clear();
    },
  };
}
