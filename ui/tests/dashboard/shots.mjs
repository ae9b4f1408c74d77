// What the pictures are taken with: who presses what, and on which screen.
/** A place in the page, by its test id. */
export const id = (name) => `[data-testid="${name}"]`;
/** Presses one after the other. */
export const click =
  (...names) =>
  async (page) => {
    for (const name of names) await page.locator(id(name)).first().click();
  };

const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** Both themes in both widths. */
export const LOOKS = [
  { suffix: "", size: WIDE, dark: false },
  { suffix: "-dark", size: WIDE, dark: true },
  { suffix: "-390", size: PHONE, dark: false },
  { suffix: "-390-dark", size: PHONE, dark: true },
];
export const light = { scene: "full", size: WIDE, dark: false };
export const phone = { ...light, size: PHONE };
export const night = { ...light, dark: true };
