import type { Message } from "@ipnuo/domain/message";
import { expect, test } from "vitest";
import { absentTextOf, isEdited, placeholderOf } from "./placeholder.ts";

const MESSAGE = { messageType: "TEXT", content: null, mediaMimeType: null, mediaSize: null, metadata: null, fromMe: false } as Message;

test("a text needs no placeholder, a missing one is said", () => {
  expect(placeholderOf({ ...MESSAGE, content: "hello" })).toBeUndefined();
  expect(absentTextOf({ ...MESSAGE, content: "hello" })).toBeUndefined();
  expect(absentTextOf(MESSAGE)).toBe("No text");
});

test("media tells its name, type, size and length", () => {
  const audio: Message = { ...MESSAGE, messageType: "AUDIO", mediaMimeType: "audio/ogg", mediaSize: 9_000, metadata: { seconds: 12 } };
  expect(placeholderOf(audio)).toEqual({ label: "Audio", details: ["0:12", "audio/ogg", "9.0 KB"] });
  expect(absentTextOf(audio)).toBeUndefined();
  const file: Message = { ...MESSAGE, messageType: "DOCUMENT", metadata: { fileName: "invoice.pdf" } };
  expect(placeholderOf(file)).toEqual({ label: "Document", details: ["invoice.pdf"] });
});

test("a place tells where it is", () => {
  const place: Message = {
    ...MESSAGE,
    messageType: "LOCATION",
    metadata: { location: { latitude: 1, longitude: 2, name: "Office", address: null } },
  };
  expect(placeholderOf(place)).toEqual({ label: "Location", details: ["Office"] });
});

test("a deleted message shows neither text nor media", () => {
  const deleted: Message = { ...MESSAGE, messageType: "IMAGE", metadata: { deletedAt: "2026-11-23T10:00:00.000Z" } };
  expect(placeholderOf(deleted)).toBeUndefined();
  expect(absentTextOf(deleted)).toBe("This message was deleted");
});

test("an edited message is marked", () => {
  expect(isEdited({ ...MESSAGE, metadata: { editedAt: "2026-11-23T10:00:00.000Z" } })).toBe(true);
  expect(isEdited(MESSAGE)).toBe(false);
});
