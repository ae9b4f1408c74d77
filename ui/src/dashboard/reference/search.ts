/** Finds calls by what they are called, what they do, and the fields they take and give. */
import { fold, matches } from "../../lib/fold";
import type { Operation, Tag } from "./document";

/** A call that was found; `names` are the fields by which, where it was not by its own words. */
export type Found = { operation: Operation; names: string[] };
export type FoundTag = { name: string; found: Found[] };

/** The calls in which every typed word occurs, by tag. */
export function foundIn(tags: readonly Tag[], typed: string): FoundTag[] {
  return tags
    .map((tag) => ({
      name: tag.name,
      found: tag.operations.flatMap((one) => found(tag, one, typed)),
    }))
    .filter((tag) => tag.found.length > 0);
}

function found(tag: Tag, operation: Operation, typed: string): Found[] {
  const { method, path, summary, description, id, names } = operation;
  const near = [tag.name, method, path, summary, description, id].join(" ");
  if (matches(near, typed)) return [{ operation, names: [] }];
  if (!matches([near, ...names].join(" "), typed)) return [];
  const words = fold(typed).split(/\s+/).filter(Boolean);
  const by = names.filter((name) => words.some((word) => fold(name).includes(word)));
  return [{ operation, names: by }];
}
