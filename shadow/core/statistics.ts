/** Statistics of the gate. Bounds hold at every look, not only at a planned one: people look again and again. */

/** Prior of the mixture: most of its weight near a rate of zero, where the decisions are. */
const PRIOR = { alpha: 0.1, beta: 10 } as const;
const BISECTIONS = 60;

export type RateEvidence = { readonly events: number; readonly trials: number; readonly confidence: number };

/**
 * Upper end of an anytime-valid confidence sequence for a rate: the largest rate that a beta-binomial mixture martingale
 * has not refuted (Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon 2021). 1 without trials.
 */
export function rateUpperBound({ events, trials, confidence }: RateEvidence): number {
  if (trials <= 0) return 1;
  const refuted = Math.log(1 / (1 - confidence));
  const misses = trials - events;
  const mixture = logBeta(PRIOR.alpha + events, PRIOR.beta + misses) - logBeta(PRIOR.alpha, PRIOR.beta);
  const logWealth = (rate: number): number =>
    mixture - (events === 0 ? 0 : events * Math.log(rate)) - (misses === 0 ? 0 : misses * Math.log1p(-rate));
  let low = events / trials;
  let high = 1;
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2;
    if (logWealth(middle) < refuted) low = middle;
    else high = middle;
  }
  return high;
}

function logBeta(one: number, other: number): number {
  return logGamma(one) + logGamma(other) - logGamma(one + other);
}

/** Lanczos' approximation (g = 7, n = 9), good to about 15 digits for positive arguments. */
const LANCZOS = [
  0.999_999_999_999_809_9, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_1, -176.615_029_162_140_6, 12.507_343_278_686_905,
  -0.138_571_095_265_720_12, 9.984_369_578_019_572e-6, 1.505_632_735_149_311_6e-7,
] as const;

export function logGamma(value: number): number {
  if (value < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * value)) - logGamma(1 - value);
  const shifted = value - 1;
  let sum: number = LANCZOS[0];
  LANCZOS.forEach((coefficient, index) => {
    if (index > 0) sum += coefficient / (shifted + index);
  });
  const base = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(sum);
}
