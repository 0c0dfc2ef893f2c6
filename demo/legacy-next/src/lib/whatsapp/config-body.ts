import type { SessionConfig } from "@ipnuo/domain/session";
import type { Body, TextRule } from "../http/body.ts";
import { ROUTING_RULES } from "./session-body.ts";

export type ConfigChange = Partial<SessionConfig>;

const MESSAGE: TextRule = { min: 1, max: 4_096 };
const TIME: TextRule = { pattern: /^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$/ };
const TIMEZONE: TextRule = { min: 1, max: 64 };

/** The keys that are there: `null` clears one that may be null, an absent one is kept. */
export function parseConfig(config: Body): ConfigChange {
  const routingRule = ofKey(config, "routingRule", () => config.optionalChoice("routingRule", ROUTING_RULES));
  const autoReplyEnabled = ofKey(config, "autoReplyEnabled", () => config.optionalBoolean("autoReplyEnabled"));
  const autoReplyMessage = nullable(config, "autoReplyMessage", MESSAGE);
  const businessHoursEnabled = ofKey(config, "businessHoursEnabled", () => config.optionalBoolean("businessHoursEnabled"));
  const businessHoursStart = nullable(config, "businessHoursStart", TIME);
  const businessHoursEnd = nullable(config, "businessHoursEnd", TIME);
  const businessHoursTimezone = nullable(config, "businessHoursTimezone", TIMEZONE);
  if (typeof businessHoursTimezone === "string" && !isTimezone(businessHoursTimezone)) config.reject("businessHoursTimezone");
  const awayMessage = nullable(config, "awayMessage", MESSAGE);
  return withoutAbsent({
    routingRule,
    autoReplyEnabled,
    autoReplyMessage,
    businessHoursEnabled,
    businessHoursStart,
    businessHoursEnd,
    businessHoursTimezone,
    awayMessage,
  });
}

/** A key that cannot be cleared: `null` is no value for it. */
function ofKey<Value>(config: Body, name: string, read: () => Value | undefined): Value | undefined {
  if (config.has(name) && config.isAbsent(name)) return config.reject(name);
  return read();
}

function nullable(config: Body, name: string, rule: TextRule): string | null | undefined {
  return config.has(name) && config.isAbsent(name) ? null : config.optionalText(name, rule);
}

/** An IANA name that this runtime knows; an offset is none. */
function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

type Loose = { readonly [Key in keyof SessionConfig]: SessionConfig[Key] | undefined };

function withoutAbsent(config: Loose): ConfigChange {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
