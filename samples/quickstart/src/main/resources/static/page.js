import { formatter, integer, milliseconds, seconds, signed } from './format.js';

const RATES = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const POLL_MILLISECONDS = 1000;
const RATE_WINDOW = 5;

const element = (id) => document.getElementById(id);
const cards = new Map();
const samples = [];
let rates = [];
let pushedAt = 0;
let adjusting = false;

async function call(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) {
    throw new Error(body.detail ?? `The server answered ${response.status}.`);
  }
  return body;
}

// The server pushes what the change feed tells it of; while nothing comes, the page asks.
function listen() {
  const source = new EventSource('api/changes');
  source.addEventListener('snapshot', (event) => {
    pushedAt = Date.now();
    show(JSON.parse(event.data));
    connection('on', 'Live, pushed');
  });
}

async function poll() {
  try {
    if (Date.now() - pushedAt >= POLL_MILLISECONDS) {
      show(await call('api/dashboard'));
      connection('on', 'Live');
    }
  } catch (error) {
    connection('off', error instanceof TypeError ? 'Connection lost, trying again' : error.message);
  }
  setTimeout(poll, POLL_MILLISECONDS);
}

function connection(state, text) {
  element('connection-dot').className = `dot ${state}`;
  if (element('connection').textContent !== text) {
    element('connection').textContent = text;
  }
}

function show(snapshot) {
  showDatabase(snapshot.database);
  showWorkload(snapshot.workload, Date.parse(snapshot.at));
  for (const table of snapshot.tables) {
    if (!cards.has(table.name)) {
      cards.set(table.name, new Card(table));
    }
    cards.get(table.name).show(table);
  }
}

function showDatabase(database) {
  element('database').textContent = `TPC-H order entry at scale ${database.scale}: `
    + `${integer(database.rowsLoaded)} rows, loaded in ${seconds(database.loadSeconds * 1000)}, `
    + `${database.embedded ? 'embedded ' : ''}PostgreSQL ${database.version.split(' ')[0]}`;
  element('settings').textContent = 'Settings of the server: '
    + Object.entries(database.settings).map(([name, value]) => `${name} = ${value}`).join(', ') + '.';
}

function showWorkload(workload, at) {
  samples.push({ at, transactions: workload.transactions });
  if (samples.length > RATE_WINDOW) {
    samples.shift();
  }
  const span = (at - samples[0].at) / 1000;
  const achieved = span > 0 ? (workload.transactions - samples[0].transactions) / span : 0;
  const totals = [
    ['Per second', achieved.toFixed(achieved < 10 ? 1 : 0)],
    ['Transactions', integer(workload.transactions)],
    ['Rows inserted', integer(workload.inserted)],
    ['Rows updated', integer(workload.updated)],
    ['Rows deleted', integer(workload.deleted)],
    ['Failed', integer(workload.failures), workload.failures > 0],
  ];
  if (workload.skipped > 0) {
    totals.push(['Left out', integer(workload.skipped)]);
  }
  element('totals').replaceChildren(...totals.map(([name, value, warn]) => {
    const item = document.createElement('div');
    item.classList.toggle('warn', Boolean(warn));
    item.append(textElement('dt', name), textElement('dd', value));
    return item;
  }));
  if (!adjusting) {
    showControls(workload);
  }
}

function showControls(workload) {
  rates = [...new Set([...RATES.filter((rate) => rate <= workload.maximumRate), workload.rate, workload.maximumRate])]
    .sort((a, b) => a - b);
  const slider = element('rate');
  slider.max = rates.length - 1;
  slider.value = rates.indexOf(workload.rate);
  showRate(workload.rate);
  element('pause').textContent = workload.paused ? 'Continue' : 'Pause';
  element('pause').dataset.paused = workload.paused;
}

function showRate(rate) {
  element('rate-output').textContent = `${rate} transactions a second`;
  element('rate').setAttribute('aria-valuetext', `${rate} transactions a second`);
}

async function setWorkload(settings) {
  try {
    const options = { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(settings) };
    showControls(await call('api/workload', options));
  } catch (error) {
    connection('off', error.message);
  }
}

function textElement(tag, text, className) {
  const created = document.createElement(tag);
  created.textContent = text;
  if (className) {
    created.className = className;
  }
  return created;
}

class Card {
  constructor(table) {
    this.name = table.name;
    this.cells = new Map();
    const root = element('card-template').content.cloneNode(true);
    this.fields = Object.fromEntries([...root.querySelectorAll('[data-field]')].map((node) => [node.dataset.field, node]));
    this.set('title', table.title);
    this.set('name', table.name);
    this.set('summary', table.summary);
    this.set('query', table.query.trim());
    this.fields.region.setAttribute('aria-label', `Rows of ${table.title}`);
    this.fields.verify.setAttribute('aria-label', `Verify ${table.title} now`);
    this.fields.verify.addEventListener('click', () => this.verify());
    this.fields.explanation.addEventListener('toggle', () => this.explain(), { once: true });
    element('tables').append(root);
  }

  set(field, text) {
    if (this.fields[field].textContent !== text) {
      this.fields[field].textContent = text;
    }
  }

  show(table) {
    const outcome = (table.lastRefresh?.outcome ?? table.mode).toLowerCase();
    this.set('mode', outcome);
    this.fields.mode.className = `badge ${outcome}`;
    this.fields.mode.title = table.fullReason ?? `Mode ${table.mode.toLowerCase()}; the last refresh was ${outcome}`;
    this.set('schedule', /^\d/.test(table.schedule) ? `every ${table.schedule}` : table.schedule);
    this.set('status', table.status === 'ACTIVE' ? '' : table.status.toLowerCase());
    this.set('error', table.error ?? '');
    this.fields.error.hidden = !table.error;
    this.set('staleness', table.stalenessMillis === null ? 'not loaded yet' : seconds(table.stalenessMillis));
    this.showTimes(table);
    this.showHistory(table);
    this.showRows(table.rows);
  }

  showTimes(table) {
    const refresh = table.lastRefresh;
    if (refresh) {
      this.set('refresh', milliseconds(refresh.millis));
      this.set('changes', refresh.outcome === 'FULL' ? 'all rows' : integer(refresh.changes));
      this.set('rows-changed', signed(refresh));
    }
    if (table.recompute) {
      this.set('recompute', milliseconds(table.recompute.milliseconds));
    }
    const longest = Math.max(refresh?.millis ?? 0, table.recompute?.milliseconds ?? 0);
    this.fields['refresh-bar'].style.width = `${100 * (refresh?.millis ?? 0) / longest}%`;
    this.fields['recompute-bar'].style.width = `${100 * (table.recompute?.milliseconds ?? 0) / longest}%`;
    if (table.medianMillis && table.recompute) {
      const factor = table.recompute.milliseconds / table.medianMillis;
      this.set('factor', factor < 10 ? `${factor.toFixed(1)}×` : `${integer(Math.round(factor))}×`);
    }
  }

  showHistory(table) {
    const width = 600;
    const height = 22;
    const step = width / 60;
    // A full refresh, such as the first load, would press the others to the ground: it is cut off at the top.
    const differential = table.history.filter((refresh) => refresh.outcome !== 'FULL');
    const longest = Math.max(...(differential.length > 0 ? differential : table.history).map((refresh) => refresh.millis), 1);
    const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' });
    table.history.forEach((refresh, index) => {
      const bar = Math.min(height, Math.max(1, height * refresh.millis / longest));
      picture.append(svg('rect', {
        x: width - (table.history.length - index) * step,
        y: height - bar,
        width: step * 0.7,
        height: bar,
        class: refresh.outcome === 'FULL' ? 'full' : 'differential',
      }));
    });
    this.fields.history.replaceChildren(picture);
    this.set('history-caption', table.history.length === 0
      ? 'Refresh times'
      : `${integer(table.refreshCount)} refreshes, lately up to ${milliseconds(longest)}`);
  }

  showRows(rows) {
    const numeric = rows.columns.map((column) => column.kind === 'NUMBER');
    const formats = rows.columns.map((column, index) =>
      formatter(numeric[index], column.name, rows.values.map((row) => row[index])));
    if (this.fields.columns.childElementCount !== rows.columns.length) {
      this.fields.columns.replaceChildren(...rows.columns.map((column, index) => {
        const heading = textElement('th', column.name.replaceAll('_', ' '), numeric[index] ? 'number' : '');
        heading.scope = 'col';
        return heading;
      }));
    }
    const before = this.cells;
    this.cells = new Map();
    this.fields.rows.replaceChildren(...rows.values.map((row) => {
      const key = JSON.stringify(row.slice(0, rows.keyColumns));
      const old = before.get(key);
      this.cells.set(key, row);
      const line = document.createElement('tr');
      line.append(...row.map((value, index) => {
        const cell = textElement('td', formats[index](value), numeric[index] ? 'number' : '');
        cell.classList.toggle('changed', before.size > 0 && (!old || old[index] !== value));
        return cell;
      }));
      return line;
    }));
  }

  async verify() {
    this.fields.verify.disabled = true;
    this.fields.verification.className = '';
    this.set('verification', 'Comparing …');
    try {
      const result = await call(`api/tables/${encodeURIComponent(this.name)}/verification`, { method: 'POST' });
      this.fields.verification.className = result.equal ? 'good' : 'bad';
      this.set('verification', result.equal
        ? `✓ ${integer(result.rows)} rows, equal`
        : `${integer(result.missing)} missing, ${integer(result.unexpected)} unexpected`);
    } catch (error) {
      this.fields.verification.className = 'bad';
      this.set('verification', error.message);
    }
    this.fields.verify.disabled = false;
  }

  async explain() {
    try {
      const result = await call(`api/tables/${encodeURIComponent(this.name)}/explanation`);
      const sections = [
        ['Mode', [result.fullReason ? `full: ${result.fullReason}` : result.effectiveMode.toLowerCase()]],
        ['Rows are found again by', [result.identity]],
        ['Operators', [result.operatorTree.trimEnd()]],
        ['State beside the table', result.state],
        ['Indexes that would help', result.missingIndexes],
        ['Notes', result.notes],
        ['Statements of a refresh', [result.deltaStatements.join('\n\n')]],
      ];
      this.set('explanation-text', sections
        .filter(([, lines]) => lines.join('') !== '')
        .map(([title, lines]) => `-- ${title}\n${lines.join('\n')}`)
        .join('\n\n'));
    } catch (error) {
      this.set('explanation-text', error.message);
    }
  }
}

function svg(tag, attributes) {
  const created = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) {
    created.setAttribute(name, value);
  }
  return created;
}

element('rate').addEventListener('input', (event) => {
  adjusting = true;
  showRate(rates[event.target.value]);
});
element('rate').addEventListener('change', async (event) => {
  await setWorkload({ rate: rates[event.target.value], paused: false });
  adjusting = false;
});
element('pause').addEventListener('click', (event) => setWorkload({ paused: event.target.dataset.paused !== 'true' }));
listen();
poll();
