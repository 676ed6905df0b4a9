#pragma once
// How a report looks: on a narrow and a wide screen, light and dark as the reader has it, and on paper. It names no
// font, image or address, and has none of the five characters that HTML would escape.
#include <string_view>

namespace kms::cli {

inline constexpr std::string_view kReportStyle = R"(
:root { --paper: #ffffff; --ink: #1b1f24; --faint: #57606a; --line: #d5dae0; --card: #f5f7f9; --bar: #2f6fb3; --bad: #b3261e; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #14171a; --ink: #e4e7ea; --faint: #a2abb5; --line: #353c44; --card: #1d2126; --bar: #6aa7e6; --bad: #ff8a80; }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
body { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.7rem; margin: 0 0 0.6rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 0.6rem; padding-top: 0.9rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 0.3rem; }
p { margin: 0.4rem 0; }
a { color: var(--bar); }
nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; margin: 1rem 0 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.15rem 1rem; margin: 0; }
dt { color: var(--faint); }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th { text-align: left; color: var(--faint); font-weight: 600; white-space: nowrap; }
th, td { padding: 0.3rem 0.8rem 0.3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { unicode-bidi: isolate; }
.names { overflow-wrap: anywhere; min-width: 6.5rem; }
.count { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.count, th.count { padding-right: 1.5rem; }
.month { padding-top: 0.9rem; color: var(--ink); font-weight: 600; }
.when, .day { white-space: nowrap; }
.when { font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 0 2rem; }
.beside td:first-child { white-space: nowrap; width: 1%; }
.name, .sub { display: block; unicode-bidi: isolate; }
.name { font-weight: 600; }
.sub { color: var(--faint); font-size: 0.85em; }
.told, .more, .left, footer { color: var(--faint); }
.more, .left { font-style: italic; }
.alarm { color: var(--bad); font-weight: 600; }
.chart { margin: 0.4rem 0 0.8rem; }
.scale, .axis { color: var(--faint); font-size: 0.8rem; font-variant-numeric: tabular-nums; }
.axis { display: flex; justify-content: space-between; }
svg { display: block; width: 100%; }
.days { height: 7rem; background: var(--card); border-bottom: 1px solid var(--faint); }
.share { height: 0.7rem; margin-top: 0.35rem; min-width: 3rem; }
.uses { fill: var(--bar); }
.errors { fill: var(--bad); }
pre { background: var(--card); padding: 0.7rem; margin: 0.4rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
pre, code { font-family: ui-monospace, monospace; font-size: 0.85rem; }
footer { margin-top: 2.5rem; font-size: 0.85rem; }
@media (max-width: 40rem) {
  body { padding: 1rem 0.8rem 2rem; }
  th, td, td.count, th.count { padding-right: 0.6rem; }
  th, .when { white-space: normal; }
  table { font-size: 0.84rem; }
  .names { min-width: 5.1rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.4rem; }
}
@media print {
  html { font-size: 11px; }
  body { max-width: none; padding: 0; }
  nav { display: none; }
  .wide { overflow: visible; }
  h2, h3 { break-after: avoid; }
  tr, .chart, dl, pre { break-inside: avoid; }
  thead { display: table-header-group; }
}
)";

}  // namespace kms::cli
