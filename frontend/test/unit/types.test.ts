import { readFileSync } from "node:fs";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import { expect, test } from "vitest";

const HERE = import.meta.dirname;
const DOCUMENT = join(HERE, "../../../layers/playhead/playhead/api/openapi.json");

test("the types are those of our OpenAPI; where they drift: npm run types", async () => {
  const made = astToString(await openapiTS(JSON.parse(readFileSync(DOCUMENT, "utf8")), { rootTypes: false }));
  const kept = readFileSync(join(HERE, "../../src/api.gen.ts"), "utf8");
  expect(kept).toContain(made.trim());
});
