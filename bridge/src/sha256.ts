import { makeBytes, makeWords } from "./builtins";

/** SHA-256 in steps, so that no step keeps the page waiting, and by no code of the page. */
export interface Sha256 {
  add(bytes: Uint8Array): void;
  /** Sixty-four lower-case hexadecimal digits; nothing can be added afterwards. */
  end(): string;
}

const BLOCK = 64;
const { constants: K, initial: H } = primes();

/** Of nothing yet. */
export function openSha256(): Sha256 {
  const state = makeWords(8);
  for (let index = 0; index < 8; index += 1) {
    state[index] = H[index] ?? 0;
  }
  const block = makeBytes(BLOCK);
  const words = makeWords(BLOCK);
  let filled = 0;
  let length = 0;

  function put(byte: number): void {
    block[filled] = byte;
    filled += 1;
    if (filled === BLOCK) {
      mix(state, block, words);
      filled = 0;
    }
  }

  return {
    add(bytes) {
      length += bytes.length;
      for (let index = 0; index < bytes.length; index += 1) {
        put(bytes[index] ?? 0);
      }
    },
    end() {
      put(0x80);
      while (filled !== BLOCK - 8) {
        put(0);
      }
      // Files are far below 2^50 bytes: the upper word of the bit count never overflows.
      const upper = (length - (length % 0x20000000)) / 0x20000000;
      const lower = (length % 0x20000000) * 8;
      for (let shift = 24; shift >= 0; shift -= 8) {
        put((upper >>> shift) & 0xff);
      }
      for (let shift = 24; shift >= 0; shift -= 8) {
        put((lower >>> shift) & 0xff);
      }
      return hex(state);
    },
  };
}

function mix(state: Uint32Array, block: Uint8Array, words: Uint32Array): void {
  for (let index = 0; index < 16; index += 1) {
    const at = index * 4;
    words[index] =
      (at4(block, at) << 24) |
      (at4(block, at + 1) << 16) |
      (at4(block, at + 2) << 8) |
      at4(block, at + 3);
  }
  for (let index = 16; index < 64; index += 1) {
    const two = word(words, index - 2);
    const fifteen = word(words, index - 15);
    const s1 = turn(two, 17) ^ turn(two, 19) ^ (two >>> 10);
    const s0 = turn(fifteen, 7) ^ turn(fifteen, 18) ^ (fifteen >>> 3);
    words[index] = s1 + word(words, index - 7) + s0 + word(words, index - 16);
  }
  let a = word(state, 0);
  let b = word(state, 1);
  let c = word(state, 2);
  let d = word(state, 3);
  let e = word(state, 4);
  let f = word(state, 5);
  let g = word(state, 6);
  let h = word(state, 7);
  for (let index = 0; index < 64; index += 1) {
    const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const one = (h + s1 + ((e & f) ^ (~e & g)) + word(K, index) + word(words, index)) | 0;
    const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] = word(state, 0) + a;
  state[1] = word(state, 1) + b;
  state[2] = word(state, 2) + c;
  state[3] = word(state, 3) + d;
  state[4] = word(state, 4) + e;
  state[5] = word(state, 5) + f;
  state[6] = word(state, 6) + g;
  state[7] = word(state, 7) + h;
}

const at4 = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;
const word = (words: Uint32Array, index: number): number => words[index] ?? 0;
const turn = (value: number, by: number): number => (value >>> by) | (value << (32 - by));

/** The fractions of the roots of the first primes, which are SHA-256's constants. */
function primes(): { readonly constants: Uint32Array; readonly initial: Uint32Array } {
  const constants = makeWords(64);
  const initial = makeWords(8);
  let found = 0;
  for (let candidate = 2; found < 64; candidate += 1) {
    let divisor = 2;
    while (divisor * divisor <= candidate && candidate % divisor !== 0) {
      divisor += 1;
    }
    if (divisor * divisor > candidate) {
      constants[found] = fraction(candidate ** (1 / 3));
      if (found < 8) {
        initial[found] = fraction(candidate ** 0.5);
      }
      found += 1;
    }
  }
  return { constants, initial };
}

function fraction(root: number): number {
  return (root % 1) * 0x100000000;
}

function hex(state: Uint32Array): string {
  const digits = "0123456789abcdef";
  let text = "";
  for (let index = 0; index < 8; index += 1) {
    for (let shift = 28; shift >= 0; shift -= 4) {
      text += digits[(word(state, index) >>> shift) & 15] ?? "";
    }
  }
  return text;
}
