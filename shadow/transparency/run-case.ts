import { compareSightings, type Verdict } from "./compare-sightings.ts";
import { look } from "./look.ts";
import type { ScriptedSystem } from "./scripted-system.ts";
import type { Sighting } from "./sighting.ts";
import type { TransparencyCase } from "./transparency-case.ts";

export type BothWays = { readonly direct: Sighting; readonly through: Sighting; readonly verdict: Verdict };

/** Puts one case to the scripted system, directly and through the proxy in front of it. */
export async function runCase(system: ScriptedSystem, proxyUrl: string, item: TransparencyCase): Promise<BothWays> {
  const direct = await sight(system, system.url, item);
  const through = await sight(system, proxyUrl, item);
  return { direct, through, verdict: compareSightings(direct, through, item.onPurpose) };
}

async function sight(system: ScriptedSystem, url: string, item: TransparencyCase): Promise<Sighting> {
  const asked = system.play(item);
  const seen = await look(url, item);
  return { ...seen, asked: [...asked()] };
}
