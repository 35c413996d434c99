// Tables in Markdown, which read well in a terminal too.

/** @typedef {import('./measure.mjs').Figure} Figure */
/** @typedef {import('./bench.mjs').Row} Row */

const PEERS = ['alembic', 'knex', 'drizzle'];

/**
 * CPU / wall seconds of each tool; of a peer its CPU as a multiple of Torale's too. Columns that say nothing are left
 * out.
 *
 * @param {readonly Row[]} rows
 * @param {ReadonlyMap<string, Figure>} figures
 * @param {Readonly<Record<string, string>>} titles of the tools, in order
 * @param {readonly import('./bars.mjs').Bar[]} bars
 * @param {(id: string) => boolean} hasFailed
 */
export function figuresTable(rows, figures, titles, bars, hasFailed) {
  const tools = Object.keys(titles).filter((tool) => rows.some(({ cells }) => cells[tool] !== undefined));
  const hasMemory = rows.some(({ cells }) => figures.get(cells.torale?.id)?.rss !== undefined);
  const head = ['CPU s / wall s', ...tools.map((tool) => titles[tool]), ...(hasMemory ? ['Torale, MiB'] : []), 'limit'];
  const body = rows.map(({ key, title, cells }) => {
    const own = figures.get(cells.torale?.id);
    const cell = (tool) => {
      const figure = figures.get(cells[tool]?.id);
      if (figure === undefined) return hasFailed(cells[tool]?.id) ? 'failed' : '–';
      const times = PEERS.includes(tool) && own !== undefined ? ` (${(figure.cpu / own.cpu).toFixed(1)} ×)` : '';
      return `${seconds(figure.cpu)} / ${seconds(figure.wall)}${times}`;
    };
    return [title, ...tools.map(cell), ...(hasMemory ? [own?.rss?.toFixed(0) ?? '–'] : []), limits(bars, key)];
  });
  return table(head, body, 1);
}

/** Of several bars on one figure the lowest. */
function limits(bars, key) {
  const lowest = new Map();
  for (const bar of bars.filter((one) => one.key === key))
    if (!(lowest.get(bar.unit)?.limit <= bar.limit)) lowest.set(bar.unit, bar);
  return [...lowest.values()]
    .map(({ unit, limit, met }) => `${met ? '✓' : '✗'} ≤ ${quantity(limit, unit)} ${unit}`)
    .join(', ');
}

/** @param {readonly import('./bars.mjs').Bar[]} bars */
export function barsTable(bars) {
  return table(
    ['bar', 'not above', 'unit', 'measured', 'limit', 'ratio', ''],
    bars.map(({ title, says, unit, own, limit, ratio, met }) => [
      title,
      says,
      unit,
      quantity(own, unit),
      quantity(limit, unit),
      ratio?.toFixed(2) ?? '',
      met ? '✓' : '✗',
    ]),
    3,
  );
}

/** @param {import('./groups/package.mjs').Sizes} sizes */
export function packageTables({ pack, installed, dependencies }) {
  const kilo = (bytes) => (bytes / 1000).toFixed(0);
  return [
    table(
      ['`npm pack`', 'kB', 'files'],
      [
        ['packed', kilo(pack.packed), ''],
        ['unpacked', kilo(pack.unpacked), `${pack.files}`],
      ],
      1,
    ),
    table(
      ['installed', 'kB', 'kB on disk', 'packages'],
      installed.map(({ title, bytes, disk, packages }) => [title, kilo(bytes), kilo(disk), `${packages}`]),
      1,
    ),
    table(
      ['dependency', 'kB', 'with what it brings, kB', 'packages'],
      dependencies.map(({ name, version, bytes, withAll, packages }) => [
        `${name} ${version}`,
        kilo(bytes),
        kilo(withAll),
        `${packages.length + 1}`,
      ]),
      1,
    ),
  ].join('\n\n');
}

/** Columns from `right` on are numbers. */
function table(head, body, right) {
  const widths = head.map((title, column) => Math.max(3, title.length, ...body.map((row) => row[column].length)));
  const isText = (column) => column < right || head[column] === '';
  const line = (row) =>
    `| ${row.map((cell, at) => (isText(at) ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`;
  const rule = widths.map((width, at) => (isText(at) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n');
}

function quantity(value, unit) {
  return unit === 'MiB' ? value.toFixed(0) : seconds(value);
}

function seconds(value) {
  return value < 10 ? value.toFixed(3) : value.toFixed(1);
}
