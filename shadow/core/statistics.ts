/** Statistics of the gate. Bounds hold at every look, not only at a planned one: people look again and again. */

/** Prior of the mixture: most of its weight near a rate of zero, where the decisions are. */
const PRIOR = { alpha: 0.1, beta: 10 } as const;
const BISECTIONS = 60;

export type RateEvidence = { readonly events: number; readonly trials: number; readonly confidence: number };

/**
 * Upper end of an anytime-valid confidence sequence for a rate: the largest rate that a beta-binomial mixture martingale
 * has not refuted (Robbins 1970; Howard, Ramdas, McAuliffe, Sekhon 2021). 1 without trials.
 */
export function rateUpperBound(evidence: RateEvidence): number {
  if (evidence.trials <= 0) return 1;
  return bisect({ from: evidence.events / evidence.trials, to: 1 }, notRefuted(evidence));
}

/** Lower end of the same sequence. 0 without trials. */
export function rateLowerBound(evidence: RateEvidence): number {
  if (evidence.trials <= 0 || evidence.events === 0) return 0;
  return bisect({ from: evidence.events / evidence.trials, to: 0 }, notRefuted(evidence));
}

/** How many trials with so many events bring the upper bound down to the limit. */
export function trialsNeeded({
  events,
  limit,
  confidence,
}: {
  readonly events: number;
  readonly limit: number;
  readonly confidence: number;
}): number {
  const isEnough = (trials: number): boolean => rateUpperBound({ events, trials, confidence }) <= limit;
  let high = Math.max(1, events + 1);
  while (!isEnough(high) && high < MAX_TRIALS) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

const MAX_TRIALS = 2 ** 40;

function notRefuted({ events, trials, confidence }: RateEvidence): (rate: number) => boolean {
  const refuted = Math.log(1 / (1 - confidence));
  const misses = trials - events;
  const mixture = logBeta(PRIOR.alpha + events, PRIOR.beta + misses) - logBeta(PRIOR.alpha, PRIOR.beta);
  return (rate) => mixture - (events === 0 ? 0 : events * Math.log(rate)) - (misses === 0 ? 0 : misses * Math.log1p(-rate)) < refuted;
}

/** The last point on the way from a point inside to one that may lie outside. */
function bisect({ from, to }: { readonly from: number; readonly to: number }, isInside: (value: number) => boolean): number {
  let [inside, outside] = [from, to];
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (inside + outside) / 2;
    if (isInside(middle)) inside = middle;
    else outside = middle;
  }
  return outside;
}

/** The quantile of the standard normal distribution (Acklam's approximation, relative error below 1.2e-9), for 0 < p < 1. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p < LOWER_TAIL) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL_TOP, q) / (polynomial(TAIL_BOTTOM, q) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(CENTRE_TOP, r) * q) / (polynomial(CENTRE_BOTTOM, r) * r + 1);
}

const LOWER_TAIL = 0.024_25;
const CENTRE_TOP = [
  -39.696_830_286_653_76, 220.946_098_424_520_5, -275.928_510_446_968_7, 138.357_751_867_269, -30.664_798_066_147_16, 2.506_628_277_459_239,
];
const CENTRE_BOTTOM = [-54.476_098_798_224_06, 161.585_836_858_040_9, -155.698_979_859_886_6, 66.801_311_887_719_72, -13.280_681_552_885_72];
const TAIL_TOP = [
  -0.007_784_894_002_430_293, -0.322_396_458_041_136_5, -2.400_758_277_161_838, -2.549_732_539_343_734, 4.374_664_141_464_968, 2.938_163_982_698_783,
];
const TAIL_BOTTOM = [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416];

function polynomial(coefficients: readonly number[], at: number): number {
  return coefficients.reduce((sum, coefficient) => sum * at + coefficient, 0);
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
