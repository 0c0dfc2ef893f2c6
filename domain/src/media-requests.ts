import { z } from "zod";
import { pathId } from "./fields.ts";

/** `GET media/:messageId`: anything but `thumbnail` means the file, anything but `1` no download. */
export const mediaQuery = z.object({ variant: z.string().optional(), download: z.string().optional() });
export type MediaQuery = z.infer<typeof mediaQuery>;

/** A message's row id, else its WhatsApp id. */
export const mediaParams = z.object({ messageId: pathId });
export type MediaParams = z.infer<typeof mediaParams>;
