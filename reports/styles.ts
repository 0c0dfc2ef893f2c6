/** One typeface and one monospace, four colours with fixed meanings, light and dark. No external asset. */
export const STYLES = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5c6675; --line: #dfe3e8; --ground: #fff; --raised: #f6f7f9;
  --matched: #2e7d4f; --noise: #8a93a0; --drift: #c62f2f; --loss: #b7791f; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ec; --soft: #9aa4b2; --line: #2c333d; --ground: #14181e; --raised: #1b2129;
  --matched: #5fb884; --noise: #7d8794; --drift: #ff7b72; --loss: #e0aa4a; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 24px; font: 14px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
main { max-width: 1440px; margin: 0 auto; }
h1 { font-size: 18px; margin: 0 0 2px; } h2 { font-size: 15px; margin: 28px 0 8px; }
p { margin: 0 0 8px; color: var(--soft); } code, .mono { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12.5px; }
table { border-collapse: collapse; width: 100%; } th, td { padding: 5px 8px; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: 12px; white-space: nowrap; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.figures { display: flex; flex-wrap: wrap; gap: 10px; margin: 14px 0; } .figure { background: var(--raised); border-radius: 6px; padding: 8px 14px; min-width: 120px; }
.figure b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; } .figure span { color: var(--soft); font-size: 12px; }
.bar { display: flex; height: 10px; min-width: 140px; border-radius: 3px; overflow: hidden; background: var(--line); } .bar i { display: block; }
.matched { background: var(--matched); } .noise { background: var(--noise); } .drift { background: var(--drift); }
.loss { background: repeating-linear-gradient(45deg, var(--loss) 0 4px, transparent 4px 7px); }
.key { display: inline-flex; gap: 16px; font-size: 12px; color: var(--soft); flex-wrap: wrap; } .key i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; border-radius: 2px; }
.tag { display: inline-block; justify-self: start; padding: 0 6px; border: 1px solid var(--line); border-radius: 9px; font-size: 12px; white-space: nowrap; }
.tag.open, .tag.regressed, .tag.fail { border-color: var(--drift); color: var(--drift); } .tag.pass { border-color: var(--matched); color: var(--matched); }
details { border-bottom: 1px solid var(--line); padding: 6px 0; } summary { cursor: pointer; display: grid; grid-template-columns: minmax(120px, 1fr) 150px minmax(160px, 2fr) minmax(140px, 1.4fr) 70px 90px; gap: 10px; align-items: baseline; list-style: none; }
summary::-webkit-details-marker { display: none; } summary:focus-visible { outline: 2px solid var(--loss); } summary .path { overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; margin: 8px 0 14px; } .pair > div { background: var(--raised); border-radius: 6px; padding: 8px 12px; overflow: auto; }
.pair h3 { margin: 0 0 4px; font-size: 12px; color: var(--soft); font-weight: 600; } pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
form { display: grid; gap: 10px; max-width: 360px; } input, button { font: inherit; padding: 7px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); color: inherit; }
@media (max-width: 800px) { body { padding: 12px; } summary { grid-template-columns: 1fr 1fr; } .pair { grid-template-columns: 1fr; } .wide { overflow-x: auto; } }
`;
