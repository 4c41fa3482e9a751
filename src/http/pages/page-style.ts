import { healthStates } from '../../exporter/view/health-state.ts'

/* The one style sheet of all pages: light and dark, wide and narrow. Colours are variables; each pair reads well. */

const light = `--bg:#f5f6f8;--panel:#fff;--text:#1b2430;--quiet:#566171;--line:#d8dde5;--link:#0b57b8;--focus:#0b57b8;
--bad:#b3261e;--warn:#8a4b00;--good:#1b6b3a;--bar:#6f8db5;--bar-retried:#d88a00;--bar-lost:#d3302f;--unknown:#eff1f4;
--notice:#fff6e0;--notice-line:#e3b341;--track:#e4e8ee;
--s1:#fff;--s1b:#8c1d18;--s2:#fff;--s2b:#c4302b;--s3:#6b3200;--s3b:#ffdcb3;--s4:#5a4600;--s4b:#fdeeb0;--s5:#4b2a86;--s5b:#e9dffb;--s6:#3c4757;--s6b:#dfe4eb;--s7:#3c4757;--s7b:#eceff3;--s8:#14532d;--s8b:#d9f2e2;`

const dark = `--bg:#0e1318;--panel:#161c24;--text:#e3e8ee;--quiet:#9ba7b6;--line:#2a333f;--link:#86b7f7;--focus:#86b7f7;
--bad:#ff8a80;--warn:#f2b15c;--good:#6fcf97;--bar:#6d8fbf;--bar-retried:#e0a030;--bar-lost:#f0524d;--unknown:#1b232d;
--notice:#2b2410;--notice-line:#8a6d1d;--track:#2a333f;
--s1:#fff;--s1b:#a3241e;--s2:#fff;--s2b:#c4302b;--s3:#ffd2a1;--s3b:#4d2a05;--s4:#f5e08a;--s4b:#433806;--s5:#d8c6ff;--s5b:#38235f;--s6:#c6cfda;--s6b:#2d3743;--s7:#c6cfda;--s7b:#252d38;--s8:#8fe0ae;--s8b:#12351f;`

/** As bad as losing data: the same colours. */
const toned = healthStates.filter((state) => state !== 'not_arriving')
const toneOf = (state: (typeof healthStates)[number]): number =>
  1 + toned.indexOf(state === 'not_arriving' ? 'losing_data' : state)

const states = healthStates
  .map((state) => {
    const colors = `{color:var(--s${toneOf(state)});background:var(--s${toneOf(state)}b)}`
    return `.badge.${state}${colors}.tile.${state} b${colors}`
  })
  .join('\n')

const frame = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums}
a{color:var(--link)}a:focus-visible,button:focus-visible,input:focus-visible,select:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.top,main,footer{max-width:84rem;margin:0 auto;padding:0 1.25rem}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding-top:.75rem;padding-bottom:.75rem}
.brand{font-weight:650;color:var(--text);text-decoration:none}
nav ul,.tiles,.actions,.answers{list-style:none;margin:0;padding:0}
nav ul{display:flex;flex-wrap:wrap;gap:0 .25rem}
nav li a{display:inline-block;padding:.35rem .6rem;border-radius:.4rem;text-decoration:none}
nav li a[aria-current]{background:var(--line);color:var(--text)}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--panel);padding:.5rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .35rem;font-weight:650;letter-spacing:-.01em}
h2{font-size:1rem;margin:0 0 .5rem;font-weight:650}h3{font-size:.9rem;margin:1rem 0 .35rem}
section{margin:0 0 1.5rem}
p{margin:0 0 .5rem}
.head{margin:.75rem 0 1.25rem}
.lead{font-size:1rem;max-width:70rem}
.quiet{color:var(--quiet)}.quiet b{color:var(--text)}
.error{overflow-wrap:anywhere}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em;overflow-wrap:anywhere}
footer{border-top:1px solid var(--line);margin-top:2rem;padding-top:.75rem;padding-bottom:2rem;color:var(--quiet);font-size:.9em}
.notice{border:1px solid var(--notice-line);background:var(--notice);border-radius:.5rem;padding:.6rem .8rem;margin:0 0 1rem}
.empty{color:var(--quiet);padding:1.5rem 0}`

const headline = `.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:.5rem;margin-top:1rem}
.tile{display:flex;align-items:center;gap:.55rem;height:100%;padding:.45rem .55rem;border:1px solid var(--line);border-radius:.5rem;background:var(--panel);color:var(--text);text-decoration:none;line-height:1.2}
.tile:hover{border-color:var(--link)}
.tile[aria-current]{outline:2px solid var(--focus);outline-offset:-1px}
.tile b{min-width:2.1rem;padding:.2rem .4rem;border-radius:.35rem;text-align:center;font-size:1.05rem;font-weight:650}
.tile.none{color:var(--quiet)}
.badge{display:inline-block;padding:.1rem .5rem;border-radius:.35rem;font-size:.82rem;font-weight:600;white-space:nowrap;line-height:1.5}
h1 .badge{font-size:.95rem;vertical-align:.2em;letter-spacing:0}
.badge.blind{color:var(--text);border:1px solid var(--notice-line);background:var(--notice)}`

const form = `.filter{margin:0 0 1.25rem}
.filter summary{cursor:pointer;padding:.35rem 0;font-weight:600;color:var(--link)}
.filter form{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.6rem;align-items:end;padding:.7rem;border:1px solid var(--line);border-radius:.5rem;background:var(--panel)}
.field{margin:0;min-width:0}.field label{display:block;font-size:.86rem;color:var(--quiet);margin-bottom:.15rem}
.wide{grid-column:span 2}
@media (min-width:60rem){.tiles{grid-template-columns:repeat(9,1fr)}.filter form{grid-template-columns:minmax(0,2fr) repeat(5,minmax(0,1fr)) auto}.field.wide{grid-column:auto}}
input,select,button{font:inherit;width:100%;min-height:2.1rem;padding:.25rem .5rem;border:1px solid #8590a0;border-radius:.35rem;background:var(--bg);color:var(--text)}
input::placeholder{color:var(--quiet);opacity:1}
button,.button{cursor:pointer;font-weight:600}
button{background:var(--link);border-color:var(--link);color:var(--panel);width:auto;padding:.25rem 1rem}
.buttons{white-space:nowrap}.buttons a{margin-left:.6rem}`

const tables = `table{border-collapse:collapse;width:100%}
th{text-align:left;font-weight:600}
.jobs{table-layout:fixed;background:var(--panel);border:1px solid var(--line);border-radius:.5rem;border-collapse:separate;border-spacing:0}
.jobs thead th{font-size:.86rem;color:var(--quiet);padding:.5rem .6rem;white-space:nowrap}
.jobs tbody td,.jobs tbody th{padding:.45rem .6rem;border-top:1px solid var(--line);vertical-align:top}
.jobs .job{overflow-wrap:anywhere}.jobs .job a{font-weight:600;text-decoration:none}.jobs .job a:hover{text-decoration:underline}
.place{color:var(--quiet);font-weight:400}.job .place{display:block;font-size:.93em}
.lost .quiet{display:block}.lost b,.over{color:var(--bad)}.why .error{color:var(--quiet)}
.jobs thead th:nth-child(1){width:10.6rem}.jobs thead th:nth-child(2){width:24%}.jobs thead th:nth-child(3){width:6.2rem}.jobs thead th:nth-child(5){width:8.9rem}.jobs thead th:nth-child(6){width:9.5rem}.jobs thead th:nth-child(7){width:10rem}
.clamp{display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden}
.spark{display:block;width:100%;height:1.7rem}
.spark path,.chart path{fill:none}.base{stroke:var(--line)}path.ok{stroke:var(--bar)}.retried{stroke:var(--bar-retried)}path.lost{stroke:var(--bar-lost)}rect.unknown{fill:var(--unknown)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--panel)}
.numbers td,.numbers th{padding:.35rem .7rem;border-top:1px solid var(--line);white-space:nowrap}
.numbers thead th{border:0;font-size:.86rem;color:var(--quiet)}.numbers td{text-align:right}.numbers thead th:not(:first-child){text-align:right}
.numbers thead th.text,.numbers .text{text-align:left}.numbers td.text{white-space:normal;min-width:14rem}
.paging{display:flex;flex-wrap:wrap;gap:.5rem 1rem;padding:.9rem 0}`

const details = `.crumbs{margin:.5rem 0}
.actions{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:.75rem}
.button{display:inline-block;padding:.3rem .8rem;border:1px solid var(--line);border-radius:.4rem;background:var(--panel);text-decoration:none}
.button.strong{background:var(--link);border-color:var(--link);color:var(--panel)}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:.75rem;margin-bottom:1.5rem}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:.75rem}
.card{overflow-wrap:anywhere;margin:0;padding:.8rem .9rem;border:1px solid var(--line);border-radius:.5rem;background:var(--panel);min-width:0}
.card h2{font-size:.86rem;color:var(--quiet);font-weight:600;margin-bottom:.3rem}
.big{font-size:1.25rem;font-weight:650;line-height:1.25;margin:0 0 .3rem}.bad{color:var(--bad)}
.gauge{display:block;width:100%;height:.5rem;margin:.35rem 0 .5rem;border-radius:.25rem}
.track{fill:var(--track)}rect.good{fill:var(--good)}rect.warn{fill:var(--bar-retried)}rect.bad{fill:var(--bar-lost)}
figure{margin:0 0 1rem}figcaption{margin-bottom:.3rem;color:var(--quiet)}
.chart{display:block;width:100%;height:6rem;background:var(--panel);border:1px solid var(--line);border-radius:.35rem}
.ticks{display:grid;grid-template-columns:repeat(6,1fr);color:var(--quiet);font-size:.86rem}
.key{margin-right:.7rem;white-space:nowrap}.key::before{content:"";display:inline-block;width:.7rem;height:.7rem;margin-right:.3rem;border-radius:.15rem;background:var(--bar)}
.key.retried::before{background:var(--bar-retried)}.key.lost::before{background:var(--bar-lost)}.key.unknown::before{background:var(--unknown);border:1px solid var(--line)}
summary{cursor:pointer}
.timeline{list-style:none;margin:0;padding:0 0 0 .9rem;border-left:2px solid var(--line)}.timeline li{padding:.15rem 0}.timeline time{font-weight:600;margin-right:.3rem}
dl{margin:0;display:grid;gap:.3rem}dl div{display:grid;grid-template-columns:minmax(8rem,2fr) 3fr;gap:.75rem}dt{color:var(--quiet)}dd{margin:0;min-width:0;overflow-wrap:anywhere}
.answers{display:grid;gap:.2rem}
.changed{font-weight:700}
.prose{max-width:52rem}.prose h2{margin-top:1.75rem;font-size:1.15rem}.prose li{margin:.2rem 0}.prose p,.prose li,.prose td{overflow-wrap:anywhere}
.prose pre{overflow-x:auto;margin:.5rem 0 1rem;padding:.7rem .8rem;border:1px solid var(--line);border-radius:.5rem;background:var(--panel)}.prose pre code{overflow-wrap:normal}.prose pre:focus-visible{outline:2px solid var(--focus)}
.prose .scroll{margin:.5rem 0 1rem}.prose td,.prose th{padding:.35rem .7rem;border-top:1px solid var(--line);vertical-align:top;min-width:7rem}.prose thead th{border:0}
.runbooks{margin:0;padding-left:1.2rem;columns:20rem}.runbooks li{padding:.15rem 0;overflow-wrap:anywhere}`

/** Where the browser lets the filter be open for good, it is; elsewhere it opens by its summary. */
const wide = `@media (min-width:60rem){@supports selector(::details-content){.filter::details-content{content-visibility:visible;display:block;block-size:auto}.filter summary{display:none}}}`

/** Too narrow for seven columns: each row becomes a card. */
const cards = `@media (max-width:76rem){
.jobs{display:block;border:0;background:none}.jobs tbody{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:.6rem}
.jobs thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.jobs tr{display:flex;flex-wrap:wrap;gap:.15rem .6rem;padding:.7rem .8rem;align-content:flex-start;background:var(--panel);border:1px solid var(--line);border-radius:.5rem}
.jobs tbody td,.jobs tbody th{display:block;padding:0;border:0}
.jobs td:empty{display:none}
.jobs .job{order:-1;flex:1 1 100%}.jobs .job a{font-size:1.05rem}
.jobs .state{order:-2}.jobs .since{order:-2;margin-left:auto;color:var(--quiet)}
.jobs .why,.jobs .history{flex:1 1 100%;max-width:none;width:100%}
.jobs .since time::before{content:"for "}.clamp{-webkit-line-clamp:4}.jobs .lost .quiet{display:inline}
.jobs .lost::before{content:"Lost (last hour): ";color:var(--quiet)}.jobs .lag::before{content:"Lag ";color:var(--quiet)}
.jobs .ok .job{flex:1 1 60%;order:-2}.jobs .ok .history{flex:1 1 50%;width:auto}.jobs .ok .lag{flex:0 1 auto}
}`

const narrow = `@media (max-width:46rem){
.top,main,footer{padding-left:.9rem;padding-right:.9rem}
h1{font-size:1.35rem}
.tiles{grid-template-columns:repeat(2,1fr)}
.field.wide,.card.wide{grid-column:1/-1}
.filter form{grid-template-columns:repeat(2,minmax(0,1fr))}
input,select,button{min-height:2.6rem}
.cards,.columns{grid-template-columns:minmax(0,1fr)}
dl div{grid-template-columns:1fr;gap:0}
}`

export const pageStyle = [
  `:root{color-scheme:light dark;${light}}`,
  `@media (prefers-color-scheme:dark){:root{${dark}}}`,
  frame,
  headline,
  states,
  '.tile.none b{color:var(--quiet);background:transparent;font-weight:400}',
  form,
  tables,
  details,
  wide,
  cards,
  narrow,
].join('\n')
