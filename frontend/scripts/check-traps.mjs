/**
 * Removes one remedy after the other in a copy of this folder, and looks that the test that guards it fails.
 * Not part of `npm test`: it proves the tests, not the client. `npm run traps [name]`
 */

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = join(dirname(fileURLToPath(import.meta.url)), "..");

/** name, file, what is there, what is put in its place, the project and the test that must then fail */
const TRAPS = [
  [
    "one fixed URL",
    "src/transport.ts",
    '"/v1/progress", init',
    "`/v1/progress?$" + "{body.length}$" + "{body.slice(40, 90)}`, init",
    "browser",
    "one preflight",
  ],
  ["token fetched ahead", "src/session.ts", "  transport.warm();\n", "", "unit", "same task"],
  [
    "body read to its end",
    "src/transport.ts",
    "parse(await response.text())",
    "{ results: [{ outcome: 'applied' }], nextUpdateMs: 30000 } as unknown",
    "browser",
    "480 reports",
  ],
  [
    "checkpoint in IndexedDB",
    "src/session.ts",
    '    void outbox.put(record);\n    onEvent({ type: "checkpoint"',
    '    outbox.putNow(record);\n    onEvent({ type: "checkpoint"',
    "browser",
    "kill -9",
  ],
  [
    "slot in localStorage",
    "src/sender.ts",
    "if (exit) outbox.putNow(record);",
    "",
    "browser",
    "the page is closed while",
  ],
  [
    "reports carry what is unacknowledged",
    "src/viewing.ts",
    "watched: unacknowledged(), at",
    "watched: (all => ((acked = union(acked, all)), all))(unacknowledged()), at",
    "unit",
    "nothing unacknowledged",
  ],
  [
    "aborted answers acknowledge nothing",
    "src/sender.ts",
    'if (sent.verdict === "cancelled")',
    'if (sent.verdict === "cancelled") viewing.acknowledge(flight.record, false);\n    if (sent.verdict === "cancelled")',
    "unit",
    "nothing unacknowledged",
  ],
  [
    "a newer request is not ended by an older one",
    "src/sender.ts",
    "if (current) inFlight = undefined;",
    "inFlight = undefined;",
    "unit",
    "does not end the newer",
  ],
  [
    "keepalive",
    "src/transport.ts",
    "keepalive, signal",
    "keepalive: false, signal",
    "browser",
    "navigated away",
  ],
  [
    "pagehide and visibilitychange are one exit",
    "src/session.ts",
    [
      "if (detached || leaving) return;",
      'sender.inFlight && viewing.isCarriedBy(sender.inFlight.record) ? "on its way" : undefined',
    ],
    ["if (detached) return;", "undefined"],
    "unit",
    "leaving fires",
  ],
  [
    "no unload listener",
    "src/client.ts",
    '    on(window, "online", onConnection);',
    '    on(window, "unload", () => {});\n    on(window, "online", onConnection);',
    "unit",
    "never listens to unload",
  ],
  [
    "at seeking the time is the target's",
    "src/sampler.ts",
    "|| media.seeking ||",
    "||",
    "unit",
    "overtakes `seeking`",
  ],
  [
    "pause comes before ended",
    "src/session.ts",
    'saveAfter(PAUSE_QUIET_MS, "pause")',
    'save("pause")',
    "unit",
    "though `pause` fires just before",
  ],
  ["60 seeks in a second", "src/session.ts", "saveAfter(SEEK_QUIET_MS", "saveAfter(0", "unit", "60 seeks"],
  ["4x steps", "src/sampler.ts", "media.playbackRate * SLACK + SLACK", "SLACK", "unit", "at 4x"],
  [
    "a changed source is at 0 at once",
    "src/sampler.ts",
    " || media.readyState === 0",
    "",
    "unit",
    "in the same task",
  ],
  [
    "throttled is no acknowledgement",
    "src/outcome.ts",
    'if (outcome === "throttled" || outcome === "stale") return false;',
    "",
    "unit",
    "throttled is no",
  ],
  [
    "nothing before the first playing",
    "src/viewing.ts",
    "viewing.started &&",
    "",
    "unit",
    "nothing before something",
  ],
  [
    "a dead server leaves onLine true",
    "src/policy.ts",
    "random() * Math.min(rules.maxMs, rules.baseMs * 2 ** attempt)",
    "1e9",
    "unit",
    "503 for a minute",
  ],
  ["Retry-After", "src/policy.ts", "  return floorMs + ", "  return ", "unit", "Retry-After is a floor"],
  [
    "locks tell who lives",
    "src/tabs.ts",
    "names.has(LOCK + record.session)",
    "false",
    "unit",
    "living session is left alone",
  ],
  ["a kept page holds no lock", "src/session.ts", "if (leaving) release();", "", "unit", "releases its lock"],
  [
    "own save survives detach",
    "src/session.ts",
    "      detached = true;\n",
    '      detached = true;\n      context.transport = { ...context.transport };\n      if (sender.inFlight) (sender.inFlight as unknown as { controller: AbortController }).controller.abort("closed");\n',
    "unit",
    "does not cancel its own save",
  ],
  [
    "the captive portal",
    "src/transport.ts",
    'if (meaning === "answered" && isOurs)',
    'if (meaning === "answered")',
    "unit",
    "not ours",
  ],
];

const wanted = new RegExp(process.argv.slice(2).join("|"));
let failed = 0;
for (const [name, file, there, instead, project, test] of TRAPS.filter(([name]) => wanted.test(name))) {
  const copy = mkdtempSync(join(tmpdir(), "playhead-trap-"));
  const folder = join(copy, "frontend");
  const skip = /node_modules|dist|\.build/;
  cpSync(HERE, folder, { recursive: true, filter: path => !skip.test(path.slice(HERE.length)) });
  symlinkSync(join(HERE, "node_modules"), join(folder, "node_modules"));
  const text = readFileSync(join(folder, file), "utf8");
  let said = "the remedy is not where it was";
  const [old, fresh] = [[there].flat(), [instead].flat()];
  if (old.every(part => text.includes(part))) {
    const changed = old.reduce((so, part, index) => so.replace(part, () => fresh[index]), text);
    writeFileSync(join(folder, file), changed);
    const run = spawnSync("npx", ["vitest", "run", "--project", project, "-t", test], {
      cwd: folder,
      encoding: "utf8",
    });
    const count = /Tests .*?(\d+) failed/.exec(run.stdout);
    said = count ? "" : `the test still passes: ${run.stdout.slice(-400)}${run.stderr.slice(-300)}`;
  }
  console.log(`${said ? "✗" : "✓"} ${name}${said ? `: ${said}` : ""}`);
  if (said) failed++;
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${failed} remedies without a guard`);
process.exit(failed ? 1 : 0);
