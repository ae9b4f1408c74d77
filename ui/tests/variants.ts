import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The snake_case names of a Rust enum's variants: the words must cover what the agent can say. */
export function variants(file: string, name: string): string[] {
  const source = readFileSync(join(import.meta.dirname, "../../crates", file), "utf8");
  const body = new RegExp(`pub enum ${name} \\{([\\s\\S]*?)\\n\\}`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/^ {4}([A-Z]\w*),$/gm)].map((match) =>
    (match[1] ?? "").replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase(),
  );
}

/** The texts of a Rust constant that is a list of texts. */
export function constants(file: string, name: string): string[] {
  const source = readFileSync(join(import.meta.dirname, "../../crates", file), "utf8");
  const body = new RegExp(`const ${name}: [^=]*= \\[([\\s\\S]*?)\\];`).exec(source)?.[1] ?? "";
  return [...body.matchAll(/"([^"]+)"/g)].map((match) => match[1] ?? "");
}
