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

test.each(["/api/whatsapp//status", "/api/whatsapp/%zz", "/api/whatsapp/a\\b", "/api/admin/whatsapp//", "/api/whatsapp/%E0%A4"])(
  "%s is an unknown path, not an error of Next's",
  (url) => {
    expect(closed("GET", url).url).toBe("/api/whatsapp/-");
  },
);

test.each([
  ["GET", "/api/whatsapp/status?x=//&y=%zz"],
  ["DELETE", "/api/whatsapp/sessions?sessionId=a"],
  ["TRACE", "/admin"],
  ["GET", "/api/whatsapper//x"],
  ["GET", "//api/whatsapp/status"],
])("%s %s is left alone", (method, url) => {
  expect(closed(method, url)).toEqual({ method, url, headers: {} });
});
