/** What so many connections cost that rest, and how soon a sync begins among them. */
export type Grown = {
  size: number;
  connectedS: number;
  /** Percent of one core. */
  workerCpu: number;
  temporalCpu: number;
  workerMb: number;
  temporalMb: number;
  idleMbADay: number;
  hourlyMbADay: number;
  p95Ms: number;
};

const [WIDTH, HEIGHT, GAP, TOP] = [230, 150, 60, 40];

const PANELS: { title: string; lines: { name: string; of(row: Grown): number }[] }[] = [
  {
    title: "CPU at rest, % of a core",
    lines: [
      { name: "worker", of: (row) => row.workerCpu },
      { name: "Temporal", of: (row) => row.temporalCpu },
    ],
  },
  {
    title: "Memory, MB",
    lines: [
      { name: "worker", of: (row) => row.workerMb },
      { name: "Temporal", of: (row) => row.temporalMb },
    ],
  },
  { title: "Due to begun, p95, ms", lines: [{ name: "delay", of: (row) => row.p95Ms }] },
];
const COLOURS = ["#4f46e5", "#0d9488"];

function drawPanel(rows: readonly Grown[], panel: (typeof PANELS)[number], left: number): string {
  const most = Math.max(...rows.flatMap((row) => panel.lines.map((line) => line.of(row))), 1e-9) * 1.1;
  const x = (n: number) => left + (rows.length < 2 ? WIDTH / 2 : (n / (rows.length - 1)) * WIDTH);
  const y = (value: number) => TOP + HEIGHT - (Math.max(0, value) / most) * HEIGHT;
  const ticks = rows.map(
    (row, n) => `<text x="${x(n)}" y="${TOP + HEIGHT + 18}" text-anchor="middle">${row.size.toLocaleString("en")}</text>`,
  );
  const lines = panel.lines.flatMap((line, i) => {
    const points = rows.map((row, n) => `${x(n).toFixed(1)},${y(line.of(row)).toFixed(1)}`);
    const last = rows.at(-1);
    const value = last ? line.of(last) : 0;
    return [
      `<polyline points="${points.join(" ")}" fill="none" stroke="${COLOURS[i]}" stroke-width="2"/>`,
      ...points.map((point) => `<circle cx="${point.split(",")[0]}" cy="${point.split(",")[1]}" r="3" fill="${COLOURS[i]}"/>`),
      `<text x="${left + 6}" y="${TOP + 14 + i * 16}" fill="${COLOURS[i]}">${line.name}: ${value.toFixed(value < 10 ? 1 : 0)}</text>`,
    ];
  });
  return [
    `<text x="${left}" y="24" font-weight="600">${panel.title}</text>`,
    `<path d="M${left} ${TOP}V${TOP + HEIGHT}H${left + WIDTH}" fill="none" stroke="#cbd5e1"/>`,
    ...ticks,
    ...lines,
  ].join("\n");
}

/** The picture beside the table: one panel a figure, sizes from left to right, each scale from zero. */
export function drawGrowth(rows: readonly Grown[]): string {
  const width = PANELS.length * (WIDTH + GAP) + GAP;
  const panels = PANELS.map((panel, n) => drawPanel(rows, panel, GAP + n * (WIDTH + GAP)));
  const what = `What ${rows.map((row) => row.size.toLocaleString("en")).join(", ")} connections cost`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${TOP + HEIGHT + 40}" font-family="system-ui, sans-serif" font-size="12" fill="#334155" role="img" aria-label="${what}">
<rect width="100%" height="100%" fill="#fff"/>
${panels.join("\n")}
</svg>
`;
}
