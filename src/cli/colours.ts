import { styleText } from 'node:util';

/** Styles text for standard output; plain where that is no terminal with colours, or `NO_COLOR` is set. */
export function style(format: Parameters<typeof styleText>[0], text: string): string {
  return hasColours() ? styleText(format, text) : text;
}

/** Reads NO_COLOR and FORCE_COLOR as terminals' programs agree on. */
function hasColours(): boolean {
  const { NO_COLOR: none, FORCE_COLOR: forced } = process.env;
  if (none !== undefined && none !== '') return false;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return process.stdout.isTTY && process.stdout.hasColors();
}
