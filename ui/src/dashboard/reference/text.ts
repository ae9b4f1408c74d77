/** The words of a document are Markdown; of that, what such words use: paragraphs, lists, code. */

export type Part = { code: boolean; text: string };
export type Block = { kind: "text" | "list"; lines: Part[][] };

const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;

/** Cuts a text into paragraphs and lists. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (const paragraph of text.replaceAll("\r\n", "\n").split(/\n\s*\n/)) {
    let open: { kind: Block["kind"]; lines: string[] } | null = null;
    const close = () => {
      if (open) blocks.push({ kind: open.kind, lines: open.lines.map(partsOf) });
      open = null;
    };
    for (const line of paragraph.split("\n").filter((one) => one.trim() !== "")) {
      const item = ITEM.test(line);
      const words = line
        .replace(ITEM, "")
        .replace(/^#+\s+/, "")
        .trim();
      const before: { kind: Block["kind"]; lines: string[] } | null = open;
      if (before !== null && (item ? before.kind === "list" : true)) {
        if (item) before.lines.push(words);
        else before.lines.push(`${before.lines.pop() ?? ""} ${words}`);
      } else {
        close();
        open = { kind: item ? "list" : "text", lines: [words] };
      }
    }
    close();
  }
  return blocks;
}

/** Cuts a line where code begins and ends; a link is its words. */
export function partsOf(line: string): Part[] {
  const plain = line
    .replaceAll(/\[(`?[^[\]]+`?)\]\([^()]*\)/g, "$1")
    .replaceAll(/\[(`[^`]+`)\]/g, "$1")
    .replaceAll("**", "");
  return plain
    .split(/(`[^`]+`)/)
    .filter((text) => text !== "")
    .map((text) =>
      /^`[^`]+`$/.test(text) ? { code: true, text: text.slice(1, -1) } : { code: false, text },
    );
}

/** The first sentence, for a line of a list; without marks. */
export function firstSentence(text: string): string {
  const [block] = blocksOf(text);
  const line = (block?.lines[0] ?? []).map((part) => part.text).join("");
  return /^.+?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
}

/** A piece of an example in its colour. */
export type Token = { kind: "plain" | "key" | "text" | "value" | "variable"; text: string };

const TOKEN =
  /("(?:[^"\\\n]|\\.)*"(?=\s*:))|(\$[A-Z][A-Z0-9_]*)|("(?:[^"\\\n$]|\\.)*")|(\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?\b)/g;

/** Colours JSON, or a command with JSON in it. */
export function tokensOf(code: string, json: boolean): Token[] {
  const tokens: Token[] = [];
  let end = 0;
  const push = (kind: Token["kind"], text: string) => text !== "" && tokens.push({ kind, text });
  for (const match of code.matchAll(TOKEN)) {
    const [all, key, name, text] = match;
    if (!json && name === undefined) continue;
    push("plain", code.slice(end, match.index));
    const kind = key ? "key" : name ? "variable" : text ? "text" : "value";
    push(json && kind === "variable" ? "plain" : kind, all);
    end = match.index + all.length;
  }
  push("plain", code.slice(end));
  return tokens;
}
