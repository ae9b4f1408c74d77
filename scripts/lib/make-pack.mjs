// Makes an adapter pack of the bundles in bridge/dist. crates/agent/src/adapter_pack/manifest.rs reads it.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

const MAX_PACK_BYTES = 8 * 1024 * 1024;
const DAY_MS = 86_400_000;
const root = join(import.meta.dirname, "../..");
const read = (path) => readFileSync(join(root, path), "utf8");

const version = JSON.parse(read("bridge/version.json"));
const { values } = parseArgs({
  options: {
    number: { type: "string", default: String(version.number) },
    name: { type: "string", default: version.name },
    days: { type: "string", default: "180" },
    out: { type: "string", default: join(root, "target/packs") },
  },
});
const number = whole("number", values.number, 0xffff_ffff);
const days = whole("days", values.days, 3_650);
if (!/^[\w. -]{1,64}$/.test(values.name)) {
  fail("--name is 1 to 64 letters, digits, dots, spaces, hyphens.");
}

const protocol = /BRIDGE_PROTOCOL = (\d+)/.exec(read("bridge/src/generated/protocol.ts"));
const pack = JSON.stringify({
  format: 1,
  number,
  name: values.name,
  madeAtMs: Date.now(),
  expiresAtMs: Date.now() + days * DAY_MS,
  bridgeProtocol: Number(protocol?.[1] ?? fail("bridge/src/generated/protocol.ts is not fresh.")),
  parts: { bridge: part("bridge.js"), waJs: part("wa-js-adapter.js") },
});
if (Buffer.byteLength(pack) > MAX_PACK_BYTES) {
  fail("The pack would be larger than 8 MiB.");
}
mkdirSync(values.out, { recursive: true });
const file = join(values.out, `hotdesk-adapters-${number}.pack`);
writeFileSync(file, pack);
console.log(`${file}
Not signed yet. Sign it, and hand out both files:
  minisign -Sm '${file}' -t 'hotdesk adapters ${number}'`);

function part(name) {
  const text = read(join("bridge/dist", name));
  return { sha256: createHash("sha256").update(text).digest("hex"), text };
}

function whole(name, text, most) {
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= most
    ? value
    : fail(`--${name} is a whole number from 1 to ${most}, not ${text}.`);
}

function fail(why) {
  console.error(`make-pack: ${why} Nothing was made.`);
  process.exit(1);
}
