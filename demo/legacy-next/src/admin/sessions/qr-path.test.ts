import { expect, test } from "vitest";
import { toQrPath } from "./qr-path.ts";

const modulesOf = (path: string): Set<string> => new Set(Array.from(path.matchAll(/M(\d+) (\d+)/g), ([, x, y]) => `${x},${y}`));

test("the code stands in a quiet zone of four modules and begins with a finder pattern", () => {
  const { path, size } = toQrPath("2@abc,def,ghi");
  const dark = modulesOf(path);
  const isDark = (x: number, y: number): boolean => dark.has(`${x},${y}`);
  expect([0, 1, 2, 3, 4, 5, 6].every((step) => isDark(4 + step, 4) && isDark(4, 4 + step))).toBe(true);
  expect([1, 2, 3, 4, 5].some((step) => isDark(4 + step, 5))).toBe(false);
  expect([...dark].every((module) => module.split(",").every((at) => Number(at) >= 4 && Number(at) < size - 4))).toBe(true);
});

test("a QR text of the size that WhatsApp sends fits, and equal texts give equal pictures", () => {
  const text = `2@${"x".repeat(240)}`;
  expect(toQrPath(text).size).toBeGreaterThan(60);
  expect(toQrPath(text)).toEqual(toQrPath(text));
});
