/** The blanks of a text: what they are called, what is wrong with one, and how a text reads with them filled. */

/** In the order of the menu, as the server knows them. */
export const VARIABLES = [
  "first_name",
  "name",
  "company",
  "position",
  "site",
  "pain",
  "sdr_first_name",
  "sdr_name",
  "office",
] as const;
export type Variable = (typeof VARIABLES)[number];

export type VariableWords = { label: string; whose: "Lead" | "SDR" | "Office"; example: string };

/** What a variable stands for. */
export function variableWords(variable: Variable): VariableWords {
  switch (variable) {
    case "first_name":
      return { label: "First name", whose: "Lead", example: "Ana" };
    case "name":
      return { label: "Whole name", whose: "Lead", example: "Ana Souza" };
    case "company":
      return { label: "Company", whose: "Lead", example: "Padaria Aurora" };
    case "position":
      return { label: "Position", whose: "Lead", example: "Owner" };
    case "site":
      return { label: "Site", whose: "Lead", example: "aurora.example" };
    case "pain":
      return { label: "What they struggle with", whose: "Lead", example: "orders after hours" };
    case "sdr_first_name":
      return { label: "First name", whose: "SDR", example: "John" };
    case "sdr_name":
      return { label: "Whole name", whose: "SDR", example: "John Almeida" };
    case "office":
      return { label: "Name of the office", whose: "Office", example: "Almar" };
  }
}

/** As it is written in a text. */
export const written = (variable: string) => `{{${variable}}}`;

function isVariable(name: string): name is Variable {
  return (VARIABLES as readonly string[]).includes(name);
}

/** A piece of a text: words, a blank, or what is no good blank. */
export type Piece =
  | { kind: "words"; text: string }
  | { kind: "blank"; text: string; variable: Variable; fallback: string | null }
  | { kind: "fault"; text: string; why: string };

/** Takes a text apart as the server does. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  for (let at = rest.indexOf("{{"); at >= 0; at = rest.indexOf("{{")) {
    if (at > 0) pieces.push({ kind: "words", text: rest.slice(0, at) });
    const end = rest.indexOf("}}", at + 2);
    if (end < 0) {
      pieces.push({ kind: "fault", text: rest.slice(at), why: "“{{” has no “}}” after it." });
      return pieces;
    }
    pieces.push(blank(rest.slice(at, end + 2)));
    rest = rest.slice(end + 2);
  }
  if (rest !== "") pieces.push({ kind: "words", text: rest });
  return pieces;
}

function blank(text: string): Piece {
  const [name = "", ...others] = text.slice(2, -2).split("|");
  const variable = name.trim();
  const fallback = others.length === 0 ? null : others.join("|").trim();
  if (variable === "") {
    return { kind: "fault", text, why: "There is no variable between “{{” and “}}”." };
  }
  if (!isVariable(variable)) {
    return { kind: "fault", text, why: `There is no variable “${variable.slice(0, 40)}”.` };
  }
  if (fallback === "") {
    return { kind: "fault", text, why: `Nothing stands after the “|” of “${variable}”.` };
  }
  return { kind: "blank", text, variable, fallback };
}

/** What is wrong with a text, said before it is sent. */
export function problemsOf(text: string): string[] {
  if (text.trim() === "") return ["Write the text first."];
  return [
    ...new Set(piecesOf(text).flatMap((piece) => (piece.kind === "fault" ? [piece.why] : []))),
  ];
}

/** Whoever has no value for it gets nothing: the text says nothing else for it somewhere. */
export function needs(text: string, variable: Variable): boolean {
  return piecesOf(text).some(
    (piece) => piece.kind === "blank" && piece.variable === variable && piece.fallback === null,
  );
}

/** Puts a variable where the cursor is, instead of what is selected; answers where the cursor is then. */
export function inserted(
  text: string,
  from: number,
  to: number,
  variable: Variable,
): { text: string; at: number } {
  const word = written(variable);
  return { text: text.slice(0, from) + word + text.slice(to), at: from + word.length };
}
