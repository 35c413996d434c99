// From figures to ratios, bars and a table.

/** @typedef {import('./measure.mjs').Figure} Figure */
/** @typedef {import('./workloads.mjs').Workload} Workload */

/**
 * @typedef {object} Row
 * @property {string} id
 * @property {Figure} warm
 * @property {Figure} [cold] baselines have none
 * @property {{ node: number, read?: number, driver?: number }} [times] CPU-seconds as multiples of the baselines
 * @property {Bar} [bar]
 */

/**
 * @typedef {object} Bar
 * @property {string} text
 * @property {number} limit CPU-seconds
 * @property {boolean} met
 */

/**
 * @param {readonly Workload[]} workloads
 * @param {ReadonlyMap<string, Figure>} figures
 * @returns {Row[]}
 */
export function rowsOf(workloads, figures) {
  const isTorale = new Set(workloads.flatMap(({ id }) => [`${id}, warm`, `${id}, cold`]));
  const baselines = [...figures].filter(([id]) => !isTorale.has(id)).map(([id, warm]) => ({ id, warm }));
  return [...baselines, ...workloads.map((workload) => rowOf(workload, figures))];
}

/** @returns {Row} */
function rowOf(workload, figures) {
  const { id, files, driver } = workload;
  const warm = figures.get(`${id}, warm`);
  const over = (baseline) => (baseline === undefined ? undefined : warm.cpu / figures.get(baseline).cpu);
  const cold = figures.get(`${id}, cold`);
  return {
    id,
    warm,
    cold,
    times: { node: over('node'), read: over(files), driver: over(driver) },
    bar: barOf(workload, figures),
  };
}

/** @returns {Bar | undefined} */
function barOf({ name, id, files, driver, imports }, figures) {
  const cpu = (other) => figures.get(other)?.cpu;
  const own = cpu(`${id}, warm`);
  const bar = (text, limit) => ({ text, limit, met: own <= limit });
  const node = cpu('node');
  if (name === 'version') return bar('3.3 × node', 3.3 * node);
  if (name === 'upgrade') return bar('1.8 × (driver + import)', 1.8 * (cpu(driver) + cpu(imports) - node));
  if (id === 'heads, 10000') return bar('2 × read', 2 * cpu(files));
  if (id === 'current, sqlite, 10' || id === 'current, sqlite, 1000') return bar('4.2 × node', 4.2 * node);
  if (id === 'current, sqlite, 10000') {
    return bar('1.6 × that at 10 + read − node', 1.6 * cpu('current, sqlite, 10, warm') + cpu(files) - node);
  }
  return undefined;
}

const HEAD = [
  '',
  'CPU s',
  'median',
  'wall s',
  'median',
  'MiB',
  'cold CPU',
  'cold wall',
  '× node',
  '× read',
  '× driver',
  'bar, CPU s',
  '',
];

/**
 * A table in Markdown, which reads well in a terminal too.
 *
 * @param {readonly Row[]} rows
 */
export function tableOf(rows) {
  const cells = rows.map(({ id, warm, cold, times, bar }) => [
    id,
    seconds(warm.cpu),
    seconds(warm.cpuMedian),
    seconds(warm.wall),
    seconds(warm.wallMedian),
    warm.rss.toFixed(0),
    seconds(cold?.cpu),
    seconds(cold?.wall),
    ratio(times?.node),
    ratio(times?.read),
    ratio(times?.driver),
    bar === undefined ? '' : `≤ ${seconds(bar.limit)} = ${bar.text}`,
    bar === undefined ? '' : bar.met ? '✓' : '✗',
  ]);
  const widths = HEAD.map((title, column) => Math.max(3, title.length, ...cells.map((row) => row[column].length)));
  const isText = (column) => column === 0 || column >= HEAD.length - 2;
  const line = (row) =>
    `| ${row.map((cell, at) => (isText(at) ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(' | ')} |`;
  const rule = widths.map((width, at) => (isText(at) ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(HEAD), `| ${rule.join(' | ')} |`, ...cells.map(line)].join('\n');
}

function seconds(value) {
  return value === undefined ? '' : value.toFixed(3);
}

function ratio(value) {
  return value === undefined ? '' : value.toFixed(2);
}
