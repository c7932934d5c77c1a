// The charts of a report: uPlot panels with a common cursor, a tooltip, and
// strategies that can be switched off.
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const {strategies} = data;
  const shown = strategies.map(() => true);
  const bands = document.getElementById('bands');
  const panels = [];

  // Numbers

  const group = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
  const count = v => (v >= 1000 ? group.format(v).replaceAll(',', '\u202f') : String(+v.toPrecision(3)));
  const duration = ms => (ms >= 1000 ? +(ms / 1000).toPrecision(3) + ' s' : +ms.toPrecision(3) + ' ms');
  const seconds = v => +v.toFixed(2) + ' s';

  // Colours: canvases need them as they come out, not as variables.

  const probe = document.createElement('i');
  probe.hidden = true;
  document.body.append(probe);
  const colours = new Map();
  const colour = name => {
    if (!colours.has(name)) {
      probe.style.color = `var(--${name})`;
      colours.set(name, getComputedStyle(probe).color);
    }
    return colours.get(name);
  };
  const pale = name => colour(name).replace('rgb(', 'rgba(').replace(')', ', 0.2)');

  // Axes

  const round = (lo, hi, n) => {
    const power = 10 ** Math.floor(Math.log10((hi - lo) / n));
    const step = [1, 2, 5, 10].find(m => m * power >= (hi - lo) / n * 0.999) * power;
    const ticks = [];
    for (let i = Math.ceil(lo / step); i * step <= hi; i++) ticks.push(+(i * step).toPrecision(12));
    return ticks;
  };
  const decades = (lo, hi, steps) => {
    const ticks = [];
    for (let e = Math.floor(Math.log10(lo)); 10 ** e <= hi; e++) {
      for (const m of steps) {
        const v = +(m * 10 ** e).toPrecision(12);
        if (v >= lo && v <= hi) ticks.push(v);
      }
    }
    return ticks;
  };

  // How far an axis has to reach for lines up to hi: to the end of their
  // intervals, unless those are much wider than what they are about.
  const reach = (chart, hi) => {
    const highs = chart.high.filter((high, i) => high && shown[i]).flat();
    return Math.max(hi || 0, Math.min(1.3 * hi, Math.max(...highs)), ...chart.rules.flatMap(r => r.steps.map(([, value]) => value)));
  };

  // Each kind of axis: its scale for uPlot, and its ticks.
  const axes = {
    linear: chart => ({
      scale: {range: (u, lo, hi) => [0, reach(chart, hi) * 1.06 || 1]},
      ticks: (lo, hi) => round(lo, hi, 6),
    }),
    log: chart => ({
      scale: {distr: 3, range: (u, lo, hi) => (hi > 0 ? [lo / 1.15, reach(chart, hi) * 1.1] : [1, 10])},
      ticks: (lo, hi) => {
        const ticks = decades(lo, hi, hi / lo > 300 ? [1] : [1, 2, 5]);
        return ticks.length > 2 ? ticks : round(lo, hi, 6);
      },
    }),
    count: chart => ({
      scale: {
        distr: 100,
        fwd: v => Math.log1p(Math.max(v, 0) / chart.unit),
        bwd: v => chart.unit * Math.expm1(v),
        range: (u, lo, hi) => [0, reach(chart, hi) * 1.1 || 1],
      },
      ticks: (lo, hi) => {
        const ticks = decades(chart.unit, hi, hi / chart.unit > 300 ? [1] : [1, 3]);
        return ticks.length ? [0, ...ticks] : round(lo, hi, 4);
      },
    }),
  };

  // The points of a line without a neighbour, which no line shows; null: none.
  const single = line => {
    const missing = i => (line[i] ?? null) === null;
    const alone = line.flatMap((_, i) => (!missing(i) && missing(i - 1) && missing(i + 1) ? [i] : []));
    return alone.length ? alone : null;
  };

  // Tooltip

  const element = (tag, className, text) => {
    const e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  };

  // What a chart has at one point of time, the highest first.
  const valuesAt = (chart, index) => strategies
    .map((strategy, i) => ({strategy, value: chart.lines[i][index], on: shown[i]}))
    .filter(v => v.on && v.value !== null)
    .sort((a, b) => b.value - a.value);

  const period = index => `${seconds(data.bounds[index]).slice(0, -2)} to ${seconds(data.bounds[index + 1])}`;

  // What is not as at first in the period that a point stands for.
  const happening = index => data.spans
    .filter(({from, to}) => from < data.bounds[index + 1] && (to > data.bounds[index] || from === to && from >= data.bounds[index]))
    .map(({what}) => what);

  class Tip {
    constructor(panel) {
      this.panel = panel;
      this.box = element('div', 'tip');
      this.box.hidden = true;
    }

    hide() { this.box.hidden = true; }

    show(u) {
      const {left, top, idx} = u.cursor;
      const active = this.panel.hovered || this.panel.stepping;
      if (!active || idx === null || idx === undefined || left < 0) return this.hide();
      const values = valuesAt(this.panel.chart, idx);
      const distance = v => Math.abs(u.valToPos(v.value, 'y') - top);
      const near = this.panel.hovered ? values.reduce((a, b) => (a && distance(a) <= distance(b) ? a : b), null) : null;
      const rows = element('div', values.length > 12 ? 'two' : '');
      for (const v of values) {
        const row = element('div', v === near ? 'row near' : 'row');
        const mark = element('i');
        mark.style.background = `var(--${v.strategy.colour})`;
        row.append(mark, element('span', '', v.strategy.name), element('b', '', this.panel.format(v.value)));
        rows.append(row);
      }
      const below = this.panel.chart.rules.map(rule => this.ceiling(rule, data.times[idx]));
      const what = happening(idx).map(text => element('div', 'what', text));
      this.box.replaceChildren(element('div', 'time', period(idx)), element('div', 'unit', this.panel.chart.what), ...what, rows, ...below);
      this.box.hidden = false;
      this.place(u, left, top);
    }

    // What a ceiling is at a time.
    ceiling({name, steps}, time) {
      const row = element('div', 'ceiling');
      const [, value] = steps.findLast(([from]) => from <= time) ?? steps[0];
      row.append(element('span', '', name), element('b', '', this.panel.format(value)));
      return row;
    }

    place(u, left, top) {
      const {over} = u, gap = 14, width = this.box.offsetWidth;
      const fits = left + gap + width <= over.clientWidth;
      const x = fits ? left + gap : Math.max(left - gap - width, -over.offsetLeft);
      this.box.style.left = x + 'px';
      this.box.style.top = Math.max(0, Math.min(top - 20, over.clientHeight - this.box.offsetHeight)) + 'px';
    }
  }

  // Panels

  class Panel {
    constructor(box, chart) {
      Object.assign(this, {box, chart, hovered: false, stepping: false});
      this.format = chart.duration ? duration : count;
      this.tip = new Tip(this);
      this.own = strategies.map(() => []); // the uPlot series of each strategy
      this.plot = new uPlot(this.options(), this.table(), box);
      this.listen();
    }

    // The columns for uPlot: of each strategy both ends of its interval, then
    // its line.
    table() {
      const {lines, low, high} = this.chart;
      const blank = data.times.map(() => null);
      return [data.times, ...lines.flatMap((line, i) => [high[i] || blank, low[i] || blank, line])];
    }

    options() {
      const {chart, box} = this;
      const {scale, ticks} = axes[chart.axis](chart);
      const series = [{}], areas = [];
      const over = new Set(chart.over); // with gaps, what they lie over can be seen
      const add = (i, options) => {
        series.push({points: {show: false}, ...options});
        this.own[i].push(series.length - 1);
        return series.length - 1;
      };
      strategies.forEach((s, i) => {
        const edge = {stroke: 'transparent', width: 0, auto: false};
        const pair = [add(i, edge), add(i, edge)];
        areas.push({series: pair, fill: () => (bands.checked ? pale(s.colour) : 'transparent')});
        const paint = () => colour(s.colour), alone = single(chart.lines[i]);
        const points = {show: false, filter: () => alone, size: 4, width: 0, fill: paint};
        add(i, {label: s.name, stroke: paint, width: 1.8, dash: s.dash || (over.has(i) ? [7, 7] : undefined), points});
      });
      const axis = {stroke: () => colour('muted'), grid: {stroke: () => colour('grid'), width: 1}, ticks: {show: false}, font: '12px system-ui, sans-serif'};
      return {
        width: this.width(), height: this.height(),
        legend: {show: false},
        padding: [12, 16, 0, 0],
        scales: {x: {time: false, range: (u, lo, hi) => this.span(lo, hi)}, y: scale},
        series, bands: areas,
        axes: [
          {...axis, size: 28, grid: {show: false}, values: (u, splits) => splits.map(seconds)},
          {...axis, size: 58, splits: (u, i, lo, hi) => ticks(lo, hi), filter: (u, splits) => splits, values: (u, splits) => splits.map(this.format)},
        ],
        cursor: {y: false, sync: {key: 'time', scales: ['x', null]}, points: {size: 7}, drag: {x: true, y: false}},
        hooks: {init: [u => u.over.append(this.tip.box)], setCursor: [u => this.tip.show(u)], drawClear: [u => this.spans(u)], draw: [u => this.rules(u)]},
      };
    }

    width() { return Math.max(this.box.clientWidth, 200); }

    height() { return this.chart.wide ? Math.min(330, Math.max(230, this.width() * 0.6)) : 230; }

    // The whole run, unless the reader has zoomed in.
    span(lo, hi) {
      const {times, bounds} = data;
      return lo <= times[0] && hi >= times.at(-1) ? [0, bounds.at(-1)] : [lo, hi];
    }

    // Times in which something is not as at first are shaded; what happens at once is
    // a line.
    spans(u) {
      const {ctx} = u, {left, top, width, height} = u.bbox;
      const at = t => Math.min(Math.max(u.valToPos(t, 'x', true), left), left + width);
      const {min, max} = u.scales.x;
      ctx.save();
      ctx.fillStyle = colour('ink');
      for (const {from, to, shade} of data.spans) {
        if (shade) {
          ctx.globalAlpha = shade;
          ctx.fillRect(at(from), top, at(to) - at(from), height);
        } else if (from >= min && from <= max) {
          ctx.globalAlpha = 0.7;
          for (let y = top; y < top + height; y += 3 * devicePixelRatio) ctx.fillRect(at(from), y, devicePixelRatio, devicePixelRatio);
        }
      }
      ctx.restore();
    }

    // Lines across the chart, clipped where the reader has zoomed in. Lines in
    // steps have them at the same times; only the first is drawn up and down.
    rules(u) {
      const {ctx} = u, {left, top, width, height} = u.bbox;
      const at = (v, axis) => Math.round(u.valToPos(v, axis, true)) + 0.5;
      ctx.save();
      ctx.beginPath();
      ctx.rect(left, top, width, height + devicePixelRatio);
      ctx.clip();
      ctx.strokeStyle = colour('ink');
      ctx.lineWidth = devicePixelRatio;
      this.chart.rules.forEach(({steps, dash}, k) => {
        ctx.setLineDash(dash.map(d => d * devicePixelRatio));
        ctx.beginPath();
        steps.forEach(([from, value], i) => {
          const y = at(value, 'y'), next = steps[i + 1];
          ctx[k ? 'moveTo' : 'lineTo'](i ? at(from, 'x') : Math.min(left, at(0, 'x')), y);
          ctx.lineTo(next ? at(next[0], 'x') : Math.max(left + width, at(from, 'x')), y);
        });
        ctx.stroke();
      });
      ctx.restore();
    }

    listen() {
      const {plot, box} = this;
      const hover = on => () => {
        this.hovered = on;
        if (!on) this.tip.hide();
      };
      plot.over.addEventListener('mouseenter', hover(true));
      plot.over.addEventListener('mouseleave', hover(false));
      box.addEventListener('keydown', e => this.key(e));
      box.addEventListener('blur', () => this.leave());
      new ResizeObserver(() => plot.setSize({width: this.width(), height: this.height()})).observe(box);
    }

    // Arrow keys move the cursor, as on a slider.
    key(e) {
      const last = data.times.length - 1;
      const at = this.stepping ? this.plot.cursor.idx ?? 0 : -1;
      const to = {ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 10, PageDown: at + 10, Home: 0, End: last}[e.key];
      if (e.key === 'Escape') this.leave();
      if (to === undefined) return;
      e.preventDefault();
      this.stepping = true;
      this.step(Math.min(Math.max(to, 0), last));
    }

    step(index) {
      const {plot, box, chart} = this;
      plot.setCursor({left: plot.valToPos(data.times[index], 'x'), top: plot.over.clientHeight / 2}, true, true);
      box.ariaValueNow = index;
      box.ariaValueText = [period(index), ...valuesAt(chart, index).map(v => `${v.strategy.name} ${this.format(v.value)}`)].join(', ');
    }

    leave() {
      this.stepping = false;
      this.tip.hide();
      this.plot.setCursor({left: -10, top: -10}, true, true);
    }

    update() {
      this.plot.batch(() => this.own.forEach((own, i) => own.forEach(k => this.plot.setSeries(k, {show: shown[i]}))));
    }
  }

  // Strategies

  const boxes = [...document.querySelectorAll('.strategies input[data-strategy]')];

  function update() {
    boxes.forEach((box, i) => { box.checked = shown[i]; });
    for (const row of document.querySelectorAll('tr[data-row]')) row.hidden = !shown[row.dataset.row];
    for (const panel of panels) panel.update();
  }

  boxes.forEach((box, i) => {
    box.addEventListener('change', () => {
      shown[i] = box.checked;
      update();
    });
    box.closest('label').addEventListener('dblclick', () => {
      shown.fill(false);
      shown[i] = true;
      update();
    });
  });
  // Of a sweep, the strategies at the chosen values; elsewhere all of them.
  const selects = [...document.querySelectorAll('select[data-axis]')];
  const offered = ({at}) => selects.every((s, axis) => s.value === '' || +s.value === at[axis]);

  for (const [id, on] of [['all', true], ['none', false]]) {
    document.getElementById(id).addEventListener('click', () => {
      strategies.forEach((s, i) => { shown[i] = on && offered(s); });
      update();
    });
  }
  document.getElementById('living')?.addEventListener('click', () => {
    strategies.forEach((s, i) => { shown[i] = offered(s) && !s.loses; });
    update();
  });
  const choose = () => {
    strategies.forEach((s, i) => {
      shown[i] = offered(s);
      boxes[i].closest('label').hidden = !shown[i];
    });
    update();
  };
  selects.forEach(s => s.addEventListener('change', choose));
  bands.addEventListener('change', () => panels.forEach(p => p.plot.redraw(false)));
  document.addEventListener('theme', () => {
    colours.clear();
    panels.forEach(p => p.plot.redraw(false, true));
  });

  // All figures are printed, those in a closed section as well.
  const sections = [...document.querySelectorAll('details')];
  let closed = [];
  addEventListener('beforeprint', () => {
    closed = sections.filter(s => !s.open);
    closed.forEach(s => { s.open = true; });
  });
  addEventListener('afterprint', () => closed.forEach(s => { s.open = false; }));

  document.documentElement.classList.add('live');
  document.querySelector('.strategies').hidden = false;
  data.charts.forEach((chart, i) => panels.push(new Panel(document.getElementById('chart' + i), chart)));
  choose();
})();
