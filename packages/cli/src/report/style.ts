/** The page's looks, light and dark, wide and narrow. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f3f4f8; --pick: #ffffff; --card: #ffffff; --sunken: #f7f8fb; --text: #1a2030; --muted: #5a6478; --line: #e2e6ee;
  --ran: #5a5fe0; --ran-soft: #c3c6f7; --cached: #0f9d76; --cached-soft: #a9e2d0; --failed: #d22b3f; --failed-soft: #f6c3ca;
  --cancelled: #b27500; --cancelled-soft: #f1dbaa; --internal: #8792a6; --internal-soft: #d5dae3;
  --good-text: #0a6b50; --good-back: #dcf5ec; --bad-text: #a5172b; --bad-back: #fde4e7; --warn-text: #7d5200; --warn-back: #fdf0d2;
  --mark: #fff3d1; --focus: #2f6fed; --shadow: 0 1px 2px rgb(20 30 60 / .05), 0 8px 24px rgb(20 30 60 / .05);
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1017; --pick: #2b3347; --card: #171b25; --sunken: #12161f; --text: #e7eaf2; --muted: #9aa5ba; --line: #283042;
    --ran: #8c91ff; --ran-soft: #3b3f86; --cached: #33c99b; --cached-soft: #1d5947; --failed: #ff6b7d; --failed-soft: #6b2530;
    --cancelled: #e0a63a; --cancelled-soft: #5c4518; --internal: #7f8ba1; --internal-soft: #3a4357;
    --good-text: #7be3c2; --good-back: #12382d; --bad-text: #ff9aa6; --bad-back: #42161d; --warn-text: #f2c876; --warn-back: #3b2c0e;
    --mark: #3a3013; --focus: #7fb0ff; --shadow: none;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif; -webkit-text-size-adjust: 100%; }
main, header.top, footer { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header.top { padding-top: 36px; }
h1 { font-size: 27px; line-height: 1.2; letter-spacing: -.015em; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 14px; letter-spacing: -.005em; }
h3 { font-size: 13px; margin: 0 0 8px; color: var(--muted); font-weight: 600; }
.headline { display: flex; align-items: center; gap: 14px; flex-wrap: wrap; }
.pill { display: inline-flex; align-items: center; gap: 7px; border-radius: 999px; padding: 3px 12px 3px 10px; font-size: 13px; font-weight: 650; }
.pill::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: currentColor; }
.pill.built { color: var(--good-text); background: var(--good-back); }
.pill.failed { color: var(--bad-text); background: var(--bad-back); }
.pill.cancelled { color: var(--warn-text); background: var(--warn-back); }
.facts { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 12px 0 0; padding: 0; font-size: 13.5px; }
.facts div { display: flex; gap: 7px; min-width: 0; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 14px; margin: 26px 0 18px; padding: 0; list-style: none; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); }
.tile { padding: 15px 18px 14px; min-width: 0; }
.tile .label { color: var(--muted); font-size: 13px; }
.tile .value { font-size: 25px; font-weight: 650; letter-spacing: -.02em; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tile .value small { font-size: 15px; font-weight: 500; color: var(--muted); letter-spacing: 0; }
.tile .note { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
.share { display: flex; gap: 2px; height: 6px; margin: 7px 0 5px; border-radius: 3px; overflow: hidden; background: var(--line); }
.share span { min-width: 3px; }
.card { padding: 20px 22px; margin: 0 0 18px; }
.cardhead { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 6px 18px; margin-bottom: 12px; }
.cardhead h2 { margin: 0; }
.ran { --c: var(--ran); --s: var(--ran-soft); } .cached { --c: var(--cached); --s: var(--cached-soft); }
.failed { --c: var(--failed); --s: var(--failed-soft); } .cancelled { --c: var(--cancelled); --s: var(--cancelled-soft); }
.internal.ran { --c: var(--internal); --s: var(--internal-soft); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; color: var(--muted); font-size: 12.5px; margin: 12px 0 0; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 6px; }
.swatch { width: 18px; height: 9px; border-radius: 3px; background: var(--c); }
.swatch.soft { background: linear-gradient(90deg, var(--ran) 50%, var(--ran-soft) 50%); }
fieldset.filter { border: 0; margin: 0; padding: 3px; display: inline-flex; background: var(--sunken); border: 1px solid var(--line); border-radius: 9px; font-size: 13px; }
.filter label { position: relative; }
.filter input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
.filter span { display: block; white-space: nowrap; padding: 2px 11px; border-radius: 6px; color: var(--muted); }
.filter input:checked + span { background: var(--pick); color: var(--text); box-shadow: 0 1px 2px rgb(20 30 60 / .15); }
.filter input:focus-visible + span { outline: 2px solid var(--focus); outline-offset: 1px; }
.steps:has(#show-work:checked) .row.internal, .steps:has(#show-ran:checked) .row.cached,
.steps:has(#show-ran:checked) .row.internal { display: none; }
.axis, .row > summary { display: grid; grid-template-columns: minmax(200px, 41%) 1fr 64px; column-gap: 14px; align-items: center; }
.axis { color: var(--muted); font-size: 12px; font-variant-numeric: tabular-nums; border-bottom: 1px solid var(--line); padding: 0 8px 5px; }
.axis .scale { position: relative; height: 17px; }
.axis .scale span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.axis .scale span:first-child { transform: none; }
ol.rows { list-style: none; margin: 0; padding: 0; }
.row { border-radius: 8px; }
.filter b { font-weight: 500; opacity: .75; padding-left: 3px; font-variant-numeric: tabular-nums; }
.row > summary { list-style: none; cursor: pointer; padding: 4px 8px; border-radius: 8px; min-height: 30px; }
.row > summary::-webkit-details-marker { display: none; }
.row > summary:hover { background: var(--sunken); }
.row > summary:focus-visible, a:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; border-radius: 8px; }
.row[open] { background: var(--sunken); margin: 2px 0 6px; box-shadow: inset 0 0 0 1px var(--line); }
.name { display: flex; align-items: center; gap: 8px; min-width: 0; }
.name .text { font-family: var(--mono); font-size: 12.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.internal .name .text { color: var(--muted); }
.tag { flex: none; font-size: 11px; line-height: 17px; padding: 0 6px; border-radius: 5px; color: var(--muted); background: var(--sunken); border: 1px solid var(--line); font-variant-numeric: tabular-nums; max-width: 46%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.chevron { flex: none; width: 7px; height: 7px; border: solid var(--muted); border-width: 0 1.5px 1.5px 0; transform: rotate(-45deg); opacity: .7; }
.row[open] .chevron { transform: rotate(45deg); }
.track { position: relative; background-image: var(--grid); align-self: stretch; margin: -4px 0; }
.track i { position: absolute; top: 50%; height: 13px; margin-top: -6.5px; border-radius: 4px; background: var(--s); min-width: 4px; }
.critical .track i, .failed .track i, .cached .track i { background: var(--c); }
.time { text-align: right; font-size: 12.5px; font-variant-numeric: tabular-nums; color: var(--muted); white-space: nowrap; }
.critical .time { color: var(--text); }
.cached .time { color: var(--good-text); } .failed .time { color: var(--bad-text); font-weight: 650; } .cancelled .time { color: var(--warn-text); }
.details { padding: 2px 16px 14px 23px; font-size: 13.5px; }
.details p { margin: 4px 0 10px; }
pre { font: 12.5px/1.55 var(--mono); margin: 0 0 12px; padding: 11px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 9px; overflow-x: auto; max-height: 430px; tab-size: 8; }
pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
/* Turned around so that it is scrolled to its end at first. */
pre.log { display: flex; flex-direction: column-reverse; }
pre .n { color: var(--muted); user-select: none; display: inline-block; min-width: 5ch; text-align: right; margin-right: 1.6ch; }
pre mark { background: var(--mark); color: inherit; display: block; margin: 0 -14px; padding: 0 14px; }
pre .l { display: block; }
.message { border-radius: 9px; padding: 10px 14px; margin: 0 0 12px; overflow-wrap: anywhere; white-space: pre-wrap; }
.message.bad { color: var(--bad-text); background: var(--bad-back); }
.message.warn { color: var(--warn-text); background: var(--warn-back); }
table { border-collapse: collapse; width: 100%; font-size: 13px; margin: 0 0 12px; }
th { text-align: left; font-weight: 600; color: var(--muted); }
th, td { padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-right: 0; padding-left: 12px; }
td.path { font-family: var(--mono); font-size: 12.5px; overflow-wrap: anywhere; }
code { font: 12.5px var(--mono); background: var(--sunken); border: 1px solid var(--line); border-radius: 5px; padding: 1px 5px; overflow-wrap: anywhere; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); gap: 0 18px; align-items: start; }
.meter { height: 8px; background: var(--line); border-radius: 4px; overflow: hidden; margin-top: 6px; }
.meter i { display: block; height: 100%; background: var(--ran); border-radius: 4px; min-width: 2px; }
.entries { list-style: none; padding: 0; margin: 0 0 14px; }
.entries li { padding: 6px 0; }
.entries .top { display: flex; justify-content: space-between; gap: 16px; font-size: 13.5px; }
.entries .path { font-family: var(--mono); font-size: 12.5px; overflow-wrap: anywhere; min-width: 0; }
.entries .amount { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--muted); }
.plain { list-style: none; margin: 0; padding: 0; }
.plain > li { padding: 8px 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.plain > li:first-child { border-top: 0; padding-top: 0; }
.hint { color: var(--muted); font-size: 13.5px; }
.warning strong { display: block; }
a { color: var(--focus); }
footer { color: var(--muted); font-size: 13px; padding-top: 6px; padding-bottom: 40px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 760px) {
  main, header.top, footer { padding-left: 14px; padding-right: 14px; }
  header.top { padding-top: 22px; }
  h1 { font-size: 22px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 10px; margin: 18px 0 12px; }
  .tile { padding: 12px 14px; } .tile .value { font-size: 21px; }
  .card { padding: 16px 12px; border-radius: 12px; margin-bottom: 12px; }
  .card > h2, .card > .cardhead { padding: 0 4px; }
  .axis { grid-template-columns: 1fr; } .axis > :not(.scale) { display: none; }
  .row > summary { grid-template-columns: minmax(0, 1fr) auto; row-gap: 2px; padding: 6px 8px; }
  .row .track { grid-column: 1 / -1; grid-row: 2; min-height: 16px; height: 16px; margin: 0 0 -6px; }
  .filter span { padding: 2px 8px; }
  .row .track i { height: 8px; margin-top: -4px; }
  .details { padding: 2px 8px 10px; }
}
@media print { .row > summary { break-inside: avoid; } .filter { display: none !important; } .card, .tile { box-shadow: none; } }
`;
