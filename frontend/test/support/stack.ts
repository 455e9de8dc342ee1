/** The local stack for the end-to-end tests: the one that PLAYHEAD_URL names, else one of our own on a port of its own. */

import { spawn } from "node:child_process";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import build from "./build.ts";

const ROOT = join(import.meta.dirname, "../../..");
const READY_MS = 300_000;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [stack] = await Promise.all([
    process.env.PLAYHEAD_URL ? { url: process.env.PLAYHEAD_URL } : start(),
    build(),
  ]);
  project.provide("stack", stack.url);
  return async () => ("stop" in stack ? stack.stop() : undefined);
}

async function start(): Promise<{ url: string; stop(): Promise<void> }> {
  const port = String(20_000 + (process.pid % 20_000));
  const running = spawn("make", ["run"], {
    cwd: ROOT,
    env: { ...process.env, PORT: port, MAKEFLAGS: "" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let said = "";
  const ready = new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the stack is not ready:\n${said}`)), READY_MS);
    const listen = (chunk: Buffer) => {
      said = (said + chunk).slice(-4000);
      const url = /ready (http:\S+)/.exec(said)?.[1];
      if (!url) return;
      clearTimeout(late);
      resolve(url);
    };
    running.stdout.on("data", listen);
    running.stderr.on("data", listen);
    running.once("exit", code => reject(new Error(`the stack stopped with ${code}:\n${said}`)));
  });
  const gone = new Promise<void>(resolve => running.once("exit", () => resolve()));
  const stop = async () => {
    if (running.pid) process.kill(-running.pid, "SIGINT");
    await gone;
  };
  return { url: await ready, stop };
}

declare module "vitest" {
  export interface ProvidedContext {
    stack: string;
  }
}
