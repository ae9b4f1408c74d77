// What others wrote and we build in: from where it comes, on which terms, and what is known against it.
// usage: node scripts/lib/supply.mjs       prints a line a check, as Rust's tests do
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, target } from "./office.mjs";

const cargoLocks = ["Cargo.lock", "fuzz/Cargo.lock"];
const npmLocks = ["package-lock.json", "crates/whatsapp-sim/tests/wwebjs/package-lock.json"];
const CRATES = "registry+https://github.com/rust-lang/crates.io-index";
const NPM = "https://registry.npmjs.org/";

const read = (file) => readFileSync(join(root, file), "utf8");

/** What one of cargo-deny's checks says against the tree; nothing when it is content. */
function denied(what, args = []) {
  const deny = join(target, "tools/bin/cargo-deny");
  const all = ["--locked", "--all-features", ...args, "check", "--hide-inclusion-graph", what];
  const { status, stderr, error } = spawnSync(deny, all, { cwd: root, encoding: "utf8" });
  if (error) return [error.message];
  return status === 0 ? [] : stderr.trim().split("\n").slice(-40);
}

/**
 * RustSec's database is fetched from where it is kept. Where that cannot be reached,
 * `HOTDESK_ADVISORIES` names a folder with a copy, as cargo-deny keeps it.
 */
function advisories() {
  const copies = process.env.HOTDESK_ADVISORIES;
  if (copies === undefined) {
    const against = denied("advisories");
    return /failed to fetch advisory database/.test(against.join("\n")) ? null : against;
  }
  const config = join(target, "deny-offline.toml");
  const section = `[advisories]\ndb-path = ${JSON.stringify(copies)}`;
  writeFileSync(config, read("deny.toml").replace("[advisories]", section));
  return denied("advisories", ["--config", config, "--offline"]);
}

/** Packages of a Cargo.lock that are from elsewhere, or whose content is not fixed. */
function loose(file) {
  return read(file)
    .split("[[package]]")
    .slice(1)
    .filter((text) => text.includes("source = "))
    .filter((text) => !text.includes(`source = "${CRATES}"`) || !/checksum = "\w{64}"/.test(text))
    .map((text) => `${file}: ${text.trim().split("\n")[0]}`);
}

/** The same of a package-lock.json; what is a folder of ours has no sum. */
function looseNpm(file) {
  const ours = (at, one) => !at.includes("node_modules/") || one.link === true;
  return Object.entries(JSON.parse(read(file)).packages)
    .filter(([at, one]) => !ours(at, one))
    .filter(
      ([, { integrity, resolved }]) =>
        !integrity?.startsWith("sha512-") || !(resolved ?? NPM).startsWith(NPM),
    )
    .map(([at]) => `${file}: ${at}`);
}

/** Packages that would run a script of theirs when they are installed. */
function scripted(file, known) {
  return Object.entries(JSON.parse(read(file)).packages)
    .filter(([at, one]) => one.hasInstallScript && !known.includes(at))
    .map(([at]) => `${file}: ${at}`);
}

/** What npm's registry knows against our packages; null where it cannot be asked. */
function audited() {
  const done = spawnSync("npm", ["audit", "--json"], { cwd: root, encoding: "utf8" });
  try {
    const { vulnerabilities } = JSON.parse(done.stdout);
    return vulnerabilities ? Object.keys(vulnerabilities) : null;
  } catch {
    return null;
  }
}

const checks = {
  "deny::licences": () => denied("licenses"),
  "deny::bans": () => denied("bans"),
  "deny::sources": () => denied("sources"),
  "deny::advisories": advisories,
  "locks::every_crate_is_from_the_registry_with_its_sum": () => cargoLocks.flatMap(loose),
  "locks::every_npm_package_is_from_the_registry_with_its_sum": () => npmLocks.flatMap(looseNpm),
  // esbuild puts its own program in place. The judge of the rehearsal is installed without any.
  "locks::no_npm_package_runs_a_script_that_is_not_known": () =>
    scripted(npmLocks[0], ["node_modules/esbuild"]),
  "npm::audit": audited,
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  const against = check();
  if (against === null) {
    console.log(`test ${name} ... ignored, who knows does not answer here`);
    continue;
  }
  for (const line of against) console.log(line);
  console.log(`test ${name} ... ${against.length === 0 ? "ok" : "FAILED"}`);
  failed += against.length === 0 ? 0 : 1;
}
process.exitCode = failed === 0 ? 0 : 1;
