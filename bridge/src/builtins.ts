/**
 * The built-ins the bridge rests on, taken at document start, before any script of the page has
 * run. Whatever a script does to prototypes later does not change what the bridge answers.
 */

const bindCall = Function.prototype.call;

/** Turns a method into a function that takes its object first. */
function method<Self, Rest extends unknown[], Result>(
  body: (this: Self, ...rest: Rest) => Result,
): (self: Self, ...rest: Rest) => Result {
  return bindCall.bind(body) as (self: Self, ...rest: Rest) => Result;
}

/** The getter of an accessor property, as a function of its object. */
function getter<Self extends object, Result>(
  prototype: Self,
  name: string,
): (self: Self) => Result {
  const found = Object.getOwnPropertyDescriptor(prototype, name)?.get;
  if (found === undefined) {
    throw new TypeError(`no getter ${name}`);
  }
  return method(found) as (self: Self) => Result;
}

export const apply = Reflect.apply;
export const construct = Reflect.construct;
export const parseJson: (text: string) => unknown = JSON.parse;
export const quote: (text: string) => string = JSON.stringify;
export const keysOf: (value: object) => string[] = Object.keys;
export const freeze = Object.freeze;
export const defineProperty = Object.defineProperty;
export const isArray: (value: unknown) => value is unknown[] = Array.isArray;
export const isInteger: (value: unknown) => boolean = Number.isInteger;
export const floor = Math.floor;
export const hasOwn = method(Object.prototype.hasOwnProperty) as (
  self: object,
  key: string,
) => boolean;

export const charCodeAt = method(String.prototype.charCodeAt);
export const sliceText = method(String.prototype.slice) as (
  text: string,
  from: number,
  to: number,
) => string;
export const textFromCode = String.fromCharCode;
export const matchText = method(RegExp.prototype.exec) as (
  pattern: RegExp,
  text: string,
) => RegExpExecArray | null;

export const makeMap = <Key, Value>(): Map<Key, Value> => new OwnMap<Key, Value>();
const OwnMap = Map;
export const mapGet = method(Map.prototype.get) as <K, V>(map: Map<K, V>, key: K) => V | undefined;
export const mapSet = method(Map.prototype.set) as <K, V>(map: Map<K, V>, key: K, value: V) => void;
export const mapHas = method(Map.prototype.has) as <K, V>(map: Map<K, V>, key: K) => boolean;
export const mapDelete = method(Map.prototype.delete) as <K, V>(map: Map<K, V>, key: K) => boolean;
export const mapEach = method(Map.prototype.forEach) as <K, V>(
  map: Map<K, V>,
  body: (value: V, key: K) => void,
) => void;
export const mapSize = getter(Map.prototype, "size") as <K, V>(map: Map<K, V>) => number;

export const whenSettled = method(Promise.prototype.then) as <T>(
  promise: Promise<T>,
  fulfilled: (value: T) => void,
  rejected: (error: unknown) => void,
) => void;

const OwnBytes = Uint8Array;
export const makeBytes = (length: number): Uint8Array => new OwnBytes(length);
const OwnWords = Uint32Array;
export const makeWords = (length: number): Uint32Array => new OwnWords(length);
const OwnFile = globalThis.File;
/** A file of these bytes, as a page's own code takes one. */
export const makeFile = (bytes: Uint8Array, name: string, type: string): object =>
  construct(OwnFile, [[bytes], name, { type }]);

/** Wall-clock time in UTC milliseconds. */
export const utcNow: () => number = Date.now;
const clock = performance;
/** Milliseconds since the page began to load. */
export const pageNow = bindCall.bind(performance.now, clock) as () => number;

const getEntries = clock.getEntriesByType;
/** Whether this load of the page was a reload of the same address. */
export function wasReloaded(): boolean {
  const entries = getEntries === undefined ? [] : apply(getEntries, clock, ["navigation"]);
  const { type } = (entries[0] ?? {}) as { type?: unknown };
  return type === "reload" || clock.navigation?.type === 1;
}

export const encodeUri = encodeURIComponent;
const address = location;
const assign = address.assign;
/** Loads an address of this origin. */
export function goTo(path: string): void {
  apply(assign, address, [path]);
}

const generator = crypto;
const fillRandom = bindCall.bind(crypto.getRandomValues, generator) as (bytes: Uint8Array) => void;
/** Thirty-two random hexadecimal characters. */
export function randomName(): string {
  const bytes = new Uint8Array(16);
  fillRandom(bytes);
  const digits = "0123456789abcdef";
  let name = "";
  for (let index = 0; index < 16; index += 1) {
    const byte = bytes[index] ?? 0;
    name += digits[byte >> 4] ?? "";
    name += digits[byte & 15] ?? "";
  }
  return name;
}

/** Adds to one of our own arrays without touching a setter somebody put on `Array.prototype`. */
export function append<T>(list: T[], value: T): void {
  defineProperty(list, list.length, {
    // @ts-expect-error: a descriptor without a prototype cannot be polluted.
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
