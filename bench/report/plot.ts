export interface PlotLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Whether the horizontal axis is logarithmic. */
  readonly logarithmic: boolean;
  readonly lines: readonly PlotLine[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 150;
const TOP = 44;
const BOTTOM = 52;
const TICKS_MAX = 6;

/** The palette of Okabe and Ito, which is distinguishable with color blindness, on white and on black. */
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"];

/** The gray is readable on light and on dark pages. */
const STYLE = "text{font:13px system-ui,sans-serif;fill:#777}.title{font-size:15px}path,line{fill:none;stroke:#7776}";

/** Draws a line chart as SVG. */
export function drawPlot({ title, xLabel, yLabel, logarithmic, lines }: Plot): string {
  const xs = lines.flatMap(({ points }) => points.map(([x]) => x));
  const most = Math.max(...lines.flatMap(({ points }) => points.map(([, y]) => y)));
  const step = niceStep(most / TICKS_MAX);
  const ticks = Math.ceil(most / step);
  const top = step * ticks;
  const scale = logarithmic ? Math.log10 : (value: number) => value;
  const [first, last] = [scale(Math.min(...xs)), scale(Math.max(...xs))];
  const toX = (x: number) => round(LEFT + ((scale(x) - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT));
  const toY = (y: number) => round(HEIGHT - BOTTOM - (y / top) * (HEIGHT - TOP - BOTTOM));

  const gridLines = Array.from({ length: ticks + 1 }, (_, tick) => {
    const value = step * tick;
    const y = toY(value);
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${label(value)}</text>`;
  });
  const xLabels = [...new Set(xs)].map(
    (x) => `<text x="${toX(x)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${label(x)}</text>`,
  );
  const drawn = lines.map(({ name, points }, index) =>
    drawLine(
      name,
      points.map(([x, y]) => [toX(x), toY(y)]),
      index,
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">
<style>${STYLE}</style>
<text class="title" x="${LEFT}" y="24">${title}</text>
${gridLines.join("\n")}
${xLabels.join("\n")}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${xLabel}</text>
<text x="${LEFT - 8}" y="${TOP - 14}" text-anchor="end">${yLabel}</text>
${placeNames(drawn)}
</svg>
`;
}

interface DrawnLine {
  readonly name: string;
  readonly shape: string;
  readonly color: string;
  /** The height at which the line ends and its name begins. */
  readonly endY: number;
}

function drawLine(name: string, points: readonly (readonly number[])[], index: number): DrawnLine {
  const color = COLORS[index % COLORS.length] ?? "";
  const path = points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${x} ${y}`).join("");
  const dots = points.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${color}"/>`).join("");
  const shape = `<path d="${path}" style="stroke:${color};stroke-width:2"/>${dots}`;
  return { name, shape, color, endY: points.at(-1)?.[1] ?? 0 };
}

/** Places the names at the ends of the lines without overlaps. */
function placeNames(lines: readonly DrawnLine[]): string {
  let lowest = Number.NEGATIVE_INFINITY;
  const names = lines
    .toSorted((a, b) => a.endY - b.endY)
    .map(({ name, color, endY }) => {
      lowest = Math.max(endY + 4, lowest + 16);
      return `<text x="${WIDTH - RIGHT + 10}" y="${round(lowest)}" style="fill:${color}">${name}</text>`;
    });
  return [...lines.map(({ shape }) => shape), ...names].join("\n");
}

/** The smallest step of 1, 2 or 5 times a power of ten that is at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return ([1, 2, 5].find((factor) => factor * power >= least) ?? 10) * power;
}

function label(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 2 });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
