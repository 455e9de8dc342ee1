/** A small server that implements the wire in memory: two origins, latency, preflights, trouble, clips with ranges. */

import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { FakeApi } from "./fake-api.ts";

const HERE = import.meta.dirname;
/** The tests' own pages and clips, the page as it is built, and the demo course's clips. */
const ROOTS = ["../.build", "../fixtures", "../../dist-page", "../../../local"].map(path => join(HERE, path));
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webm": "video/webm",
  ".m3u8": "application/vnd.apple.mpegurl",
  ".m4s": "video/iso.segment",
  ".mp4": "video/mp4",
};

export interface Seen {
  method: string;
  path: string;
  at: number;
}

export class WireServer {
  api = new FakeApi();
  /** How long each answer to the API waits, preflights too, ms. */
  latencyMs = 0;
  /** How long a report needs to get here, ms; of a client that is gone by then it never does. */
  arrivalMs = 0;
  noStore = false;
  /** The real stack, where there is one: requests are handed on to it instead of the API in memory. */
  upstream: string | undefined;
  /** An answer instead of the API's, for a while. */
  trouble: () => Response | undefined = () => undefined;
  /** Changes an answer's text on its way to the page. */
  rewrite: (path: string, text: string) => string = (_path, text) => text;
  readonly seen: Seen[] = [];
  #server: Server;
  #other: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#other = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<WireServer> {
    const server = new WireServer();
    const listen = (one: Server) => new Promise<void>(resolve => one.listen(0, "127.0.0.1", resolve));
    await Promise.all([listen(server.#server), listen(server.#other)]);
    return server;
  }
  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }
  /** The same API under another origin: here a browser asks with a preflight first. */
  get otherOrigin(): string {
    return `http://127.0.0.1:${(this.#other.address() as AddressInfo).port}`;
  }
  requests(method: string, path = "/v1/progress"): Seen[] {
    return this.seen.filter(one => one.method === method && one.path === path);
  }
  reset(): void {
    this.api = new FakeApi();
    this.latencyMs = 0;
    this.arrivalMs = 0;
    this.noStore = false;
    this.seen.length = 0;
  }
  stop(): void {
    for (const one of [this.#server, this.#other]) {
      one.closeAllConnections();
      one.close();
    }
  }

  #ask(api: FakeApi, request: IncomingMessage, init: RequestInit): Promise<Response> {
    const path = request.url ?? "/";
    return this.upstream ? fetch(this.upstream + path, init) : api.fetch(path, init);
  }
  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    if (!path.startsWith("/v1/") && !path.startsWith("/local/"))
      return file(path === "/" ? "/index.html" : path, request, response);
    this.seen.push({ method: request.method ?? "", path, at: Date.now() });
    const api = this.api;
    const cors = {
      "Access-Control-Allow-Origin": request.headers.origin ?? "*",
      "Access-Control-Allow-Headers": "authorization, content-type",
      "Access-Control-Expose-Headers": "Retry-After, ETag, Date",
      "Access-Control-Max-Age": "7200",
    };
    const body = await text(request);
    if (request.method === "OPTIONS") {
      await delay(this.latencyMs);
      response.writeHead(204, cors).end();
      return;
    }
    await delay(this.arrivalMs);
    if (request.socket.destroyed) return;
    const init: RequestInit = { method: request.method ?? "GET", headers: endToEnd(request) };
    if (body) init.body = body;
    const answer = this.trouble() ?? (await this.#ask(api, request, init).catch(() => undefined));
    await delay(this.latencyMs);
    if (!answer) return void request.socket.destroy();
    const headers: Record<string, string> = { ...cors };
    for (const name of ["content-type", "etag", "cache-control", "retry-after", "date"]) {
      const value = answer.headers.get(name);
      if (value) headers[name] = value;
    }
    if (this.noStore) headers["cache-control"] = "no-store";
    const answered = this.rewrite(path, await answer.text());
    if (response.destroyed) return;
    response.writeHead(answer.status, headers).end(answered);
  }
}

/** The headers that are the message's own, not the connection's. */
function endToEnd(request: IncomingMessage): Record<string, string> {
  const names = ["authorization", "content-type", "if-none-match"];
  return Object.fromEntries(
    names.flatMap(name => (request.headers[name] ? [[name, String(request.headers[name])]] : [])),
  );
}

function file(path: string, request: IncomingMessage, response: ServerResponse): void {
  const found = ROOTS.map(root => join(root, normalize(path))).find(
    name => existsSync(name) && statSync(name).isFile(),
  );
  if (!found) return void response.writeHead(404).end();
  const type = TYPES[extname(found)] ?? "application/octet-stream";
  const size = statSync(found).size;
  const [, from, to] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
  if (from === undefined) {
    const policy = path === "/index.html" ? { "Content-Security-Policy": "default-src 'self'" } : {};
    response
      .writeHead(200, { "Content-Type": type, "Accept-Ranges": "bytes", ...policy })
      .end(readFileSync(found));
    return;
  }
  const end = to ? Number(to) : size - 1;
  response.writeHead(206, {
    "Content-Type": type,
    "Content-Range": `bytes ${from}-${end}/${size}`,
    "Content-Length": end - Number(from) + 1,
  });
  createReadStream(found, { start: Number(from), end }).pipe(response);
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}

function delay(ms: number): Promise<void> {
  return new Promise(resolve => (ms > 0 ? setTimeout(resolve, ms) : resolve()));
}
