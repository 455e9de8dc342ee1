/** A display for the tests that need a headed browser; without Xvfb they run headless, as far as that goes. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";

export async function withDisplay(task: (display: string | undefined) => Promise<void>): Promise<void> {
  if (!existsSync("/usr/bin/Xvfb")) return task(undefined);
  const server = spawn(
    "/usr/bin/Xvfb",
    ["-displayfd", "3", "-screen", "0", "1024x768x24", "-nolisten", "tcp"],
    {
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    },
  );
  try {
    const number = await new Promise<string>((resolve, reject) => {
      server.stdio[3]?.once("data", chunk => resolve(String(chunk).trim()));
      server.once("exit", () => reject(new Error("no display")));
    });
    await task(`:${number}`);
  } finally {
    server.kill();
  }
}
