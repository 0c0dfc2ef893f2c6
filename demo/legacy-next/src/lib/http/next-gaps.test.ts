import { expect, test } from "vitest";
import { closeGaps, UNSUPPORTED_METHOD_HEADER } from "./next-gaps.ts";

const closed = (method: string, url: string): { method: string; url: string; headers: Record<string, string> } => {
  const request = { method, url, headers: {} as Record<string, string> };
  closeGaps(request);
  return request;
};

test.each(["TRACE", "PROPFIND", "MKCOL"])("%s goes on as a marked GET", (method) => {
  const request = closed(method, "/api/whatsapp/status?sessionId=a");
  expect(request).toEqual({ method: "GET", url: "/api/whatsapp/status?sessionId=a", headers: { [UNSUPPORTED_METHOD_HEADER]: method } });
});

test.each(["/api/whatsapp//status", "/api/whatsapp/a\\b", "/api/admin/whatsapp//", "/api/chat/realtime//auth"])(
  "%s is an unknown path, not an error of Next's",
  (url) => {
    expect(closed("GET", url).url).toBe("/api/whatsapp/-");
  },
);

test.each([
  ["/api/whatsapp/%zz", "/api/whatsapp/!"],
  ["/api/whatsapp/contacts/%E0%A4/assign?x=%zz", "/api/whatsapp/contacts/!/assign?x=%zz"],
])("the broken escape in %s makes an id that nobody has", (url, becomes) => {
  expect(closed("POST", url).url).toBe(becomes);
});

test.each(["/api/chat/realtime/auth", "/api/internal/whatsapp/messages"])("TRACE %s is closed too", (url) => {
  expect(closed("TRACE", url).method).toBe("GET");
});

test.each([
  ["GET", "/api/whatsapp/status?x=//&y=%zz"],
  ["DELETE", "/api/whatsapp/sessions?sessionId=a"],
  ["TRACE", "/admin"],
  ["GET", "/api/whatsapper//x"],
  ["GET", "//api/whatsapp/status"],
  ["POST", "/api/chat/realtime/auth"],
])("%s %s is left alone", (method, url) => {
  expect(closed(method, url)).toEqual({ method, url, headers: {} });
});
