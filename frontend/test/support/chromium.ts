/**
 * Chromium, driven in two ways: by playwright-core, and raw through a pipe.
 *
 * Raw, because playwright keeps each of its pages focused and so never hidden, and because a browser of ours can be killed.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { type Browser, chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
  "--mute-audio",
];

export function executable(): string {
  const candidates = [
    process.env.CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  const found = candidates.find(path => path && existsSync(path));
  if (!found) throw new Error("no Chromium: install one, or name it in CHROMIUM");
  return found;
}

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable(), args: FLAGS });
}

export function freshProfile(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "playhead-profile-"));
  return {
    path,
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

interface Message {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** A browser of our own, with its profile, that can be closed as people close it, and killed. */
export class RawBrowser {
  #process: ChildProcess;
  #input: Writable;
  #waiting = new Map<number, (message: Message) => void>();
  #id = 0;
  readonly gone: Promise<void>;

  private constructor(profile: string, display: string | undefined) {
    const args = [...FLAGS, `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"];
    this.#process = spawn(executable(), display ? args : ["--headless=new", ...args], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      env: display ? { ...process.env, DISPLAY: display } : process.env,
      detached: true,
    });
    this.#input = this.#process.stdio[3] as Writable;
    this.#input.on("error", () => {});
    this.gone = new Promise(resolve => this.#process.once("exit", () => resolve()));
    this.#listen(this.#process.stdio[4] as Readable);
  }

  static async start(profile: string, display?: string): Promise<RawBrowser> {
    const browser = new RawBrowser(profile, display);
    await browser.call("Browser.getVersion");
    return browser;
  }
  #listen(output: Readable): void {
    let rest = "";
    output.on("data", chunk => {
      const messages = (rest + chunk).split("\0");
      rest = messages.pop() ?? "";
      for (const text of messages) {
        const message = JSON.parse(text) as Message;
        if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
      }
    });
  }
  call(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    const answered = new Promise<Record<string, unknown>>((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(error.message)) : resolve(result ?? {}),
      );
      void this.gone.then(() => reject(new Error("the browser is gone")));
    });
    this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return answered;
  }
  /** Open a tab in front of the others, which so become hidden. */
  async open(url: string): Promise<RawTab> {
    const { targetId } = (await this.call("Target.createTarget", { url })) as { targetId: string };
    const { sessionId } = (await this.call("Target.attachToTarget", { targetId, flatten: true })) as {
      sessionId: string;
    };
    return new RawTab(this, targetId, sessionId);
  }
  /** The tab that the browser began with. */
  async first(): Promise<RawTab> {
    const { targetInfos } = (await this.call("Target.getTargets")) as {
      targetInfos: { type: string; targetId: string }[];
    };
    const targetId = targetInfos.find(target => target.type === "page")?.targetId ?? "";
    const { sessionId } = (await this.call("Target.attachToTarget", { targetId, flatten: true })) as {
      sessionId: string;
    };
    return new RawTab(this, targetId, sessionId);
  }
  async isOpen(tab: RawTab): Promise<boolean> {
    const { targetInfos } = (await this.call("Target.getTargets")) as { targetInfos: { targetId: string }[] };
    return targetInfos.some(one => one.targetId === tab.targetId);
  }
  /** As the last window is closed. */
  async close(): Promise<void> {
    this.call("Browser.close").catch(() => {});
    await this.gone;
  }
  /** kill -9, of this browser's own processes and no others. */
  async kill(): Promise<void> {
    if (this.#process.exitCode !== null || !this.#process.pid) return;
    try {
      process.kill(-this.#process.pid, "SIGKILL");
    } catch {
      this.#process.kill("SIGKILL");
    }
    await this.gone;
  }
}

export class RawTab {
  constructor(
    readonly browser: RawBrowser,
    readonly targetId: string,
    readonly sessionId: string,
  ) {}
  async evaluate<T>(expression: string): Promise<T> {
    const options = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = (await this.browser.call(
      "Runtime.evaluate",
      options,
      this.sessionId,
    )) as {
      result: { value: T };
      exceptionDetails?: { exception?: { description: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? "evaluation failed");
    return result.value;
  }
  async until(expression: string, ms = 15_000): Promise<void> {
    const end = Date.now() + ms;
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false))) {
      if (Date.now() > end) throw new Error(`waited ${ms} ms for ${expression}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
  navigate(url: string): Promise<unknown> {
    return this.browser.call("Page.navigate", { url }, this.sessionId);
  }
  async close(): Promise<void> {
    await this.browser.call("Target.closeTarget", { targetId: this.targetId });
  }
}
