'use strict';
(() => {
  const SVG = 'http://www.w3.org/2000/svg';
  const LEFT = 18, TOP = 40, LANE = 10;
  const POLL = 5000;
  const STATES = {
    fresh: ['\u25cf', 'fresh'], stale: ['\u25b2', 'older than its schedule allows'], error: ['\u2715', 'in error or differing'],
    suspended: ['\u2016', 'suspended'], init: ['\u25cb', 'not loaded yet'], source: ['\u25a4', 'a table that is read']
  };
  const $ = id => document.getElementById(id);
  let overview = null, selected = null, detail = null, view = 'graph', busy = false, drawn = '';

  function element(name, attributes, ...children) {
    const result = name.startsWith('svg:') ? document.createElementNS(SVG, name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith('on')) result.addEventListener(key.slice(2), value);
      else if (value === true) result.setAttribute(key, '');
      else if (value !== false && value !== null && value !== undefined) result.setAttribute(key, value);
    }
    result.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
    return result;
  }
  const mark = state => element('span', {class: `mark ${state}`, 'aria-hidden': 'true'}, STATES[state][0]);

  function age(milliseconds) {
    if (milliseconds === null || milliseconds === undefined) return '';
    if (milliseconds < 1000) return `${milliseconds} ms`;
    const seconds = Math.floor(milliseconds / 1000);
    if (seconds < 120) return `${seconds} s`;
    if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
    return `${Math.floor(seconds / 86400)} d`;
  }
  const time = micros => micros < 1000 ? `${micros} \u00b5s` : micros < 1e6 ? `${(micros / 1000).toFixed(micros < 1e4 ? 1 : 0)} ms` : `${(micros / 1e6).toFixed(1)} s`;
  const count = number => number === null || number === undefined ? '' : number.toLocaleString('en');
  const brief = number => number < 10000 ? count(number) : number < 1e6 ? `${Math.floor(number / 1000)}k` : `${(number / 1e6).toFixed(1)}M`;
  const clock = text => text ? new Date(text).toLocaleString() : '';
  const streams = () => overview.nodes.filter(node => node.status);

  function state(node) {
    if (!node.status) return 'source';
    if (node.status === 'ERROR' || node.driftedAt || node.status === 'INITIALIZING' && node.error) return 'error';
    if (node.status === 'SUSPENDED') return 'suspended';
    if (node.status === 'INITIALIZING') return 'init';
    return node.stale ? 'stale' : 'fresh';
  }
  function words(node) {
    const parts = [node.name];
    if (!node.status) return `${node.name}, a table that is read`;
    parts.push(node.driftedAt ? 'differs from its query' : node.status.toLowerCase());
    if (node.stale) parts.push('older than its schedule allows');
    if (node.staleness !== null) parts.push(`${age(node.staleness)} old`);
    if (node.pending) parts.push(`${count(node.pending)} changes wait`);
    if (node.error) parts.push('its last refresh failed');
    return parts.join(', ');
  }
  function split(name) {
    const match = /^((?:"(?:[^"]|"")*"|[^".]*)\.)?(.*)$/.exec(name);
    return [(match[1] || '').replace(/\.$/, ''), match[2]];
  }
  const cut = (text, length) => text.length > length ? text.slice(0, length - 1) + '\u2026' : text;

  async function ask(path, options) {
    const response = await fetch(path, {credentials: 'same-origin', cache: 'no-store', ...options});
    const type = response.headers.get('Content-Type') || '';
    if (!type.includes('json')) throw {message: response.redirected || response.ok ? 'The session has ended. Load the page again to log in.' : `The application answered with status ${response.status}.`};
    const body = await response.json();
    if (!response.ok) throw body;
    return body;
  }
  function say(text, failed) {
    $('message').textContent = text;
    $('message').className = failed ? 'failed' : '';
  }
  const failure = problem => say([problem.message || String(problem), problem.action].filter(Boolean).join(' '), true);

  /* As much room for a table as there is: one line where there are many, or only one schema. */
  function measure(layers) {
    const tallest = Math.max(...layers.map(layer => layer.filter(item => !item.lane).length));
    const schemas = new Set(overview.nodes.map(node => split(node.name)[0]));
    const room = ($('main').clientWidth - 2 * LEFT) / layers.length;
    const width = Math.round(Math.min(236, Math.max(170, room * 0.76)));
    const gapX = Math.round(Math.min(100, Math.max(48, room - width)));
    const lines = schemas.size > 1 && tallest <= 16 ? 2 : 1;
    return {width, gapX, lines, height: lines === 2 ? 40 : 28, gapY: tallest > 16 ? 6 : 12, schemas: schemas.size};
  }

  /* Layers from left to right. An edge over several of them gets a lane in each between, which those of one source share. The
     order within a layer follows that of the neighbours, so that edges cross less. */
  function layout() {
    const layers = [], layerOf = new Map(overview.nodes.map(node => [node.name, node.layer])), items = new Map(), routes = [];
    const add = (key, layer, lane) => {
      if (!items.has(key)) { const item = {key, layer, lane, near: []}; items.set(key, item); (layers[layer] = layers[layer] || []).push(item); }
      return items.get(key);
    };
    for (const node of overview.nodes) add(node.name, node.layer, false);
    for (const [source, reader] of overview.edges) {
      const route = [items.get(source)];
      for (let layer = layerOf.get(source) + 1; layer < layerOf.get(reader); layer++) route.push(add(`${layer}\u0000${source}`, layer, true));
      route.push(items.get(reader));
      for (let i = 1; i < route.length; i++) if (!route[i].near.includes(route[i - 1])) { route[i].near.push(route[i - 1]); route[i - 1].near.push(route[i]); }
      routes.push({source, reader, route});
    }
    for (let i = 0; i < layers.length; i++) layers[i] = layers[i] || [];
    const place = layer => layer.forEach((item, i) => { item.rank = (i + 0.5) / layer.length; });
    layers.forEach(place);
    for (let round = 0; round < 10; round++) {
      for (const layer of round % 2 ? [...layers].reverse() : layers) {
        for (const item of layer) item.center = item.near.length ? item.near.reduce((sum, other) => sum + other.rank, 0) / item.near.length : item.rank;
        layer.sort((one, other) => one.center - other.center || (one.key < other.key ? -1 : 1));
        place(layer);
      }
    }
    const box = measure(layers), tall = item => item.lane ? LANE : box.height + box.gapY;
    const heights = layers.map(layer => layer.reduce((sum, item) => sum + tall(item), 0));
    const height = Math.max(...heights);
    layers.forEach((layer, x) => {
      const extra = Math.min(box.gapY * 2, (height - heights[x]) / (layer.length + 1));
      let y = TOP + (height - heights[x] - extra * (layer.length - 1)) / 2;
      layer.filter(item => !item.lane).forEach((item, row) => { item.row = row; });
      for (const item of layer) {
        item.x = LEFT + x * (box.width + box.gapX);
        item.y = y + (item.lane ? 0 : box.gapY / 2);
        item.middle = item.lane ? y + LANE / 2 : item.y + box.height / 2;
        y += tall(item) + extra;
      }
    });
    return {layers: layers.map(layer => layer.filter(item => !item.lane)), items, routes, box,
      width: LEFT * 2 + layers.length * (box.width + box.gapX) - box.gapX, height: height + TOP + 12};
  }
  function path(route, box) {
    let d = `M${route[0].x + box.width} ${route[0].middle}`;
    for (let i = 1; i < route.length; i++) {
      const from = route[i - 1].x + box.width, to = route[i].x, bend = (to - from) * 0.55;
      d += `C${from + bend} ${route[i - 1].middle} ${to - bend} ${route[i].middle} ${to} ${route[i].middle}`;
      if (i < route.length - 1) d += `H${to + box.width}`;
    }
    return d;
  }

  function drawNode(node, item, box) {
    const now = state(node), [schema, name] = split(node.name), stream = Boolean(node.status), two = box.lines === 2;
    const age1 = now === 'error' ? (node.driftedAt ? 'differs' : 'error') : now === 'suspended' ? 'suspended' : now === 'init' ? 'loading' : stream ? age(node.staleness) : '';
    const waits = node.pending ? `+${brief(node.pending)}` : '';
    const label = two || box.schemas < 2 || schema === 'public' ? name : `${schema}.${name}`;
    // The name comes first: what else there is to say has to fit beside it; the sign before it says the state anyway.
    const free = box.width - 44 - label.length * 7.8;
    const right = two ? age1 : [[waits, age1].filter(Boolean).join('  '), age1, ''].find(text => text.length * 6.8 <= free || !text);
    const length = Math.floor((box.width - 44 - 6.8 * (two ? waits.length : right.length)) / 7.8);
    return element('svg:g', {class: `node ${now}`, transform: `translate(${item.x} ${item.y})`, 'data-name': node.name, tabindex: -1,
      role: stream ? 'button' : 'img', 'aria-label': words(node)},
      element('svg:title', {}, words(node)),
      element('svg:rect', {class: 'box', width: box.width, height: box.height, rx: 6}),
      element('svg:rect', {class: 'stripe', width: 5, height: box.height - 10, x: 5, y: 5, rx: 2}),
      element('svg:text', {class: 'mark', x: 16, y: box.height / 2 + 5}, STATES[now][0]),
      two ? element('svg:text', {class: 'schema', x: 33, y: 14}, cut(schema, 20)) : null,
      element('svg:text', {x: 33, y: two ? 30 : 18.5}, cut(label, length)),
      element('svg:text', {class: 'state', x: box.width - 8, y: two ? 15 : 18}, right),
      two && waits ? element('svg:text', {class: 'state', x: box.width - 8, y: 31}, waits) : null);
  }

  function drawGraph() {
    const shape = layout(), box = shape.box;
    const edges = shape.routes.map(({source, reader, route}) => element('svg:path', {class: 'edge', d: path(route, box), 'data-source': source, 'data-reader': reader}));
    const nodes = overview.nodes.map(node => drawNode(node, shape.items.get(node.name), box));
    const titles = shape.layers.map((layer, i) => element('svg:text', {class: 'layer', x: LEFT + i * (box.width + box.gapX), y: 24},
      i === 0 ? `tables (${layer.length})` : `layer ${i} (${layer.length})`));
    const focused = $('graph').contains(document.activeElement) ? document.activeElement.getAttribute('data-name') : null;
    const svg = element('svg:svg', {width: shape.width, height: shape.height, viewBox: `0 0 ${shape.width} ${shape.height}`, role: 'presentation'}, titles, edges, nodes);
    svg.addEventListener('keydown', event => move(event, shape));
    svg.addEventListener('click', event => pick(event.target.closest('.node')));
    svg.addEventListener('mouseover', event => highlight(event.target.closest('.node')));
    svg.addEventListener('mouseout', () => highlight(null));
    svg.addEventListener('focusin', event => highlight(event.target.closest('.node')));
    $('graph').replaceChildren(svg);
    const first = svg.querySelector(`[data-name="${CSS.escape(focused || selected || (streams()[0] || {}).name || '')}"]`) || svg.querySelector('.node');
    if (first) first.setAttribute('tabindex', 0);
    if (focused && first) first.focus();
  }
  function pick(node) {
    const name = node && node.getAttribute('data-name');
    if (name && overview.nodes.some(other => other.name === name && other.status)) select(name);
  }
  function move(event, shape) {
    const node = event.target.closest('.node');
    if (!node) return;
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); pick(node); return; }
    const here = shape.items.get(node.getAttribute('data-name'));
    const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
    if (!step) return;
    event.preventDefault();
    const layer = shape.layers[here.layer + step[0]];
    if (!layer || !layer.length) return;
    const target = step[0] ? layer.reduce((best, other) => Math.abs(other.middle - here.middle) < Math.abs(best.middle - here.middle) ? other : best)
      : layer[here.row + step[1]];
    const next = target && $('graph').querySelector(`[data-name="${CSS.escape(target.key)}"]`);
    if (next) {
      node.setAttribute('tabindex', -1);
      next.setAttribute('tabindex', 0);
      next.focus();
      next.scrollIntoView({block: 'nearest', inline: 'nearest'});
    }
  }
  function highlight(node) {
    const name = node ? node.getAttribute('data-name') : selected;
    for (const edge of $('graph').querySelectorAll('.edge')) {
      edge.classList.toggle('near', Boolean(name) && (edge.getAttribute('data-source') === name || edge.getAttribute('data-reader') === name));
    }
  }
  function filter() {
    const text = $('filter').value.trim().toLowerCase();
    const found = name => !text || name.toLowerCase().includes(text);
    for (const node of document.querySelectorAll('#graph .node')) node.classList.toggle('dim', !found(node.getAttribute('data-name')));
    for (const edge of document.querySelectorAll('#graph .edge')) edge.classList.toggle('dim', !found(edge.getAttribute('data-source')) && !found(edge.getAttribute('data-reader')));
    for (const row of document.querySelectorAll('#list tbody tr')) row.hidden = !found(row.getAttribute('data-name'));
  }

  function drawList() {
    const head = ['Stream table', 'State', 'Age', 'Schedule', 'Mode', 'Changes that wait', 'Problem'];
    const urgency = {error: 0, stale: 1, init: 2, suspended: 3, fresh: 4};
    const rows = streams().sort((a, b) => urgency[state(a)] - urgency[state(b)] || (a.name < b.name ? -1 : 1)).map(node => element('tr', {'data-name': node.name},
      element('td', {}, element('button', {type: 'button', class: 'link', onclick: () => select(node.name)}, node.name)),
      element('td', {}, mark(state(node)), ' ', node.driftedAt ? 'differs' : node.status.toLowerCase(), node.stale ? ', stale' : ''),
      element('td', {class: 'number'}, age(node.staleness)), element('td', {}, node.schedule), element('td', {}, node.mode.toLowerCase().replace('_', ' ')),
      element('td', {class: 'number'}, count(node.pending)), element('td', {class: 'wrap'}, node.error ? node.error.code : '')));
    $('list').replaceChildren(element('table', {}, element('caption', {}, 'All stream tables, those in need first'),
      element('thead', {}, element('tr', {}, head.map((text, i) => element('th', {scope: 'col', class: i === 2 || i === 5 ? 'number' : null}, text)))),
      element('tbody', {}, rows)));
  }

  function drawSummary() {
    const tables = streams();
    const number = (name, text, kind) => {
      const n = tables.filter(node => state(node) === name).length;
      return n || name === 'fresh' ? element('li', {class: kind}, mark(name), element('span', {}, element('b', {}, String(n)), ` ${text}`)) : null;
    };
    const waiting = tables.reduce((sum, node) => sum + (node.pending || 0), 0);
    $('summary').replaceChildren(...[
      number('fresh', 'fresh'), number('stale', 'stale', 'warn'), number('error', 'in error', 'alarm'), number('suspended', 'suspended'), number('init', 'not loaded'),
      element('li', {}, element('span', {}, element('b', {}, count(waiting)), ' changes wait')),
      overview.paused ? element('li', {class: 'warn'}, element('b', {}, 'all schedules are paused')) : null,
      Object.keys(overview.disabled).length ? element('li', {class: 'alarm', title: Object.entries(overview.disabled).map(pair => pair.join(': ')).join('\n')},
        element('span', {}, element('b', {}, String(Object.keys(overview.disabled).length)), ' definitions disabled')) : null].filter(Boolean));
    $('legend').replaceChildren(...Object.entries(STATES).map(([name, [, text]]) => element('li', {}, mark(name), text)));
    document.title = tables.some(node => state(node) === 'error') ? '\u2715 Stream tables' : 'Stream tables';
  }

  function drawChart(history) {
    const shown = history.slice(0, 60).reverse();
    if (!shown.length) return element('p', {}, 'No refresh has written anything yet.');
    const width = 500, height = 130, left = 52, bottom = 20, top = 8;
    const longest = Math.max(...shown.map(attempt => attempt.micros), 1);
    const step = Math.min(26, (width - left) / shown.length), barHeight = height - top - bottom;
    const bars = shown.map((attempt, i) => {
      const tall = Math.max(2, attempt.micros / longest * barHeight), x = left + i * step, bar = Math.max(2, step - 3);
      const failed = attempt.outcome === 'FAILED';
      const text = `${clock(attempt.startedAt)}: ${attempt.outcome.toLowerCase()}, ${time(attempt.micros)}, ` + (failed ? attempt.errorCode
        : `${count(attempt.changes)} changes, ${count(attempt.inserted + attempt.updated + attempt.deleted)} rows written${attempt.reason ? ', ' + attempt.reason : ''}`);
      return failed
        ? element('svg:path', {class: 'FAILED', d: `M${x} ${height - bottom - 12}h${Math.max(6, bar)}l${-Math.max(6, bar) / 2} 12z`}, element('svg:title', {}, text))
        : element('svg:rect', {class: attempt.outcome, x, y: height - bottom - tall, width: bar, height: tall}, element('svg:title', {}, text));
    });
    const failures = shown.filter(attempt => attempt.outcome === 'FAILED').length;
    return element('svg:svg', {class: 'chart', width: '100%', viewBox: `0 0 ${width} ${height}`, role: 'img',
      'aria-label': `Times of the last ${shown.length} refreshes; the longest took ${time(longest)}, ${failures} failed. The table below has them all.`},
      element('svg:line', {class: 'axis', x1: left, x2: width, y1: height - bottom, y2: height - bottom}),
      element('svg:line', {class: 'axis', x1: left, x2: width, y1: top, y2: top, 'stroke-dasharray': '3 4'}),
      element('svg:text', {x: left - 6, y: top + 8, 'text-anchor': 'end'}, time(longest)),
      element('svg:text', {x: left - 6, y: height - bottom, 'text-anchor': 'end'}, '0'),
      element('svg:text', {x: left, y: height - 4}, clock(shown[0].startedAt)),
      shown.length > 1 ? element('svg:text', {x: width, y: height - 4, 'text-anchor': 'end'}, clock(shown[shown.length - 1].startedAt)) : null, bars);
  }
  const key = (name, text) => element('li', {}, element('svg:svg', {class: 'chart', width: 10, height: 10, 'aria-hidden': 'true'},
    name === 'FAILED' ? element('svg:path', {class: name, d: 'M0 0h10l-5 10z'}) : element('svg:rect', {class: name, width: 10, height: 10})), text);

  function drawHistory(history) {
    const rows = history.map(attempt => element('tr', {},
      element('td', {}, clock(attempt.startedAt)), element('td', {}, attempt.outcome.toLowerCase()), element('td', {class: 'number'}, time(attempt.micros)),
      element('td', {class: 'number'}, count(attempt.changes)), element('td', {class: 'number'}, count(attempt.inserted + attempt.updated + attempt.deleted)),
      element('td', {class: 'wrap'}, attempt.error || attempt.reason || '')));
    return element('details', {}, element('summary', {}, `All of them (${history.length})`), element('table', {},
      element('thead', {}, element('tr', {}, ['Started', 'Outcome', 'Time', 'Changes', 'Rows', 'Reason'].map((text, i) => element('th', {scope: 'col', class: i > 1 && i < 5 ? 'number' : null}, text)))),
      element('tbody', {}, rows)));
  }

  function drawExplanation(explanation) {
    const parts = [];
    if (explanation.operators.length) {
      parts.push(element('h3', {}, 'How it is maintained'), element('ol', {class: 'operators'}, explanation.operators.map((operator, i) => {
        const strategy = (explanation.strategies[i] || '').trim();
        return element('li', {}, element('code', {}, operator), strategy ? element('span', {}, strategy) : null);
      })));
    }
    if (explanation.missingIndexes.length) parts.push(element('h3', {}, 'Indexes that would make refreshes cheaper'), ...explanation.missingIndexes.map(sql => element('pre', {}, sql)));
    if (explanation.notes.length) parts.push(element('h3', {}, 'Worth knowing'), element('ul', {}, explanation.notes.map(note => element('li', {}, note))));
    if (explanation.state.length) parts.push(element('h3', {}, 'Kept beside the table'), element('ul', {}, explanation.state.map(line => element('li', {}, line))));
    if (explanation.deltaStatements.length) parts.push(element('details', {id: 'delta'}, element('summary', {}, 'The SQL of a refresh'), explanation.deltaStatements.map(sql => element('pre', {}, sql))));
    return parts;
  }

  function facts(node, table) {
    const neighbours = (index, other) => overview.edges.filter(edge => edge[index] === node.name).map(edge => edge[other]);
    const links = names => names.map((name, i) => [i ? ', ' : '', overview.nodes.some(n => n.name === name && n.status)
      ? element('button', {type: 'button', class: 'link', onclick: () => select(name)}, name) : name]).flat();
    const pairs = [
      ['Rows are of', node.dataTimestamp ? `${clock(node.dataTimestamp)}, ${age(node.staleness)} ago` : 'not loaded yet'],
      ['Schedule', node.schedule + (node.interval && node.schedule === 'calculated' ? `, ${age(node.interval)}` : '')],
      ['Mode', table.requestedMode.toLowerCase().replace('_', ' ')],
      table.fullReason ? ['Always full', table.fullReason] : null,
      node.pending !== null && node.pending !== undefined ? ['Changes that wait', count(node.pending)] : null,
      ['Reads', links(neighbours(1, 0))],
      ['Is read by', neighbours(0, 1).length ? links(neighbours(0, 1)) : 'no stream table']];
    return element('dl', {}, pairs.filter(Boolean).map(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]).flat());
  }

  function problems(node) {
    const boxes = [];
    if (node.driftedAt) boxes.push(element('div', {class: 'problem error', role: 'group', 'aria-label': 'Difference'}, element('strong', {}, `Differs from its query since ${clock(node.driftedAt)}`),
      element('p', {}, 'A full refresh repairs it. Find out who wrote to it; if nobody did, please report it.')));
    if (node.error) boxes.push(element('div', {class: `problem ${node.status === 'ERROR' ? 'error' : 'stale'}`, role: 'group', 'aria-label': 'Problem'},
      element('strong', {}, `${node.error.code}, ${node.error.consecutive} in a row`), element('p', {}, node.error.message),
      node.error.action ? element('p', {}, element('b', {}, 'What to do: '), node.error.action) : null));
    if (node.stale) boxes.push(element('div', {class: 'problem stale', role: 'group', 'aria-label': 'Staleness'}, element('strong', {}, `${age(node.staleness)} old, ${age(node.interval)} allowed`),
      element('p', {}, overview.paused ? 'All schedules are paused.' : 'See whether the clock runs, whether its refreshes fail, and how long they take.')));
    return boxes;
  }

  function drawDetail() {
    const node = overview.nodes.find(other => other.name === selected && other.status), panel = $('detail');
    if (!node || !detail || detail.name !== selected) { panel.hidden = true; return; }
    const open = new Set([...panel.querySelectorAll('details[open] > summary')].map(summary => summary.textContent.replace(/\d+/g, '#')));
    const focused = panel.contains(document.activeElement) ? document.activeElement.textContent : null, scroll = panel.scrollTop;
    const button = (action, text, main) => element('button', {type: 'button', class: main ? 'main' : null, disabled: busy, onclick: () => act(action)}, text);
    const paused = node.status === 'SUSPENDED' || node.status === 'ERROR';
    const synchronous = node.mode === 'IMMEDIATE' || node.mode === 'ON_COMMIT';
    panel.replaceChildren(...[
      element('div', {class: 'title'}, element('h2', {}, mark(state(node)), ' ', node.name),
        element('button', {type: 'button', 'aria-label': 'Close the details', onclick: () => select(null)}, '\u2715')),
      element('p', {}, words(node).slice(node.name.length + 2)),
      overview.actions ? element('div', {class: 'actions', role: 'group', 'aria-label': 'Actions'},
        synchronous ? null : button('refresh', 'Refresh', true), button('refresh-fully', 'Refresh fully'), button('verify', 'Verify'),
        synchronous ? null : paused ? button('resume', 'Resume') : button('suspend', 'Suspend')) : null,
      ...problems(node), facts(node, detail),
      element('h3', {}, 'Refreshes that wrote something, or failed'), drawChart(detail.history),
      element('ul', {class: 'chart-key', 'aria-hidden': 'true'}, key('DIFFERENTIAL', 'by changes'), key('FULL', 'full'), key('FAILED', 'failed')),
      detail.history.length ? drawHistory(detail.history) : null,
      element('h3', {}, 'Query'), element('pre', {id: 'query'}, detail.query.trim()),
      ...(detail.explanation ? drawExplanation(detail.explanation) : [element('p', {}, detail.explanationError)])].filter(Boolean));
    panel.hidden = false;
    for (const summary of panel.querySelectorAll('details > summary')) summary.parentNode.open = open.has(summary.textContent.replace(/\d+/g, '#'));
    panel.scrollTop = scroll;
    const again = focused && [...panel.querySelectorAll('button, summary')].find(other => other.textContent === focused && !other.disabled);
    if (again) again.focus();
  }

  function draw() {
    drawSummary();
    $('detail').hidden = !selected;
    const nothing = !streams().length;
    if (nothing) $('graph').replaceChildren(element('p', {class: 'empty'}, 'There are no stream tables yet.'));
    else if (drawn !== JSON.stringify([overview.nodes, overview.edges, $('main').clientWidth])) { drawGraph(); drawList(); drawn = JSON.stringify([overview.nodes, overview.edges, $('main').clientWidth]); }
    for (const node of document.querySelectorAll('#graph .node')) node.classList.toggle('selected', node.getAttribute('data-name') === selected);
    highlight(null);
    filter();
    drawDetail();
    document.body.setAttribute('data-ready', 'true');
  }
  async function load() {
    overview = await ask('api/overview');
    if (selected) detail = await ask(`api/table?name=${encodeURIComponent(selected)}`).catch(problem => { failure(problem); return null; });
    draw();
  }
  async function select(name) {
    selected = name;
    const hash = name ? '#' + encodeURIComponent(name) : '';
    if (location.hash !== hash) history.replaceState(null, '', location.pathname + location.search + hash);
    detail = null;
    try { await load(); } catch (problem) { failure(problem); }
    if (name) { $('detail').scrollTop = 0; $('detail').focus({preventScroll: true}); }
    else { const node = $('graph').querySelector('.node[tabindex="0"]'); if (node) node.focus({preventScroll: true}); }
  }
  async function act(action) {
    busy = true;
    drawDetail();
    say('Working\u2026');
    try {
      const headers = {'X-Pg-Stream-Page': '1'};
      if (overview.csrf) headers[overview.csrf.header] = overview.csrf.token;
      const done = await ask(`api/act?name=${encodeURIComponent(selected)}&action=${action}`, {method: 'POST', headers});
      say(done.message);
    } catch (problem) { failure(problem); }
    busy = false;
    await load().catch(failure);
  }
  function show(name) {
    view = name;
    $('graph').hidden = view !== 'graph';
    $('list').hidden = view !== 'list';
    $('view-graph').setAttribute('aria-pressed', view === 'graph');
    $('view-list').setAttribute('aria-pressed', view === 'list');
  }
  async function poll() {
    if (!document.hidden && !busy) {
      try { await load(); if ($('message').className === 'failed' && $('message').dataset.poll) { say(''); delete $('message').dataset.poll; } }
      catch (problem) { failure(problem); $('message').dataset.poll = 'true'; }
    }
    setTimeout(poll, POLL);
  }
  document.addEventListener('DOMContentLoaded', () => {
    $('tools').addEventListener('submit', event => event.preventDefault());
    $('filter').addEventListener('input', filter);
    $('view-graph').addEventListener('click', () => show('graph'));
    $('view-list').addEventListener('click', () => show('list'));
    document.addEventListener('keydown', event => { if (event.key === 'Escape' && selected) select(null); });
    window.addEventListener('resize', () => { if (overview) draw(); });
    if (window.innerWidth < 700) show('list');
    window.addEventListener('hashchange', () => select(decodeURIComponent(location.hash.slice(1)) || null));
    selected = decodeURIComponent(location.hash.slice(1)) || null;
    poll();
  });
})();
