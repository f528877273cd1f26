// A recorded dashboard: its panels where Grafana has them, with their titles, units and legends, each drawn by Apache ECharts without a
// browser. A rendering of the dashboard's queries, no screenshot.
import * as echarts from 'echarts';
import { openPicture, text, theme } from './svg.mjs';

const columns = 24;
const width = 1_200;
const rowHeight = 32;
const top = 74;
const gap = 8;
/** More names than these do not fit below a panel. */
const legendMax = 12;

export function drawDashboard({ title, startSeconds, endSeconds, panels }) {
  const rows = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const height = top + rows * rowHeight + gap;
  const totalSeconds = endSeconds - startSeconds;
  const body = [
    text(16, 32, title, { size: 19, weight: 600 }),
    text(
      16,
      54,
      "The dashboard's own queries, answered by Prometheus about the real services under load and drawn by bench/pictures: not a screenshot of Grafana.",
      { size: 12, fill: theme.muted },
    ),
    ...panels.map((panel) => drawPanel(panel, totalSeconds)),
  ].join('\n');
  return openPicture({ width, height, title, body });
}

function drawPanel(panel, totalSeconds) {
  const { x, y, w, h } = panel.gridPos;
  const place = {
    x: (x / columns) * width + gap / 2,
    y: top + y * rowHeight,
    width: (w / columns) * width - gap,
    height: h * rowHeight - gap,
  };
  return `<g transform="translate(${place.x} ${place.y})">
<rect width="${place.width}" height="${place.height}" rx="4" fill="none" stroke="${theme.border}"/>
${text(12, 22, panel.title, { size: 13, weight: 600 })}
<g transform="translate(0 26)">${drawChart(panel, { width: place.width, height: place.height - 26 }, totalSeconds)}</g>
</g>`;
}

function drawChart({ title, unit, series }, { width, height }, totalSeconds) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  const shown = series.slice(0, legendMax);
  chart.setOption({
    animation: false,
    color: theme.colors,
    textStyle: { fontFamily: theme.font },
    grid: { left: 64, right: 20, top: 10, bottom: 24 + 20 * countLegendRows(shown, width) },
    legend: {
      bottom: 2,
      left: 8,
      icon: 'roundRect',
      itemWidth: 12,
      itemHeight: 4,
      textStyle: { fontSize: 11, color: theme.text },
      data: shown.map(({ name }) => name),
    },
    xAxis: {
      type: 'value',
      min: 0,
      max: totalSeconds,
      interval: 60,
      splitLine: { lineStyle: { color: theme.grid } },
      axisLine: { lineStyle: { color: theme.border } },
      axisLabel: {
        showMaxLabel: false,
        fontSize: 11,
        color: theme.muted,
        formatter: (seconds) => `${Math.floor(seconds / 60)} min`,
      },
    },
    yAxis: {
      type: 'value',
      min: 0,
      splitNumber: 4,
      splitLine: { lineStyle: { color: theme.grid } },
      axisLabel: { fontSize: 11, color: theme.muted, formatter: (value) => formatValue(value, unit) },
    },
    series: shown.map(({ name, points }) => ({
      type: 'line',
      name,
      data: points,
      showSymbol: points.length === 1,
      lineStyle: { width: 1.6 },
      areaStyle: shown.length === 1 ? { opacity: 0.12 } : undefined,
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  // ECharts numbers its charts within a process: the same picture has to have the same names wherever it is drawn.
  return svg.replace(/^<svg [^>]*>/, '<svg>').replaceAll(/\bzr\d+-/g, `${title.replaceAll(/\W/g, '')}-`);
}

/** About 6.5 pixels a letter at this type, and 30 for what is between two names. */
function countLegendRows(series, width) {
  const needed = series.reduce((sum, { name }) => sum + name.length * 6.5 + 30, 0);
  return Math.max(1, Math.ceil(needed / (width - 16)));
}

/** Of Grafana's units, those that the dashboards have: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit */
const units = {
  short: (value) => scaled(value, 1_000, ['', 'K', 'M', 'G']),
  s: (value) => (value !== 0 && value < 1 ? `${digits(value * 1_000)} ms` : `${digits(value)} s`),
  bytes: (value) => scaled(value, 1_024, [' B', ' KiB', ' MiB', ' GiB']),
  ops: (value) => `${digits(value)}/s`,
  reqps: (value) => `${digits(value)}/s`,
};

function formatValue(value, unit) {
  const format = units[unit];
  if (format === undefined) throw new Error(`no unit ${unit}`);
  return format(value);
}

function scaled(value, base, names) {
  let rest = value;
  let index = 0;
  for (; rest >= base && index < names.length - 1; index++) rest /= base;
  return `${digits(rest)}${names[index]}`;
}

function digits(value) {
  return String(Number(value.toPrecision(3)));
}
