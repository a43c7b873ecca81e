const LOCALE = 'en';
const INTEGER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const MONEY = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SMALL = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 4, maximumFractionDigits: 4 });

export const integer = (value) => INTEGER.format(value);

export function milliseconds(value) {
  if (value >= 10_000) {
    return `${(value / 1000).toFixed(1)} s`;
  }
  return value < 10 ? `${value.toFixed(1)} ms` : `${integer(value)} ms`;
}

export function seconds(value) {
  if (value >= 120_000) {
    return `${integer(value / 60_000)} min`;
  }
  return `${(value / 1000).toFixed(1)} s`;
}

/** The rows that a refresh wrote, as +inserted ~updated −deleted. */
export function signed(refresh) {
  const parts = [['+', refresh.inserted], ['~', refresh.updated], ['−', refresh.deleted]]
    .filter(([, count]) => count > 0)
    .map(([sign, count]) => sign + integer(count));
  return parts.length > 0 ? parts.join(' ') : 'none';
}

function decimals(values) {
  if (values.every((value) => Math.abs(value) >= 1_000_000)) {
    return INTEGER;
  }
  return values.every((value) => Math.abs(value) < 1) ? SMALL : MONEY;
}

/** One format per column: its values line up, whatever each of them is. Keys are numbers, but no quantities. */
export function formatter(numeric, name, values) {
  const text = (value) => (value === null ? '' : String(value));
  if (!numeric || /(^|_)(key|customer)$/.test(name)) {
    return text;
  }
  const present = values.filter((value) => value !== null);
  if (present.every(Number.isInteger)) {
    return (value) => (value === null ? '' : integer(value));
  }
  const format = decimals(present);
  return (value) => (value === null ? '' : format.format(value));
}
