/** How pages look: two palettes, one column on a phone. */

/** Colours of text, of quieter text, of links, of lines, and behind them. */
export interface Palette {
  readonly text: string;
  readonly quiet: string;
  readonly accent: string;
  readonly line: string;
  readonly back: string;
  readonly panel: string;
}

/** By what the reader prefers. */
export const palettes: Readonly<Record<"light" | "dark", Palette>> = {
  light: {
    ...{ text: "#1f2328", quiet: "#57606a", accent: "#0550ae" },
    ...{ line: "#d0d7de", back: "#ffffff", panel: "#f6f8fa" },
  },
  dark: {
    ...{ text: "#f0f6fc", quiet: "#9da7b1", accent: "#79c0ff" },
    ...{ line: "#3d444d", back: "#0d1117", panel: "#151b23" },
  },
};

const variables = (palette: Palette): string =>
  Object.entries(palette).map(([name, colour]) => `--${name}:${colour}`).join(";");

/** On paper: dark on light, what is closed on the screen open, and nothing wider than the sheet. */
const print = `@page{margin:12mm}
@media print{:root{color-scheme:light;${variables(palettes.light)}}
body{font-size:10pt}main,header,footer{max-width:none;padding:0}
details::details-content{content-visibility:visible;block-size:auto}summary{color:inherit;list-style:none}
.wide,pre{overflow:visible}
table{width:100%;font-size:8pt}thead{display:table-header-group;break-after:avoid}tr,figure,.posters li{break-inside:avoid}
th,td{white-space:normal;overflow-wrap:anywhere;padding-right:4px;min-width:min(6em,calc(170mm/var(--columns)))}
h2,h3,caption,summary{break-after:avoid}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:7pt}}`;

/** The style sheet of every page. */
export const style = `:root{color-scheme:light dark;${variables(palettes.light)}}
@media (prefers-color-scheme:dark){:root{${variables(palettes.dark)}}}
*{box-sizing:border-box}
body{margin:0;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--text);background:var(--back)}
main,header{max-width:1080px;margin:auto;padding:0 16px}
header{padding-top:20px}
h1{font-size:1.6rem;margin:0}h2{font-size:1.2rem;margin:32px 0 8px;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:16px 0 4px}p{margin:4px 0}
.quiet,figcaption,caption,dt{color:var(--quiet)}
.figures{display:flex;flex-wrap:wrap;gap:8px 16px;margin:12px 0}
.figures div{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:6px 14px}
.figures dt{font-size:.8rem}.figures dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:16px}
.small{grid-template-columns:repeat(auto-fill,minmax(min(100%,230px),1fr))}
figure{margin:0}svg{max-width:100%;height:auto;display:block}
.wide{overflow-x:auto}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:4px 0}
th,td{padding:3px 10px 3px 0;border-bottom:1px solid var(--line);text-align:right;vertical-align:top;white-space:nowrap}
th[scope=row],thead th:first-child{text-align:left}tbody th{font-weight:500}
.posters{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:16px;padding:0;list-style:none}
.posters li{display:flex;gap:12px;background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px}
.posters img{width:96px;height:auto;align-self:flex-start;border-radius:4px}
.posters p{font-size:.85rem;overflow-wrap:anywhere}
.posters div{min-width:0}
pre{overflow:auto;background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:10px;font-size:.85rem}
summary{cursor:pointer;color:var(--accent)}
footer{max-width:1080px;margin:32px auto;padding:0 16px}
${print}`;
